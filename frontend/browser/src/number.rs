//! JavaScript has one kind of number.

/// A JavaScript number as an integer, without its fraction; NaN is zero.
#[expect(clippy::as_conversions, reason = "there is no From; `as` saturates, which is what is wanted")]
pub(crate) const fn integer(number: f64) -> i64 {
    number as i64
}

/// An integer as a JavaScript number; exact below 2^53, which times and positions are.
#[expect(clippy::as_conversions, reason = "there is no From for i64")]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "the server never asks a JavaScript function"))]
pub(crate) const fn number(integer: i64) -> f64 {
    integer as f64
}
