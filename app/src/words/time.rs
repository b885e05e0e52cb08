//! Dates and times: those that the server renders, and the words around those that the browser formats.

use browser::time::{self, Date, Day, LocalFormat};
use protocol::Millis;

sentences! {
    TODAY = "Today";
    YESTERDAY = "Yesterday";

    last_seen_today(time: &str) = "Last seen today at {time}";
    last_seen_yesterday(time: &str) = "Last seen yesterday at {time}";
    last_seen_on_weekday(weekday: &str, time: &str) = "Last seen on {weekday} at {time}";
    last_seen_on_date(date: &str) = "Last seen on {date}";

    // The server's dates, in UTC. The browser replaces them with dates in its own language.
    date(day: u32, month: &str, year: u32) = "{day} {month} {year}";
    JANUARY = "January";
    FEBRUARY = "February";
    MARCH = "March";
    APRIL = "April";
    MAY = "May";
    JUNE = "June";
    JULY = "July";
    AUGUST = "August";
    SEPTEMBER = "September";
    OCTOBER = "October";
    NOVEMBER = "November";
    DECEMBER = "December";
}

const MONTHS: [&str; 12] =
    [JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER];

/// Returns the date in UTC: `22 November 2026`.
pub fn utc_date(at: Millis) -> String {
    let Date { year, month, day } = time::utc_date(at);
    date(day, MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default(), year)
}

/// Returns the text of a day separator: "Today", "Yesterday", a weekday within the last week, else the date.
pub fn day_label(at: Millis, now: Millis) -> String {
    match Day::of(at, now) {
        Day::Today => TODAY.to_owned(),
        Day::Yesterday => YESTERDAY.to_owned(),
        Day::ThisWeek => time::local(LocalFormat::Weekday, at),
        Day::Other => time::local(LocalFormat::Date, at),
    }
}

/// Returns a time in short, for the sidebar: the time today, "Yesterday", a short weekday, else a short date.
pub fn brief(at: Millis, now: Millis) -> String {
    match Day::of(at, now) {
        Day::Today => time::local(LocalFormat::Clock, at),
        Day::Yesterday => YESTERDAY.to_owned(),
        Day::ThisWeek => time::local(LocalFormat::ShortWeekday, at),
        Day::Other => time::local(LocalFormat::ShortDate, at),
    }
}

/// Returns the sentence that tells when a user was last seen: on another day of the last week with the weekday, before
/// that without the time.
pub fn last_seen(at: Millis, now: Millis) -> String {
    let clock = || time::local(LocalFormat::Clock, at);
    match Day::of(at, now) {
        Day::Today => last_seen_today(&clock()),
        Day::Yesterday => last_seen_yesterday(&clock()),
        Day::ThisWeek => last_seen_on_weekday(&time::local(LocalFormat::Weekday, at), &clock()),
        Day::Other => last_seen_on_date(&time::local(LocalFormat::Date, at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Millis = 24 * 60 * 60 * 1_000;
    const NOW: Millis = 1_795_354_509_000;

    #[test]
    fn dates_in_utc() {
        assert_eq!(utc_date(NOW), "22 November 2026");
        assert_eq!(utc_date(4_107_542_400_000), "1 March 2100");
        assert_eq!(utc_date(0), "1 January 1970");
        assert_eq!(utc_date(-1), "31 December 1969");
    }

    #[test]
    fn days_are_named_from_now() {
        assert_eq!(day_label(NOW, NOW), "Today");
        assert_eq!(day_label(NOW - DAY, NOW), "Yesterday");
        assert_eq!(brief(NOW, NOW), "13:35");
        assert_eq!(brief(NOW - DAY, NOW), "Yesterday");
    }

    #[test]
    fn the_last_visit_is_told_from_now() {
        assert_eq!(last_seen(NOW, NOW), "Last seen today at 13:35");
        assert_eq!(last_seen(NOW - DAY, NOW), "Last seen yesterday at 13:35");
        // Outside of a browser, a date is formatted as ISO 8601 does.
        assert_eq!(last_seen(NOW - 2 * DAY, NOW), "Last seen on 2026-11-20 at 13:35");
        assert_eq!(last_seen(NOW - 40 * DAY, NOW), "Last seen on 2026-10-13");
    }
}
