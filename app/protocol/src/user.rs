//! User summaries, sessions, and the signed-in user's own account.

use serde::{Deserialize, Serialize};

use crate::{
    Millis, PictureId, SessionHandle, UserId,
    presence::{Availability, Status},
    privacy::Privacy,
};

/// A user's names and picture, as others see them wherever the user is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserSummary {
    /// The user's id.
    pub id: UserId,
    /// The unique name, in the user's own spelling.
    pub username: String,
    /// The display name, if the user has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The user's picture, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
}

impl UserSummary {
    /// Creates the summary of a user who has only a username.
    pub const fn new(id: UserId, username: String) -> Self {
        Self { id, username, display_name: None, picture: None }
    }

    /// Returns the name to show: the display name, or else the username.
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }
}

/// A session of a user: a browser in which they are signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// The handle with which it is ended.
    pub handle: SessionHandle,
    /// The name of the browser, such as "Firefox"; none if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The name of the system, such as "Linux"; none if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Whether the request came from this session.
    pub current: bool,
    /// The time of the sign-in.
    pub since: Millis,
    /// The time of the last use, to the hour.
    pub used: Millis,
}

/// The signed-in user's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The summary that others see.
    pub user: UserSummary,
    /// The confirmed e-mail address.
    pub email: String,
    /// Whether the user administers the server.
    pub is_admin: bool,
    /// Whether signing in requires a code besides the password.
    pub has_second_factor: bool,
    /// The number of friend requests that wait for the user's answer.
    pub requests: u32,
    /// The users whom this user blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<UserId>,
    /// The availability that the user chose.
    pub availability: Availability,
    /// The user's status, if there is one.
    pub status: Option<Status>,
    /// The user's privacy settings.
    pub privacy: Privacy,
}
