//! Names of browsers and systems, from their `User-Agent`.

/// The marks of browsers in a `User-Agent`. The first match counts: most browsers call themselves Chrome and Safari as
/// well, so that sites made for those work.
const BROWSERS: [(&str, &str); 14] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPX/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("Version/", "Safari"),
];

/// The marks of systems. The first match counts here too: an iPhone says "like Mac OS X", and Android says "Linux".
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

/// Returns the browser that a `User-Agent` names.
///
/// This is only for the owner to tell one session from another: a client can send any `User-Agent`.
pub fn browser(agent: &str) -> Option<&'static str> {
    find(&BROWSERS, agent)
}

/// Returns the system that a `User-Agent` names.
pub fn system(agent: &str) -> Option<&'static str> {
    find(&SYSTEMS, agent)
}

fn find(marks: &[(&str, &'static str)], agent: &str) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::{browser, system};

    #[test]
    fn browsers_and_systems() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let mobile = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
                (Some("Firefox"), Some("Linux")),
            ),
            (
                "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0".to_owned(),
                (Some("Firefox"), Some("Android")),
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0.0.0 Safari/537.36"),
                (Some("Chrome"), Some("Windows")),
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/142.0.0.0 Mobile Safari/537.36"),
                (Some("Chrome"), Some("Android")),
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0"),
                (Some("Edge"), Some("Windows")),
            ),
            (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Chrome/142.0 Safari/537.36 OPR/124.0"
                ),
                (Some("Opera"), Some("macOS")),
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {webkit} SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537"
                ),
                (Some("Samsung Internet"), Some("Android")),
            ),
            (
                format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {mobile} Version/26.1 Safari/605.1.15"),
                (Some("Safari"), Some("macOS")),
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {mobile} Version/26.1 Mobile/15E148 \
                     Safari/604.1"
                ),
                (Some("Safari"), Some("iPhone")),
            ),
            (
                format!(
                    "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) {mobile} CriOS/142.0 Mobile/15E148 Safari/604.1"
                ),
                (Some("Chrome"), Some("iPad")),
            ),
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {mobile} FxiOS/145.0 Mobile/15E148"),
                (Some("Firefox"), Some("iPhone")),
            ),
            (
                format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {webkit} Chrome/142.0.0.0 Safari/537.36"),
                (Some("Chrome"), Some("ChromeOS")),
            ),
            ("curl/8.14.1".to_owned(), (None, None)),
            ("something (Windows NT 10.0)".to_owned(), (None, Some("Windows"))),
            (String::new(), (None, None)),
        ] {
            assert_eq!((browser(&agent), system(&agent)), expected, "{agent}");
        }
    }
}
