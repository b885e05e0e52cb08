//! What a person says about themselves.

use serde::{Deserialize, Serialize};

use crate::{
    Error, ErrorKind, Field, Millis, PictureId, UserSummary,
    limits::{BIO_MAX, DISPLAY_NAME_MAX, PICTURE_MAX_BYTES, PRONOUNS_MAX},
    presence::UserPresence,
    relationship::FriendStatus,
    text::{check_at_most, lines, one_line},
};

/// A person's card in full, as one other person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Name and picture.
    pub card: UserSummary,
    /// A few lines about them.
    pub bio: String,
    /// How they want to be spoken of.
    pub pronouns: String,
    /// When the account was made.
    pub since: Millis,
    /// How they are seen.
    pub sighting: UserPresence,
    /// What they are to the person who asks.
    pub tie: FriendStatus,
    /// Whether the person who asks blocked them.
    pub blocked: bool,
}

/// What a person says about themselves, as they edit it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    /// Name and picture.
    pub card: UserSummary,
    /// A few lines about them.
    pub bio: String,
    /// How they want to be spoken of.
    pub pronouns: String,
}

/// Where a picture is, in one of [`PICTURE_SIZES`](crate::limits::PICTURE_SIZES).
pub fn picture_path(id: PictureId, size: u32) -> String {
    format!("/picture/{id}/{size}")
}

/// Checks the size of a file with a picture, in bytes.
///
/// # Errors
/// [`ErrorKind::Required`] when there is nothing in it, [`ErrorKind::TooLarge`]; on [`Field::Picture`].
pub fn check_picture_size(bytes: u64) -> Result<(), Error> {
    match bytes {
        0 => Err(ErrorKind::Required.on(Field::Picture)),
        n if n > u64::from(PICTURE_MAX_BYTES) => Err(ErrorKind::TooLarge { max: PICTURE_MAX_BYTES }.on(Field::Picture)),
        _ => Ok(()),
    }
}

/// Checks a display name and returns it on one line. It may be empty: then the username stands for it.
///
/// # Errors
/// An [`Error`] on [`Field::DisplayName`].
pub fn check_display_name(text: &str) -> Result<String, Error> {
    line(text, DISPLAY_NAME_MAX, Field::DisplayName)
}

/// Checks pronouns and returns them on one line. They may be empty.
///
/// # Errors
/// An [`Error`] on [`Field::Pronouns`].
pub fn check_pronouns(text: &str) -> Result<String, Error> {
    line(text, PRONOUNS_MAX, Field::Pronouns)
}

/// Checks a bio and returns it without surrounding white space. It may be empty, and have lines.
///
/// # Errors
/// An [`Error`] on [`Field::Bio`].
pub fn check_bio(text: &str) -> Result<String, Error> {
    let bio = lines(text);
    check_at_most(&bio, BIO_MAX, Field::Bio)?;
    Ok(bio)
}

fn line(text: &str, max: u32, field: Field) -> Result<String, Error> {
    let text = one_line(text);
    check_at_most(&text, max, field)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_without_tricks() {
        assert_eq!(check_display_name("  Ada \n King\u{202e} ").unwrap(), "Ada King");
        assert_eq!(check_display_name("\u{200b} ").unwrap(), "");
        assert_eq!(
            check_display_name(&"x".repeat(51)).unwrap_err(),
            ErrorKind::TooLong { max: 50 }.on(Field::DisplayName)
        );
        assert_eq!(check_pronouns("she/her").unwrap(), "she/her");
        assert!(check_pronouns(&"x".repeat(31)).is_err());
    }

    #[test]
    fn pictures_have_a_size() {
        assert_eq!(check_picture_size(0).unwrap_err(), ErrorKind::Required.on(Field::Picture));
        assert!(check_picture_size(1).is_ok() && check_picture_size(20 * 1024 * 1024).is_ok());
        let said = check_picture_size(20 * 1024 * 1024 + 1).unwrap_err().to_string();
        assert_eq!(said, "This file is too large. It can have 20 MB at most.");
    }

    #[test]
    fn bios_have_lines() {
        assert_eq!(check_bio(" a\r\nb \u{0}").unwrap(), "a\nb");
        assert!(check_bio(&"é".repeat(300)).is_ok());
        assert_eq!(check_bio(&"é".repeat(301)).unwrap_err().field, Some(Field::Bio));
    }
}
