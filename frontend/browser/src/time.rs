//! Formats of times: in UTC, the same on the server and in the browser, and in the locale of the user's browser. A page
//! is first rendered with the former and localised in an effect; otherwise hydration would find two different texts.

use protocol::Millis;

#[cfg(target_arch = "wasm32")]
use crate::number;

/// Milliseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns the date of a day in UTC: year, month from 1, day from 1.
fn civil(day: i64) -> (i64, usize, i64) {
    // Days to civil date in the proleptic Gregorian calendar, after Howard Hinnant's "chrono-compatible low-level
    // date algorithms": years begin in March, so that the leap day is a year's last.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, usize::try_from(month).unwrap_or(1), day_of_month)
}

/// Returns the number of the day in UTC; 0 is 1970-01-01.
pub const fn utc_day(at: Millis) -> i64 {
    at.div_euclid(DAY)
}

/// Formats a time for the `datetime` attribute: `2026-11-22T14:05:09Z`.
pub fn iso(at: Millis) -> String {
    let (year, month, day) = civil(utc_day(at));
    let seconds = at.rem_euclid(DAY) / 1_000;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Returns the time of day in UTC: `14:05`.
pub fn utc_clock(at: Millis) -> String {
    let minutes = at.rem_euclid(DAY) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Returns the date in UTC: `22 November 2026`.
pub fn utc_date(at: Millis) -> String {
    let (year, month, day) = civil(utc_day(at));
    format!("{day} {} {year}", MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default())
}

/// Returns the number of the day in the user's time zone; in UTC on the server.
pub fn local_day(at: Millis) -> i64 {
    #[cfg(target_arch = "wasm32")]
    {
        // The offset of that time, not of the current time: daylight saving time may begin or end between them.
        let offset = js_sys::Date::new(&number::number(at).into()).get_timezone_offset();
        utc_day(at - number::integer(offset * 60_000.0))
    }
    #[cfg(not(target_arch = "wasm32"))]
    return utc_day(at);
}

/// Returns the milliseconds until the next day begins in the user's time zone. On a day when the clocks change, it is
/// wrong by up to an hour.
pub fn until_tomorrow(at: Millis) -> u32 {
    let local = at.saturating_add(i64::from(offset(at)).saturating_mul(60_000));
    u32::try_from(DAY.saturating_sub(local.rem_euclid(DAY))).unwrap_or(0)
}

/// Returns the time of day in the user's locale: `14:05`, `2:05 PM`.
pub fn clock(at: Millis) -> String {
    #[cfg(target_arch = "wasm32")]
    return intl::format(intl::Style::Clock, at);
    #[cfg(not(target_arch = "wasm32"))]
    return utc_clock(at);
}

/// Returns the full date and time, for a tooltip.
pub fn full(at: Millis) -> String {
    #[cfg(target_arch = "wasm32")]
    return intl::format(intl::Style::Full, at);
    #[cfg(not(target_arch = "wasm32"))]
    return format!("{}, {} UTC", utc_date(at), utc_clock(at));
}

/// Returns how far the user's time zone is ahead of UTC at that time, in minutes; zero on the server.
pub fn offset(at: Millis) -> i32 {
    #[cfg(target_arch = "wasm32")]
    return i32::try_from(number::integer(-js_sys::Date::new(&number::number(at).into()).get_timezone_offset()))
        .unwrap_or(0);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = at;
        0
    }
}

/// Returns a time as part of a sentence: "today at 14:05", "yesterday at 14:05", "on Monday at 14:05", "on 22 November
/// 2026".
pub fn moment(at: Millis, now: Millis) -> String {
    match local_day(now) - local_day(at) {
        0 => format!("today at {}", clock(at)),
        1 => format!("yesterday at {}", clock(at)),
        2..=6 => format!("on {} at {}", day_label(at, now), clock(at)),
        _ => format!("on {}", day_label(at, now)),
    }
}

/// Returns the text of a day separator: "Today", "Yesterday", a weekday within the last week, else the date.
pub fn day_label(at: Millis, now: Millis) -> String {
    match local_day(now) - local_day(at) {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        #[cfg(target_arch = "wasm32")]
        2..=6 => intl::format(intl::Style::Weekday, at),
        #[cfg(target_arch = "wasm32")]
        _ => intl::format(intl::Style::Date, at),
        #[cfg(not(target_arch = "wasm32"))]
        _ => utc_date(at),
    }
}

/// Returns a time in short, for the sidebar: the time today, "Yesterday", a short weekday, else a short date.
pub fn brief(at: Millis, now: Millis) -> String {
    match local_day(now) - local_day(at) {
        0 => clock(at),
        1 => "Yesterday".to_owned(),
        #[cfg(target_arch = "wasm32")]
        2..=6 => intl::format(intl::Style::ShortWeekday, at),
        #[cfg(target_arch = "wasm32")]
        _ => intl::format(intl::Style::ShortDate, at),
        #[cfg(not(target_arch = "wasm32"))]
        _ => utc_date(at),
    }
}

#[cfg(target_arch = "wasm32")]
mod intl {
    use std::{cell::RefCell, collections::HashMap};

    use js_sys::{
        Array, Function,
        Intl::DateTimeFormat,
        Object, Reflect,
        wasm_bindgen::{JsCast, JsValue},
    };
    use protocol::Millis;

    use crate::number;

    #[derive(Clone, Copy, PartialEq, Eq, Hash)]
    pub(super) enum Style {
        Clock,
        Full,
        Weekday,
        ShortWeekday,
        Date,
        ShortDate,
    }

    impl Style {
        const fn options(self) -> &'static [(&'static str, &'static str)] {
            match self {
                Self::Clock => &[("hour", "numeric"), ("minute", "2-digit")],
                Self::Full => &[("dateStyle", "full"), ("timeStyle", "medium")],
                Self::Weekday => &[("weekday", "long")],
                Self::ShortWeekday => &[("weekday", "short")],
                Self::Date => &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
                Self::ShortDate => &[("day", "2-digit"), ("month", "2-digit"), ("year", "2-digit")],
            }
        }

        fn formatter(self) -> Function {
            let options = Object::new();
            for (name, value) in self.options() {
                // Setting a property of a plain object of ours cannot fail.
                let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
            }
            DateTimeFormat::new(&Array::new(), options.unchecked_ref()).format()
        }
    }

    thread_local! {
        /// The formatters. Making one costs a hundred times as much as using it.
        static FORMATTERS: RefCell<HashMap<Style, Function>> = RefCell::default();
    }

    pub(super) fn format(style: Style, at: Millis) -> String {
        let formatter = FORMATTERS.with_borrow_mut(|all| all.entry(style).or_insert_with(|| style.formatter()).clone());
        // Throws only outside the years that a Date can hold, where there is nothing to show.
        formatter
            .call1(&JsValue::UNDEFINED, &JsValue::from_f64(number::number(at)))
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_827_696_000), "2000-02-29T12:34:56Z");
        assert_eq!(iso(1_795_354_509_000), "2026-11-22T13:35:09Z");
        assert_eq!(iso(-1_000), "1969-12-31T23:59:59Z");
        assert_eq!(utc_clock(1_795_354_509_000), "13:35");
        assert_eq!(utc_date(1_795_354_509_000), "22 November 2026");
        assert_eq!(utc_date(4_107_542_400_000), "1 March 2100");
    }

    #[test]
    fn days_end() {
        assert_eq!(until_tomorrow(0), 86_400_000);
        assert_eq!(until_tomorrow(DAY - 1), 1);
        assert_eq!(until_tomorrow(-1), 1);
    }

    #[test]
    fn days_are_named_from_now() {
        let now = 1_795_354_509_000;
        assert_eq!(day_label(now, now), "Today");
        assert_eq!(day_label(now - DAY, now), "Yesterday");
        assert_eq!(brief(now, now), "13:35");
        assert_eq!(moment(now, now), "today at 13:35");
        assert_eq!(moment(now - DAY, now), "yesterday at 13:35");
        assert_eq!(moment(now - 40 * DAY, now), "on 13 October 2026");
    }
}
