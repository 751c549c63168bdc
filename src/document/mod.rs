//! What a document is: pages of words, fields and tables in page pixels, each with a score.
//!
//! Pure data and rules. Nothing here knows egui, HTTP, files, PDF or image formats.

pub mod amounts;
mod count;
pub mod dates;
mod edit;
mod field;
mod geometry;
mod kept_text;
mod page;
mod place;
mod reread;
mod reshape;
mod score;
mod table;
mod table_headings;
mod value;
mod word;

pub use count::{counted, grouped};
pub use edit::{Edit, Editable, History, Standing, Step};
pub use field::{Field, FieldId, label_name};
pub use geometry::{PagePoint, PageRect, PageSize, Turn};
pub use kept_text::{KeptText, Words};
pub use page::{Page, Problem};
pub use reread::{Reread, keep_confirmed};
pub use reshape::{Axis, CellRange};
pub use score::Score;
pub use table::{Cell, GridError, Table};
pub use value::{DayOrder, Decimals, Meaning, Value, Writing, decimals_of, meaning_of, order_of};
pub use word::{PageText, TextSource, Word};
