//! The state of an account's second factor.

use serde::{Deserialize, Serialize};

/// How it stands with somebody's second factor: codes that an app makes from a secret and the time (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Signing in takes the password alone.
    Off,
    /// The app is to be told the secret, and a code to show that it was.
    SettingUp {
        /// The secret in Base32, in groups, to be typed.
        secret: String,
        /// The same as an address that apps understand.
        uri: String,
        /// The address as a picture.
        qr: QrCode,
    },
    /// Signing in takes a code as well.
    On {
        /// Recovery codes that were not used yet.
        recovery_codes: u32,
    },
}

/// A QR code, to be drawn as one dark shape on a light ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Modules of an edge, with the margin that readers need.
    pub size: u32,
    /// The dark modules as the `d` of an SVG path, a module being a unit.
    pub path: String,
}
