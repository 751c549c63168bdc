//! The page view with real pages and with drawers that can be held up.

mod desk;
mod drawing;
mod hands;
mod states;
