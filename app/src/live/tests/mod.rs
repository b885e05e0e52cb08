mod outbox;
mod presence;
mod relationships;
mod revision_tracker;
mod rows;
mod sidebar;
mod state;
mod timeline;
