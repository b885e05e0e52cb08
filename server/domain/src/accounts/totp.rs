//! Time-based one-time codes, which an authenticator app computes from a secret and the time: RFC 6238 with SHA-1, six
//! digits and steps of 30 seconds, the parameters that every app supports.

use std::fmt::Write;

use protocol::{Millis, second_factor::QrCode};
use qrcodegen::{QrCode as Modules, QrCodeEcc};
use totp_rs::{Builder, Secret, Totp};

use crate::{Error, Result, mail::host_of};

/// The length of a step, in milliseconds.
const STEP_MS: Millis = 30_000;
/// The light margin around a QR code, in modules. Readers do not find a code without it (ISO/IEC 18004, section 6.3.8).
const MARGIN: i32 = 4;

/// Generates a secret of 160 bits, as RFC 4226 recommends (section 4, R6).
pub fn generate() -> Result<Vec<u8>> {
    let mut secret = vec![0; 20];
    getrandom::fill(&mut secret).map_err(Error::internal)?;
    Ok(secret)
}

/// Returns the step at this time.
pub const fn step_at(now: Millis) -> i64 {
    now / STEP_MS
}

/// Returns the step that this code belongs to: the current one or one of its neighbours, since clocks differ and users
/// take time to type (RFC 6238, section 5.2). Compares in constant time.
pub fn step_of(secret: &[u8], code: &str, now: Millis) -> Result<Option<i64>> {
    let seconds = u64::try_from(now / 1_000).map_err(Error::internal)?;
    match totp(secret)?.check(code, seconds) {
        Some(step) => Ok(Some(i64::try_from(step).map_err(Error::internal)?)),
        None => Ok(None),
    }
}

fn totp(secret: &[u8]) -> Result<Totp> {
    // The builder's defaults are the parameters in the module's documentation, with one step to either side.
    Builder::new().with_secret(secret).build().map_err(Error::internal)
}

/// Formats the secret for typing: Base32, in groups of four.
pub fn typed(secret: &[u8]) -> String {
    let mut text = String::new();
    for (n, c) in Secret::from(secret).to_base32().chars().enumerate() {
        if n > 0 && n % 4 == 0 {
            text.push(' ');
        }
        text.push(c);
    }
    text
}

/// Returns the URI from which an app imports the secret. It also contains what the app shows beside the code: the
/// username and the server.
pub fn uri(secret: &[u8], username: &str, public_url: &str) -> String {
    // Of these characters, only those of an IPv6 address have to be escaped in a label.
    let host = host_of(public_url).replace('[', "%5B").replace(':', "%3A").replace(']', "%5D");
    let secret = Secret::from(secret).to_base32();
    format!("otpauth://totp/WeConnect:{username}%40{host}?secret={secret}&issuer=WeConnect")
}

/// Draws the URI as a QR code.
pub fn qr(uri: &str) -> Result<QrCode> {
    let modules = Modules::encode_text(uri, QrCodeEcc::Medium).map_err(Error::internal)?;
    let edge = modules.size();
    let mut path = String::new();
    for y in 0..edge {
        let mut x = 0;
        while x < edge {
            let length = (x..edge).take_while(|x| modules.get_module(*x, y)).count();
            let length = i32::try_from(length).map_err(Error::internal)?;
            if length > 0 {
                write!(path, "M{} {}h{length}v1h-{length}z", x + MARGIN, y + MARGIN).map_err(Error::internal)?;
            }
            x += length + 1;
        }
    }
    let size = u32::try_from(edge + 2 * MARGIN).map_err(Error::internal)?;
    Ok(QrCode { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B: the last six of its eight digits.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let now = seconds * 1_000;
            assert_eq!(step_of(SECRET, code, now).unwrap(), Some(seconds / 30), "{code}");
            for (later, good) in [(-30_000, true), (30_000, true), (60_000, false), (90_000, false)] {
                assert_eq!(step_of(SECRET, code, now + later).unwrap().is_some(), good, "{code} {later}");
            }
        }
        for code in ["", "28708", "2870820", "+87082", "28 082", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(SECRET, code, 59_000).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn apps_understand_the_address() {
        assert_eq!(typed(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            uri(SECRET, "ada.l", "https://chat.example.org:8443"),
            "otpauth://totp/WeConnect:ada.l%40chat.example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=WeConnect"
        );
        assert!(uri(SECRET, "ada", "http://[2001:db8::7]:8080").contains(":ada%40%5B2001%3Adb8%3A%3A7%5D?"));
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 20);
    }

    #[test]
    fn the_picture_is_drawn_run_by_run() {
        let uri = uri(SECRET, "ada", "https://chat.example.org");
        let modules = Modules::encode_text(&uri, QrCodeEcc::Medium).unwrap();
        let drawn = qr(&uri).unwrap();
        assert_eq!(drawn.size, u32::try_from(modules.size()).unwrap() + 8);
        // Converts each run back into modules.
        let mut dark = std::collections::HashSet::new();
        for run in drawn.path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let [x, y, length] = [x, y, length].map(|n| n.parse::<i32>().unwrap());
            dark.extend((0..length).map(|n| (x + n - MARGIN, y - MARGIN)));
        }
        for y in 0..modules.size() {
            for x in 0..modules.size() {
                assert_eq!(dark.contains(&(x, y)), modules.get_module(x, y), "{x} {y}");
            }
        }
    }
}
