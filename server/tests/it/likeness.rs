//! Whether an e-mail address has an account is in no answer, and in no time that one takes.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode};

use crate::support::{Browser, PASSWORD, TestServer};

/// Tries with each sort of address. They take turns, so that whatever else the machine does slows both down alike.
const TRIES: usize = 40;

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: StatusCode,
    location: String,
    body: String,
    headers: Vec<String>,
}

/// One try from a new browser: what is seen, with the address that was entered taken out, and how long it took.
async fn ask(server: &TestServer, from: &str, to: &str, form: &[(&str, &str)], email: &str) -> (Seen, Duration) {
    let mut browser: Browser = server.browser();
    let begun = Instant::now();
    let answer = browser.post(from, to, form).await;
    let took = begun.elapsed();
    let names = |headers: &HeaderMap| headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    let location = answer.location().to_owned();
    let page = browser.get(&location).await;
    let plain = |text: &str| text.replace(email, "<address>").replace(&email.replace('@', "%40"), "<address>");
    let seen =
        Seen { status: answer.status, location: plain(&location), body: answer.body, headers: names(&answer.headers) };
    assert_eq!(page.status, StatusCode::OK);
    (seen, took)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The middle times of a known and an unknown address, whose tries must look the same.
fn compare(what: &str, known: Vec<(Seen, Duration)>, unknown: Vec<(Seen, Duration)>) -> (Duration, Duration) {
    for (one, other) in known.iter().zip(&unknown) {
        assert_eq!(one.0, other.0, "{what}");
    }
    let times = |tries: Vec<(Seen, Duration)>| median(&mut tries.into_iter().map(|(_, took)| took).collect::<Vec<_>>());
    (times(known), times(unknown))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_and_unknown_addresses_look_alike() {
    let server = TestServer::with(|config| config.limits = false).await;
    server.with_user("ada").await;
    let known_email = "ada@example.org";

    for what in ["sign-in", "reset", "sign-up"] {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for n in 0..TRIES {
            let nobody = format!("nobody{n}@example.org");
            let (one, other) = (format!("one.{n}.x"), format!("other.{n}.x"));
            for (email, username, seen) in [(known_email, &one, &mut known), (nobody.as_str(), &other, &mut unknown)] {
                let (from, to) = match what {
                    "sign-in" => ("/sign-in", "/api/sign_in"),
                    "reset" => ("/forgot", "/api/forgot_password"),
                    _ => ("/sign-up", "/api/sign_up"),
                };
                let form: Vec<(&str, &str)> = match what {
                    "sign-in" => vec![("login", email), ("password", "not the password"), ("next", "")],
                    "reset" => vec![("email", email)],
                    _ => vec![("email", email), ("username", username), ("password", PASSWORD)],
                };
                seen.push(ask(&server, from, to, &form, email).await);
            }
        }
        let (known, unknown) = compare(what, known, unknown);
        println!("{what:>8}: known {known:?}, unknown {unknown:?}");
        let (less, more) = (known.min(unknown), known.max(unknown));
        // Generous: what this is to find is a hash that is computed for one of them only, which takes some 20 ms.
        let differ = more > less * 3 / 2 && more - less > Duration::from_millis(5);
        assert!(!differ, "{what}: known {known:?}, unknown {unknown:?}");
    }
}
