mod outbox;
mod rows;
mod sidebar;
mod state;
mod timeline;
