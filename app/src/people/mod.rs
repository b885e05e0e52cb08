//! People: the page of friends and requests, somebody's card, invitations, and what one lets others do.

mod actions;
mod contacts;
mod nav_link;
mod profile;
mod row;

pub use self::contacts::People;
pub use self::nav_link::PeopleLink;
pub use profile::Profile;
