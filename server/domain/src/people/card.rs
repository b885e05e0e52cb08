//! From rows to cards.

use protocol::UserSummary;
use uuid::Uuid;

use crate::entities::user;

/// The card of somebody, from the columns of which it is made.
pub(crate) fn card(id: Uuid, username: String, display_name: String, picture: Option<Uuid>) -> UserSummary {
    UserSummary {
        id: id.into(),
        username,
        display_name: Some(display_name).filter(|name| !name.is_empty()),
        picture: picture.map(Into::into),
    }
}

/// As [`card`], where a join may have found nobody.
pub(crate) fn card_of(
    id: Option<Uuid>,
    username: Option<String>,
    display_name: Option<String>,
    picture: Option<Uuid>,
) -> Option<UserSummary> {
    Some(card(id?, username?, display_name.unwrap_or_default(), picture))
}

impl From<user::Model> for UserSummary {
    fn from(user: user::Model) -> Self {
        card(user.id, user.username, user.display_name, user.picture_id)
    }
}
