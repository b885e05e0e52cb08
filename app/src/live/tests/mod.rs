mod outbox;
mod presence;
mod rows;
mod sidebar;
mod state;
mod timeline;
