//! Times, in the format of the user's browser.

use browser::{
    clock, page,
    time::{self, LocalFormat},
    timer,
};
use leptos::prelude::*;
use protocol::Millis;

use crate::words;

/// The longest time between two checks for a new day, in milliseconds: timers stand still while a machine sleeps.
const LOOK_EVERY_MS: u32 = 60_000;

/// The current day in the user's time zone, as [`time::local_day`] counts; `None` where nothing updates it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Today(Option<RwSignal<i64>>);

impl Today {
    /// Subscribes the caller to the change of the day.
    pub fn track(&self) {
        if let Some(today) = self.0 {
            today.track();
        }
    }
}

/// Provides the current day to all views below, so that "Today" becomes "Yesterday" when that day is over.
pub fn provide_today() {
    let today = RwSignal::new(time::local_day(clock::now()));
    provide_context(Today(Some(today)));
    let look = move || {
        let now = time::local_day(clock::now());
        if today.try_get_untracked().is_some_and(|today| today != now) {
            today.try_set(now);
        }
    };
    Effect::new(move |_| {
        timer::spawn(async move {
            // The listener lives as long as this task.
            let _visible = page::on_visibility(move |_| look());
            while !today.is_disposed() {
                timer::sleep(time::until_tomorrow(clock::now()).min(LOOK_EVERY_MS)).await;
                look();
            }
        });
    });
}

/// Returns the current day, as provided by [`provide_today`] further up.
pub fn use_today() -> Today {
    use_context().unwrap_or_default()
}

/// The format of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeStyle {
    /// The time of day, next to a message.
    #[default]
    Clock,
    /// The shortest text that is clear, in a list: the time today, "Yesterday", a weekday, a date.
    Brief,
    /// The day, between messages.
    Day,
}

impl TimeStyle {
    /// Formats a time in UTC and without the current day, so that the result is the same on the server and at
    /// hydration.
    fn at_first(self, at: Millis) -> String {
        match self {
            Self::Clock => time::utc_clock(at),
            Self::Brief | Self::Day => words::time::utc_date(at),
        }
    }

    /// Formats a time in the user's locale and time zone.
    fn local(self, at: Millis) -> String {
        match self {
            Self::Clock => time::local(LocalFormat::Clock, at),
            Self::Brief => words::time::brief(at, clock::now()),
            Self::Day => words::time::day_label(at, clock::now()),
        }
    }
}

/// A time in a `<time>` element. It is rendered in UTC and localised in an effect, so that hydration finds the text of
/// the server. The full date and time is the tooltip.
#[component]
pub fn Time(
    /// The time.
    #[prop(into)]
    at: Signal<Millis>,
    /// The format.
    #[prop(optional)]
    style: TimeStyle,
    /// The sentence that contains the time; the time alone if there is none.
    #[prop(optional)]
    sentence: Option<fn(&str) -> String>,
    /// More classes.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let said = move |time: String| match sentence {
        Some(sentence) => sentence(&time),
        None => time,
    };
    let first = at.get_untracked();
    let text = RwSignal::new(said(style.at_first(first)));
    let tip = RwSignal::new(None::<String>);
    let today = use_today();
    Effect::new(move |_| {
        let at = at.get();
        if style != TimeStyle::Clock {
            today.track();
        }
        text.set(said(style.local(at)));
        tip.set(Some(time::local(LocalFormat::Full, at)));
    });
    view! {
        // Not for translators of pages: they break text that changes in place, and the time is in the user's language.
        <time class=class translate="no" datetime=move || time::iso(at.get()) title=move || tip.get()>
            {move || text.get()}
        </time>
    }
}
