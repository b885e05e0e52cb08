//! Paths that a form redirects to.

use leptos_router::location::Url;

/// Returns the path to go to after signing in: `next` if it is a path of this site, or else home. If a link to our
/// sign-in page could lead to another site, that site would seem trustworthy.
pub fn local_path(next: &str) -> String {
    // Browsers read a backslash as a slash and skip tabs and line ends, so `/\t/evil` is another site too.
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let local = next.starts_with('/') && !next.starts_with("//");
    let page = !["/sign-in", "/sign-up", "/verify", "/api/"].iter().any(|path| next.starts_with(path));
    if plain && local && page { next.to_owned() } else { "/".to_owned() }
}

/// Returns the path of a sign-in page, with the path to go to afterwards in its query, unless that is home.
pub fn with_next(page: &str, next: &str) -> String {
    match local_path(next).as_str() {
        "/" => page.to_owned(),
        next => format!("{page}?next={}", Url::escape(next)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site() {
        for good in ["/", "/c/0193", "/settings?x=1", "/new#room"] {
            assert_eq!(local_path(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
            "javascript:alert(1)",
            "/ü",
            "/sign-in?next=/sign-in",
            "/api/sign_out",
        ] {
            assert_eq!(local_path(bad), "/", "{bad}");
        }
    }

    #[test]
    fn the_way_in_leads_on() {
        assert_eq!(with_next("/sign-in/code", "/c/1?x=2"), "/sign-in/code?next=%2Fc%2F1%3Fx%3D2");
        for next in ["", "/", "//evil.example"] {
            assert_eq!(with_next("/sign-in/code", next), "/sign-in/code");
        }
    }
}
