//! The program without a screen: what is on the desk, what can be asked of it, what runs in the background.
//!
//! Data flow: `ui` reads `&State` and pushes [`Command`]s → `update` changes the state and returns jobs → jobs run off
//! the UI thread and send events → the app shell drains events a frame and asks for a repaint.

mod action;
mod annotations;
mod batches;
mod clock;
mod command;
mod connections;
mod document;
mod export;
mod folder;
pub mod instance;
mod job;
mod jobs;
mod library;
mod metadata;
mod models;
mod natural;
mod pasted;
mod program;
mod render;
mod review;
mod shortcut;
mod state;
mod teaching;
mod update;

pub use action::Action;
pub use annotations::AnnotationFormat;
pub use command::{Command, Commands, Reshape, ZoomTo};
pub use connections::{Account, ConnectionId, Delivery, Import, Imported, Origin, Reach, ReadOptions, Tested, Way};
pub use document::{DeskDocument, DocumentId, DocumentStatus, FileState, ReadState, Reader, SyncState};
pub use export::{ExportColumns, ExportOf, ExportWhat};
pub use models::{
    LabelChange, LabelInfo, LabelKind, LabelScore, Lesson, ModelCommand, ModelInfo, ModelState, NewLabel, Taught,
    Training, VersionInfo,
};
pub use pasted::pasted_cells;
pub use program::{Desk, DeskOptions, Effect};
pub use render::{DrawPage, PageImage, RenderThreads, RenderWishes, Rendered, Wanted};
pub use review::{Checked, Concern, Concerns, Judge, JudgeKey, LabelFacts, PICKED, Rule, Rules, whole_pattern};
pub use shortcut::{Key, KeyMap, Shortcut};
pub use state::{
    Activity, ActivityId, Notice, NoticeKind, Open, Removal, Saving, State, Target, Theme, TrailEntry, ViewSettings,
};
