//! Cookies that only the server reads.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
    request::Parts,
};
use domain::Actor;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::context::{domain, visitor};

/// Returns a cookie's value.
pub fn cookie(name: &str) -> Option<String> {
    cookie_in(&use_context::<Parts>()?.headers, name)
}

/// Returns the value of a cookie in these headers.
pub fn cookie_in(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// Returns the name of a cookie for the account that sent this request, and for no other: another user may sign in with
/// the same browser before the cookie is read.
pub fn of_visitor(name: &str) -> String {
    of_account(name, visitor())
}

/// Returns the same as [`of_visitor`], for a known visitor.
pub fn of_account(name: &str, visitor: Option<Actor>) -> String {
    visitor.map_or_else(|| name.to_owned(), |actor| format!("{name}-{}", actor.user))
}

/// Returns a cookie's value and removes the cookie. A prefetch, such as by our service worker, says so and does not get
/// the value: the user would never see it.
pub fn take_cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let is_prefetch = |name| {
        let value = parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.is_some_and(|value| value.starts_with("prefetch"))
    };
    if is_prefetch("purpose") || is_prefetch("sec-purpose") {
        return None;
    }
    let value = cookie(name)?;
    set_cookie(name, "", 0);
    Some(value)
}

/// Sets a cookie that only the server reads, for `seconds`; zero removes it. `value` must not contain `;`, spaces or
/// non-ASCII characters.
pub fn set_cookie(name: &str, value: &str, seconds: u32) {
    let secure = domain().is_ok_and(|domain| domain.config().public_url.starts_with("https://"));
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(options), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        options.append_header(SET_COOKIE, cookie);
    }
}
