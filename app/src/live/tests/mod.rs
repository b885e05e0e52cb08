mod outbox;
mod people;
mod presence;
mod rows;
mod sidebar;
mod state;
mod timeline;
