//! Parts and formats of times: in UTC, the same on the server and in the browser, and in the locale of the user's
//! browser. A page is first rendered with the former and localised in an effect; otherwise hydration would find two
//! different texts.

use protocol::Millis;

#[cfg(target_arch = "wasm32")]
use crate::number;

/// Milliseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A date of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year; zero if there is none, before the year 0.
    pub year: u32,
    /// The month, from 1.
    pub month: usize,
    /// The day of the month, from 1.
    pub day: u32,
}

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

/// Returns the date in UTC.
pub fn utc_date(at: Millis) -> Date {
    let (year, month, day) = civil(utc_day(at));
    Date { year: year.try_into().unwrap_or_default(), month, day: day.try_into().unwrap_or_default() }
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

/// A format of times in the user's locale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocalFormat {
    /// The time of day: `14:05`, `2:05 PM`.
    Clock,
    /// The full date and time, for a tooltip.
    Full,
    /// The weekday.
    Weekday,
    /// The weekday in short.
    ShortWeekday,
    /// The date: `22 November 2026`.
    Date,
    /// The date in digits.
    ShortDate,
}

/// Formats a time in the user's locale and time zone. The server, which knows neither and shows no such text, formats
/// in UTC as ISO 8601 does.
pub fn local(format: LocalFormat, at: Millis) -> String {
    #[cfg(target_arch = "wasm32")]
    return intl::format(format, at);
    #[cfg(not(target_arch = "wasm32"))]
    match format {
        LocalFormat::Clock => utc_clock(at),
        LocalFormat::Full => iso(at),
        _ => iso(at).split('T').next().unwrap_or_default().to_owned(),
    }
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

/// The day of a time, in the user's time zone and relative to the current day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// The current day.
    Today,
    /// The day before.
    Yesterday,
    /// One of the five days before that, which its weekday identifies.
    ThisWeek,
    /// An earlier day, or one in the future.
    Other,
}

impl Day {
    /// Returns the day of a time, relative to the day of `now`.
    pub fn of(at: Millis, now: Millis) -> Self {
        match local_day(now) - local_day(at) {
            0 => Self::Today,
            1 => Self::Yesterday,
            2..=6 => Self::ThisWeek,
            _ => Self::Other,
        }
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

    use super::LocalFormat;
    use crate::number;

    impl LocalFormat {
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
        static FORMATTERS: RefCell<HashMap<LocalFormat, Function>> = RefCell::default();
    }

    pub(super) fn format(format: LocalFormat, at: Millis) -> String {
        let formatter =
            FORMATTERS.with_borrow_mut(|all| all.entry(format).or_insert_with(|| format.formatter()).clone());
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
        assert_eq!(utc_date(1_795_354_509_000), Date { year: 2026, month: 11, day: 22 });
        assert_eq!(utc_date(4_107_542_400_000), Date { year: 2100, month: 3, day: 1 });
    }

    #[test]
    fn days_end() {
        assert_eq!(until_tomorrow(0), 86_400_000);
        assert_eq!(until_tomorrow(DAY - 1), 1);
        assert_eq!(until_tomorrow(-1), 1);
    }

    #[test]
    fn days_are_told_from_now() {
        let now = 1_795_354_509_000;
        let day_of = |days: i64| Day::of(now - days * DAY, now);
        assert_eq!([0, 1].map(day_of), [Day::Today, Day::Yesterday]);
        assert_eq!([2, 6].map(day_of), [Day::ThisWeek; 2]);
        assert_eq!([7, 40, -1].map(day_of), [Day::Other; 3], "the same weekday as today, and the future");
    }

    #[test]
    fn the_server_formats_in_utc() {
        assert_eq!(local(LocalFormat::Clock, 1_795_354_509_000), "13:35");
        assert_eq!(local(LocalFormat::Full, 1_795_354_509_000), "2026-11-22T13:35:09Z");
        assert_eq!(local(LocalFormat::ShortDate, 1_795_354_509_000), "2026-11-22");
    }
}
