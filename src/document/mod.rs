//! What a document is: pages of words, fields and tables in page pixels, each with a score.
//!
//! Pure data and rules. Nothing here knows egui, HTTP, files, PDF or image formats.

mod edit;
mod field;
mod geometry;
mod page;
mod score;
mod table;
mod word;

pub use edit::{Edit, Editable, History, Standing, Step, keep_confirmed};
pub use field::{Field, FieldId, label_name};
pub use geometry::{PagePoint, PageRect, PageSize, Turn};
pub use page::{Page, Problem};
pub use score::Score;
pub use table::{Cell, GridError, Table};
pub use word::{PageText, TextSource, Word};
