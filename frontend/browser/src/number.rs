//! Conversions from and to the one number type of JavaScript.

/// Converts a JavaScript number to an integer, without its fraction. NaN becomes zero.
#[expect(clippy::as_conversions, reason = "there is no From; `as` saturates, which is what is wanted")]
pub(crate) const fn integer(number: f64) -> i64 {
    number as i64
}

/// Converts an integer to a JavaScript number. It is exact below 2^53, as all times and positions are.
#[expect(clippy::as_conversions, reason = "there is no From for i64")]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "the server never asks a JavaScript function"))]
pub(crate) const fn number(integer: i64) -> f64 {
    integer as f64
}
