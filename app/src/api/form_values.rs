//! Values that a page takes from the request before it is rendered: the theme, and the form values before an error.
//!
//! Each is available on both sides: in the browser it is the value that the server found, passed along with the page.

use leptos::prelude::*;
use protocol::UserId;
use serde::{Deserialize, Serialize};

/// Whether this is the server. It is known at compile time, so that code that only the server uses is not in the WASM.
pub const IS_SERVER: bool = cfg!(feature = "ssr");

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The system's theme.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Returns its name in forms, the cookie and `data-theme`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Returns the theme of that name; [`System`](Self::System) for any other name.
    pub fn named(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The values typed into a form that was refused, so that the page can fill them in again. Never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormValues {
    /// The e-mail address.
    pub email: String,
    /// The username: the user's own, or the one to look for.
    pub username: String,
    /// The e-mail address or username in the sign-in form.
    pub login: String,
    /// A room's name.
    pub room: String,
    /// A message's text.
    pub body: String,
    /// The emoji of a status.
    pub emoji: String,
    /// The text of a status.
    pub status: String,
    /// The display name.
    pub display_name: String,
    /// The pronouns.
    pub pronouns: String,
    /// The bio.
    pub bio: String,
}

/// Returns the theme that was chosen in this browser.
pub fn theme() -> Theme {
    SharedValue::new(read_theme).into_inner()
}

/// Returns the values that were typed before the page is shown again, without WASM. They are returned once.
pub fn form_values() -> FormValues {
    SharedValue::new(take_typed).into_inner()
}

/// Returns the account that this page was rendered for; none if nobody was signed in.
///
/// All tabs of a browser share one session, so a request may reach the server from another account than the page's. In
/// the browser, every later call of a server function therefore goes below the path [`acting_as`] this account, and the
/// server refuses requests from pages of other accounts.
pub fn drawn_for() -> Option<UserId> {
    let account = SharedValue::new(read_account).into_inner();
    #[cfg(not(feature = "ssr"))]
    if let Some(account) = account {
        // Fails if it is set already, which is harmless: a page is rendered for one account, once.
        let _ = leptos::server_fn::client::try_set_server_url(acting_as(account).leak());
    }
    account
}

/// Returns the path below which the server accepts requests from pages that were rendered for this account.
pub fn acting_as(account: UserId) -> String {
    format!("/as/{account}")
}

/// Returns whether mails stay on this machine, where a page with a secret address shows them.
pub fn keeps_mail() -> bool {
    SharedValue::new(has_outbox).into_inner()
}

/// Returns the page's address with TLS, if it was opened without TLS and signing in needs it.
pub fn address_with_tls() -> Option<String> {
    SharedValue::new(other_address).into_inner()
}

/// Sets the status of a page that does not exist.
pub fn not_found() {
    #[cfg(feature = "ssr")]
    super::context::set_status(404);
}

#[cfg(not(feature = "ssr"))]
fn read_theme() -> Theme {
    Theme::default()
}

#[cfg(not(feature = "ssr"))]
fn read_account() -> Option<UserId> {
    None
}

#[cfg(not(feature = "ssr"))]
fn has_outbox() -> bool {
    false
}

#[cfg(not(feature = "ssr"))]
fn other_address() -> Option<String> {
    None
}

#[cfg(not(feature = "ssr"))]
fn take_typed() -> FormValues {
    FormValues::default()
}

#[cfg(feature = "ssr")]
pub use server::{forget_form_values, form_values_token, keep_form_values, keep_theme, with_form_values};

#[cfg(feature = "ssr")]
use server::{has_outbox, other_address, read_account, read_theme, take_typed};

#[cfg(feature = "ssr")]
mod server {
    use axum::http::request::Parts;
    use leptos::prelude::use_context;
    use protocol::UserId;

    use super::{FormValues, Theme};
    use crate::api::{
        ApiError,
        context::{self, Kept, OtherAddress, OutboxPage, visitor},
        cookies::{self, cookie, of_visitor, set_cookie, take_cookie},
    };

    const THEME: &str = "theme";
    const TYPED: &str = "typed";
    /// In seconds: a year. Browsers cap it at 400 days.
    const THEME_LIFETIME: u32 = 365 * 24 * 60 * 60;
    /// In seconds. The redirect back to the form follows at once.
    const TYPED_LIFETIME: u32 = 60;
    /// The prefix of the token of a text in the database. All other values begin with a hexadecimal digit, which `k` is
    /// not.
    const TOKEN: &str = "k-";
    /// Browsers refuse cookies above 4,096 bytes, and two hexadecimal digits stand for a byte.
    const TYPED_MAX_BYTES: usize = 1_900;

    pub fn read_theme() -> Theme {
        cookie(THEME).map(|name| Theme::named(&name)).unwrap_or_default()
    }

    pub fn read_account() -> Option<UserId> {
        visitor().map(|actor| actor.user)
    }

    pub fn has_outbox() -> bool {
        use_context::<OutboxPage>().is_some()
    }

    /// Stores the theme in this browser.
    pub fn keep_theme(theme: Theme) {
        set_cookie(THEME, theme.name(), THEME_LIFETIME);
    }

    /// Runs the action of a form. A plain form that is refused is shown again with the typed values; after a success,
    /// those of an earlier attempt are removed.
    ///
    /// # Errors
    /// Returns the errors of `work`.
    pub async fn with_form_values<T>(
        typed: FormValues,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let result = work.await;
        match &result {
            Ok(_) => forget_form_values(),
            Err(_) if context::is_plain_form() => keep_form_values(&typed).await,
            // A page with a script still has the values.
            Err(_) => {}
        }
        result
    }

    /// Passes the typed values to the page that is shown next.
    ///
    /// They are passed in a cookie with a lifetime of one minute: a visitor who is not signed in should cost the
    /// database nothing. A text that is too long for a cookie is stored in the database nevertheless, and the cookie
    /// holds its token.
    pub async fn keep_form_values(typed: &FormValues) {
        let Ok(json) = serde_json::to_string(typed) else { return };
        let value = if json.len() <= TYPED_MAX_BYTES {
            encode(&json)
        } else {
            match context::keep(json, TYPED_LIFETIME).await {
                Ok(token) => format!("{TOKEN}{token}"),
                // The response reports the form's error all the same, and going back in the browser still shows the
                // text.
                Err(_) => return,
            }
        };
        set_cookie(&of_visitor(TYPED), &value, TYPED_LIFETIME);
    }

    /// Removes the values for the page that is shown next.
    pub fn forget_form_values() {
        if cookie(&of_visitor(TYPED)).is_some() {
            set_cookie(&of_visitor(TYPED), "", 0);
        }
    }

    /// Returns the token of the typed values, for the server, which loads them and passes them along with the request.
    pub fn form_values_token(cookies: &axum::http::HeaderMap, visitor: Option<domain::Actor>) -> Option<String> {
        cookies::cookie_in(cookies, &cookies::of_account(TYPED, visitor))?.strip_prefix(TOKEN).map(str::to_owned)
    }

    pub fn take_typed() -> FormValues {
        let Some(value) = take_cookie(&of_visitor(TYPED)) else { return FormValues::default() };
        let kept = || use_context::<Parts>()?.extensions.get::<Kept>().map(Kept::take);
        let json = if value.starts_with(TOKEN) { kept() } else { decode(&value) };
        json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    }

    pub fn other_address() -> Option<String> {
        use_context::<OtherAddress>().map(|OtherAddress(url)| url)
    }

    /// Encodes a text as hexadecimal digits: a cookie's value may hold neither quotes nor non-ASCII characters (RFC
    /// 6265, section 4.1.1).
    fn encode(json: &str) -> String {
        json.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    fn decode(value: &str) -> Option<String> {
        let digits: Vec<u32> = value.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
        let byte = |pair: &[u32]| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        String::from_utf8(digits.chunks(2).map(byte).collect::<Option<_>>()?).ok()
    }

    #[cfg(test)]
    mod tests {
        use crate::api::form_values::server::*;

        #[test]
        fn what_was_typed_comes_back() {
            let typed = "{ü; \"x\"@example.org";
            let value = encode(typed);
            assert!(value.bytes().all(|byte| byte.is_ascii_hexdigit()) && !value.starts_with(TOKEN));
            assert_eq!(decode(&value).as_deref(), Some(typed));
        }

        #[test]
        fn nonsense_is_nothing() {
            for value in ["7", "zz", "ff", "🦀"] {
                assert_eq!(decode(value), None, "{value}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_have_names() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::named(theme.name()), theme);
        }
        assert_eq!(Theme::named("purple"), Theme::System);
    }
}
