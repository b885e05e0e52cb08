//! A moment, as this person's browser writes it.

use browser::time;
use leptos::prelude::*;
use protocol::Millis;

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
            Self::Brief => time::brief(at, browser::clock::now()),
            Self::Day => time::day_label(at, browser::clock::now()),
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
    Effect::new(move |_| {
        let at = at.get();
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
