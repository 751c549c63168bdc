//! The page view.
pub mod cache;
pub mod camera;
pub mod layout;
pub mod tiles;
pub mod transform;
