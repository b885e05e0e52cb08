//! The choice of the sentence for an error.

use std::borrow::Cow;

use protocol::{Error, ErrorKind, Field, username::check_username};

use super::errors::*;

/// The longest wait that is told in seconds.
const SECONDS_MAX: u32 = 90;

/// Returns the sentence for an error.
pub fn error(error: &Error) -> Cow<'static, str> {
    match &error.kind {
        ErrorKind::TooShort { min } => too_short_on(error.field, *min).into(),
        ErrorKind::TooLong { max } => too_long_on(error.field, *max).into(),
        ErrorKind::LimitReached { max } if error.field != Some(Field::Username) => limit_reached(*max).into(),
        ErrorKind::TooLarge { max } if error.field != Some(Field::Request) => {
            file_too_large(max / (1024 * 1024)).into()
        }
        ErrorKind::TooManyPixels { max } => too_many_pixels(*max).into(),
        ErrorKind::RateLimited { retry_after } if *retry_after > SECONDS_MAX => {
            retry_in_minutes(retry_after.div_ceil(60)).into()
        }
        ErrorKind::RateLimited { retry_after } => retry_in_seconds(*retry_after).into(),
        // Without WASM the error comes from the address, into which anybody can write words of their own.
        ErrorKind::Internal { id } if is_id(id) => internal(id).into(),
        ErrorKind::OtherAccount { username } if check_username(username).is_ok() => other_account(username).into(),
        kind => without_parameters(kind, error.field).into(),
    }
}

/// Returns whether it looks like an id that the server writes into its log.
fn is_id(id: &str) -> bool {
    id.len() <= 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

fn too_short_on(field: Option<Field>, min: u32) -> String {
    match field {
        Some(Field::Username) => username_too_short(min),
        Some(Field::Password) => password_too_short(min),
        Some(Field::Room) => room_too_short(min),
        Some(Field::Search) => name_too_short(min),
        _ => too_short(min),
    }
}

fn too_long_on(field: Option<Field>, max: u32) -> String {
    match field {
        Some(Field::Email) => email_too_long(max),
        Some(Field::Username) => username_too_long(max),
        Some(Field::Password) => password_too_long(max),
        Some(Field::DisplayName | Field::Search) => name_too_long(max),
        Some(Field::Bio) => bio_too_long(max),
        Some(Field::Pronouns) => pronouns_too_long(max),
        Some(Field::Status) => status_too_long(max),
        Some(Field::Room) => room_too_long(max),
        Some(Field::Body) => body_too_long(max),
        _ => too_long(max),
    }
}

/// Returns the sentence for a kind of error whose parameters, if it has any, are not told.
const fn without_parameters(kind: &ErrorKind, field: Option<Field>) -> &'static str {
    match (kind, field) {
        (ErrorKind::Required, field) => required_on(field),
        (ErrorKind::Malformed, field) => malformed_on(field),
        (ErrorKind::Taken, Some(Field::Username)) => USERNAME_TAKEN,
        (ErrorKind::Taken, _) => TAKEN,
        (ErrorKind::Weak, _) => WEAK,
        (ErrorKind::Unauthenticated, _) => UNAUTHENTICATED,
        (ErrorKind::WrongCredentials, Some(Field::CurrentPassword)) => WRONG_PASSWORD,
        (ErrorKind::WrongCredentials, Some(Field::Code)) => WRONG_CODE,
        (ErrorKind::WrongCredentials, _) => WRONG_CREDENTIALS,
        (ErrorKind::Unverified, _) => UNVERIFIED,
        (ErrorKind::Forbidden, Some(Field::Username)) => OWN_USERNAME,
        (ErrorKind::Forbidden, Some(Field::Body)) => MESSAGE_FORBIDDEN,
        (ErrorKind::Forbidden, _) => FORBIDDEN,
        (ErrorKind::NotFound, Some(Field::Username)) => USERNAME_NOT_FOUND,
        (ErrorKind::NotFound, _) => NOT_FOUND,
        (ErrorKind::Conflict, Some(Field::Username)) => FRIEND_CONFLICT,
        (ErrorKind::Conflict, _) => CONFLICT,
        (ErrorKind::OtherAccount { .. }, _) => OTHER_ACCOUNT,
        (ErrorKind::Expired, Some(Field::Code)) => CODE_EXPIRED,
        (ErrorKind::Expired, _) => LINK_EXPIRED,
        (ErrorKind::LimitReached { .. }, _) => FRIEND_LIMIT_REACHED,
        (ErrorKind::Undeliverable, _) => UNDELIVERABLE,
        (ErrorKind::Unsupported, _) => FILE_UNSUPPORTED,
        (ErrorKind::TooLarge { .. }, _) => REQUEST_TOO_LARGE,
        (ErrorKind::Unavailable, _) => UNAVAILABLE,
        (
            ErrorKind::Internal { .. }
            // The parameters of these are always told.
            | ErrorKind::TooShort { .. }
            | ErrorKind::TooLong { .. }
            | ErrorKind::TooManyPixels { .. }
            | ErrorKind::RateLimited { .. },
            _,
        ) => INTERNAL,
    }
}

