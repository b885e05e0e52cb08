mod outbox;
mod presence;
mod relationships;
mod rows;
mod sidebar;
mod state;
mod timeline;
