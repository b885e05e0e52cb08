//! The state of an account's second factor.

use serde::{Deserialize, Serialize};

/// The state of a user's second factor: codes that an app computes from a secret and the time (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Signing in requires only the password.
    Off,
    /// The user enters the secret into the app, and then a code to confirm that it works.
    SettingUp {
        /// The secret in Base32, in groups, for typing.
        secret: String,
        /// The secret as a URI that apps understand.
        uri: String,
        /// The URI as a QR code.
        qr: QrCode,
    },
    /// Signing in requires a code as well.
    On {
        /// The number of recovery codes that were not used yet.
        recovery_codes: u32,
    },
}

/// A QR code, to be drawn as one dark shape on a light background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The number of modules along an edge, including the margin that readers need.
    pub size: u32,
    /// The dark modules as the `d` attribute of an SVG path, with one unit per module.
    pub path: String,
}