const fn required_on(field: Option<Field>) -> &'static str {
    match field {
        Some(Field::Body) => BODY_REQUIRED,
        Some(Field::Search) => SEARCH_REQUIRED,
        Some(Field::Confirmation) => CONFIRMATION_REQUIRED,
        Some(Field::Picture) => PICTURE_REQUIRED,
        Some(Field::Email) => EMAIL_REQUIRED,
        Some(Field::Username) => USERNAME_REQUIRED,
        Some(Field::Password) => PASSWORD_REQUIRED,
        Some(Field::CurrentPassword) => CURRENT_PASSWORD_REQUIRED,
        Some(Field::Code) => CODE_REQUIRED,
        Some(Field::Login) => LOGIN_REQUIRED,
        Some(Field::Room) => ROOM_REQUIRED,
        _ => REQUIRED,
    }
}

const fn malformed_on(field: Option<Field>) -> &'static str {
    match field {
        Some(Field::Email) => EMAIL_MALFORMED,
        Some(Field::Username) => USERNAME_MALFORMED,
        Some(Field::Room) => ROOM_MALFORMED,
        Some(Field::Emoji) => EMOJI_MALFORMED,
        Some(Field::Body) => BODY_MALFORMED,
        Some(Field::Request) => REQUEST_MALFORMED,
        _ => MALFORMED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_and_the_limit_choose_the_sentence() {
        let file_limit = ErrorKind::TooLarge { max: 20 << 20 };
        let count_limit = ErrorKind::LimitReached { max: 7 };
        for (kind, field, expected) in [
            (ErrorKind::TooShort { min: 3 }, Field::Username, username_too_short(3)),
            (ErrorKind::TooLong { max: 8000 }, Field::Body, body_too_long(8000)),
            (ErrorKind::TooLong { max: 9 }, Field::Emoji, too_long(9)),
            (file_limit.clone(), Field::Picture, file_too_large(20)),
            (file_limit, Field::Request, REQUEST_TOO_LARGE.to_owned()),
            (count_limit.clone(), Field::Username, FRIEND_LIMIT_REACHED.to_owned()),
            (count_limit, Field::Request, limit_reached(7)),
            (ErrorKind::Required, Field::CurrentPassword, CURRENT_PASSWORD_REQUIRED.to_owned()),
            (ErrorKind::Malformed, Field::Bio, MALFORMED.to_owned()),
        ] {
            assert_eq!(error(&kind.on(field)), expected);
        }
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_minutes() {
        let wait = |retry_after| error(&ErrorKind::RateLimited { retry_after }.into()).into_owned();
        assert_eq!(wait(1), retry_in_seconds(1));
        assert_eq!(wait(90), retry_in_seconds(90));
        assert_eq!(wait(91), retry_in_minutes(2));
    }

    #[test]
    fn an_address_cannot_put_words_into_our_mouth() {
        let id = |id: &str| error(&ErrorKind::Internal { id: id.into() }.into());
        assert_eq!(id("7f-00"), internal("7f-00"));
        assert_eq!(id("1. Call +1 555 0100 now"), INTERNAL);
        let account = |username: &str| error(&ErrorKind::OtherAccount { username: username.into() }.into());
        assert_eq!(account("ben"), other_account("ben"));
        assert_eq!(account("us. Call +1 555 0100 now"), OTHER_ACCOUNT);
    }
}
