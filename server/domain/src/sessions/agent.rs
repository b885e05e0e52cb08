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

/// Returns the browser and the system that a `User-Agent` names, such as "Firefox on Linux".
///
/// This is only for the owner to tell one session from another: a client can send any `User-Agent`.
pub fn device(agent: &str) -> String {
    let find =
        |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("Unknown browser on {system}"),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn browsers_and_systems() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let mobile = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(), "Firefox on Linux"),
            ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0".to_owned(), "Firefox on Android"),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0.0.0 Safari/537.36"),
                "Chrome on Windows",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/142.0.0.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0"),
                "Edge on Windows",
            ),
            (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit} Chrome/142.0 Safari/537.36 OPR/124.0"
                ),
                "Opera on macOS",
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {webkit} SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537"
                ),
                "Samsung Internet on Android",
            ),
            (
                format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {mobile} Version/26.1 Safari/605.1.15"),
                "Safari on macOS",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {mobile} Version/26.1 Mobile/15E148 \
                     Safari/604.1"
                ),
                "Safari on iPhone",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) {mobile} CriOS/142.0 Mobile/15E148 Safari/604.1"
                ),
                "Chrome on iPad",
            ),
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {mobile} FxiOS/145.0 Mobile/15E148"),
                "Firefox on iPhone",
            ),
            (
                format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {webkit} Chrome/142.0.0.0 Safari/537.36"),
                "Chrome on ChromeOS",
            ),
            ("curl/8.14.1".to_owned(), "Unknown browser"),
            ("something (Windows NT 10.0)".to_owned(), "Unknown browser on Windows"),
            (String::new(), "Unknown browser"),
        ] {
            assert_eq!(device(&agent), expected, "{agent}");
        }
    }
}
