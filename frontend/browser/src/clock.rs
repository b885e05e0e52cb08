//! The current time, elapsed time, and randomness.

use protocol::Millis;

use crate::number;

/// Returns the time of this machine's clock, which users and networks can set at will. It is for times that are shown
/// or stored; use [`elapsed`] to wait or to measure.
pub fn now() -> Millis {
    #[cfg(target_arch = "wasm32")]
    return number::integer(js_sys::Date::now());
    #[cfg(not(target_arch = "wasm32"))]
    return std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| number::integer(since.as_secs_f64() * 1_000.0));
}

/// Returns the milliseconds since the page began, by a clock that cannot be set and never goes back. In some browsers,
/// it stands still while the machine sleeps.
pub fn elapsed() -> Millis {
    #[cfg(target_arch = "wasm32")]
    return performance().map_or_else(now, number::integer);
    #[cfg(not(target_arch = "wasm32"))]
    return 0;
}

/// Returns `performance.now()`, which every browser has.
#[cfg(target_arch = "wasm32")]
fn performance() -> Option<f64> {
    use js_sys::{Function, Reflect};
    let performance = Reflect::get(&js_sys::global(), &"performance".into()).ok()?;
    let now: Function = wasm_bindgen::JsCast::dyn_into(Reflect::get(&performance, &"now".into()).ok()?).ok()?;
    now.call0(&performance).ok()?.as_f64()
}

/// Returns random bytes of cryptographic quality, for ids.
///
/// Returns zeros on the server, where no ids are made through this crate.
pub fn random_bytes() -> [u8; 10] {
    #[allow(unused_mut, reason = "filled in the browser only")]
    let mut bytes = [0; 10];
    #[cfg(target_arch = "wasm32")]
    {
        let filled = web_sys::window()
            .and_then(|window| window.crypto().ok())
            .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
        if !filled {
            // Every browser that runs this program has it. If one refuses, distinct ids still matter more than ids that
            // nobody can guess: the server checks who may use an id.
            bytes.fill_with(|| u8::try_from(number::integer(js_sys::Math::random() * 256.0)).unwrap_or(0));
        }
    }
    bytes
}

/// Returns a random number in `0..1`, for jitter; one half on the server.
pub fn random() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Math::random();
    #[cfg(not(target_arch = "wasm32"))]
    return 0.5;
}
