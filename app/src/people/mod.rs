//! Relationships between users: the page of contacts, and the profiles.

mod actions;
mod contacts;
mod nav_link;
mod profile;
mod row;

pub use self::contacts::People;
pub use self::nav_link::PeopleLink;
pub use profile::Profile;
