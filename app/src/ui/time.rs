//! A moment, as this person's browser writes it.

use browser::{clock, page, time, timer};
use leptos::prelude::*;
use protocol::Millis;

/// How often it is looked whether a day has passed, at least, in milliseconds: timers stand still while a machine sleeps.
const LOOK_EVERY_MS: u32 = 60_000;

/// The day that it is where this person is, as [`time::local_day`] counts; none where nobody follows it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Today(Option<RwSignal<i64>>);

impl Today {
    /// Runs again what calls it when another day begins.
    pub fn track(&self) {
        if let Some(today) = self.0 {
            today.track();
        }
    }
}

/// Provides to all views below which day it is, so that what they call "Today" is "Yesterday" when that day is over.
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
            // Lives as long as this task.
            let _visible = page::on_visibility(move |_| look());
            while !today.is_disposed() {
                timer::sleep(time::until_tomorrow(clock::now()).min(LOOK_EVERY_MS)).await;
                look();
            }
        });
    });
}

/// Which day it is, where [`provide_today`] was called further up.
pub fn use_today() -> Today {
    use_context().unwrap_or_default()
}

/// How much of a moment to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeStyle {
    /// The time of day, beside a message.
    #[default]
    Clock,
    /// As little as says when, in a list: the time today, "Yesterday", a weekday, a date.
    Brief,
    /// The day, between messages.
    Day,
}

impl TimeStyle {
    /// In UTC and without asking what day it is now: the same on the server and at hydration.
    fn at_first(self, at: Millis) -> String {
        match self {
            Self::Clock => time::utc_clock(at),
            Self::Brief | Self::Day => time::utc_date(at),
        }
    }

    /// As this person writes it.
    fn local(self, at: Millis) -> String {
        match self {
            Self::Clock => time::clock(at),
            Self::Brief => time::brief(at, clock::now()),
            Self::Day => time::day_label(at, clock::now()),
        }
    }
}

/// A moment in a `<time>`. It is drawn in UTC and localised in an effect, so that hydration finds what the server
/// wrote; the full date and time is its tip.
#[component]
pub fn Time(
    /// When.
    #[prop(into)]
    at: Signal<Millis>,
    /// How much of it.
    #[prop(optional)]
    style: TimeStyle,
    /// More classes.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let first = at.get_untracked();
    let text = RwSignal::new(style.at_first(first));
    let tip = RwSignal::new(None::<String>);
    let today = use_today();
    Effect::new(move |_| {
        let at = at.get();
        if style != TimeStyle::Clock {
            today.track();
        }
        text.set(style.local(at));
        tip.set(Some(time::full(at)));
    });
    view! {
        // It is written in this person's language already, and changes in place.
        <time class=class translate="no" datetime=move || time::iso(at.get()) title=move || tip.get()>
            {move || text.get()}
        </time>
    }
}
