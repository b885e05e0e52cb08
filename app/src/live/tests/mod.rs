mod outbox;
mod people;
mod rows;
mod sidebar;
mod state;
mod timeline;
