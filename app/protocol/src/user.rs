//! Users as others see them, and one's own account.

use serde::{Deserialize, Serialize};

use crate::{
    Millis, PictureId, SessionHandle, UserId,
    presence::{Availability, Status},
    privacy::Privacy,
};

/// What others see of a person wherever a name is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserSummary {
    /// Whose card this is.
    pub id: UserId,
    /// The unique name, as its owner spells it.
    pub username: String,
    /// The name that they go by, if it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Their picture, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
}

impl UserSummary {
    /// The card of somebody who has nothing but a username.
    pub const fn new(id: UserId, username: String) -> Self {
        Self { id, username, display_name: None, picture: None }
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }
}

/// Where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// By which it is ended.
    pub handle: SessionHandle,
    /// The browser and the system, such as "Firefox on Linux".
    pub device: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When somebody signed in there.
    pub since: Millis,
    /// When it was last used, to the hour.
    pub used: Millis,
}

/// What a signed-in person sees of their own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The card others see.
    pub user: UserSummary,
    /// The confirmed e-mail address.
    pub email: String,
    /// Whether this person administers the server.
    pub is_admin: bool,
    /// Whether signing in asks for a code besides the password.
    pub has_second_factor: bool,
    /// Friend requests that wait for an answer.
    pub requests: u32,
    /// Those whom this person blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<UserId>,
    /// What this person chose to be seen as.
    pub availability: Availability,
    /// What they say about it.
    pub status: Option<Status>,
    /// What they let others do.
    pub privacy: Privacy,
}
