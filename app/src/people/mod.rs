//! People: the page of friends and requests, somebody's card, invitations, and what one lets others do.

mod acts;
mod home;
mod invitation;
mod link;
mod privacy;
mod profile;
mod row;
mod seen;

pub use home::People;
pub use invitation::Invitation;
pub use link::PeopleLink;
pub use privacy::PrivacyPage;
pub use profile::Profile;
pub use seen::{presence_of, said_of};

/// Where somebody's card is.
pub fn path_of(username: &str) -> String {
    format!("/u/{username}")
}
