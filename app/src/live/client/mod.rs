//! The live state as the views see it: signals, and what a person does.

mod connection;
pub mod presence;
pub mod timeline;

use std::sync::Arc;

use browser::{clock, time, timer};
use futures_channel::mpsc::{UnboundedSender, unbounded};
use leptos::prelude::*;
use protocol::{
    ConversationId, ConversationSummary, Error, MessageId, MessagePage, Seq, UserId, UserSummary,
    live::ClientFrame,
    message::{ConversationSnapshot, PageQuery},
};

use self::{
    connection::Wake,
    presence::Shown,
    timeline::{Fetch, OpenTimeline, TimelineSignals, TimelineView},
};
use super::{
    relationships::Relationships,
    state::{LiveState, persistence::Unsent},
    timeline::Timeline,
};

/// A read position is told at once, and after that no sooner than so much later, in milliseconds: one scrolls past
/// many messages at once.
const SEEN_RESTS_MS: u32 = 400;
/// A message that another tab wrote is left to it so long, in milliseconds. Still there then, it is sent here too.
const LEFT_TO_OTHER_TAB_MS: u32 = 10_000;

/// How the live connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// For the first time since the page was drawn.
    Connecting,
    /// What is on screen is what the server has.
    Online,
    /// What is written waits; what is on screen may be old.
    Offline {
        /// Seconds until the next try, at the moment when this was set; zero while it is under way.
        retry_in: u32,
    },
    /// This person has as many pages open as there may be, and this one gave way. It comes back when it is used.
    Paused,
    /// Somebody has to sign in again. What was written is kept.
    SessionEnded,
    /// Somebody else is signed in in this browser by now. What was written is kept, and nothing goes out any more.
    OtherAccount,
}

/// The live state of whoever is signed in. Created once at the root; a handle, cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct LiveClient {
    state: StoredValue<LiveState>,
    wake: StoredValue<UnboundedSender<Wake>>,
    screen: StoredValue<Option<TimelineSignals>>,
    status: RwSignal<Connection>,
    sidebar: RwSignal<Vec<ConversationSummary>>,
    people: RwSignal<Relationships>,
    presence: Shown,
    volatile: RwSignal<bool>,
    /// The cards that changed since the page was drawn, as they are now.
    cards: RwSignal<Vec<UserSummary>>,
    telling: StoredValue<bool>,
}

/// Creates the live state for this person and hands it to all views below, with [`use_live`].
///
/// In the browser it connects as soon as the page is taken over; on the server it stays as it is.
pub fn provide_live(me: UserId, sidebar: Vec<ConversationSummary>) -> LiveClient {
    let (wake, woken) = unbounded();
    let state = LiveState::new(me, sidebar);
    let client = LiveClient {
        sidebar: RwSignal::new(state.sidebar.rows().into_iter().cloned().collect()),
        people: RwSignal::new(state.people.clone()),
        state: StoredValue::new(state),
        wake: StoredValue::new(wake),
        screen: StoredValue::new(None),
        presence: Shown::new(),
        status: RwSignal::new(Connection::Connecting),
        volatile: RwSignal::new(false),
        cards: RwSignal::new(Vec::new()),
        telling: StoredValue::new(false),
    };
    provide_context(client);
    // Effects run in the browser only, and after the page was taken over: before, it must be as the server drew it.
    let mut woken = Some(woken);
    Effect::new(move |_| {
        if let Some(woken) = woken.take() {
            client.update(LiveState::adopt_all);
            timer::spawn(connection::run(client, woken));
        }
    });
    on_cleanup(move || client.wake(Wake::Stop));
    client
}

/// The live state that [`provide_live`] created further up.
///
/// Without one, where nobody is signed in, a state of nobody that never connects.
pub fn use_live() -> LiveClient {
    use_context().unwrap_or_else(|| {
        debug_assert!(false, "use_live() outside of provide_live()");
        provide_live(UserId::from_parts(0, &[0; 10]), Vec::new())
    })
}

impl LiveClient {
    /// How the connection is.
    pub fn status(&self) -> ReadSignal<Connection> {
        self.status.read_only()
    }

    /// The rows of the sidebar, the most recently active first.
    pub fn sidebar(&self) -> ReadSignal<Vec<ConversationSummary>> {
        self.sidebar.read_only()
    }

    /// What this person must know of others.
    pub fn relationships(&self) -> ReadSignal<Relationships> {
        self.people.read_only()
    }

    /// What a page was drawn with, or set, is the case.
    pub fn know(&self, change: impl FnOnce(&mut Relationships)) {
        self.state.try_update_value(|state| change(&mut state.people));
        self.show_people();
    }

    /// Whether this browser refuses to keep what waits to be sent: it would not survive a reload.
    pub fn is_volatile(&self) -> ReadSignal<bool> {
        self.volatile.read_only()
    }

    /// Somebody's card as it is now, for views that have it from elsewhere than the sidebar and the timeline.
    pub fn user(&self, known: UserSummary) -> Signal<UserSummary> {
        let cards = self.cards;
        Signal::derive(move || {
            cards.with(|cards| cards.iter().find(|card| card.id == known.id).unwrap_or(&known).clone())
        })
    }

    /// Shows these people as they are now, wherever they are on screen.
    pub fn update_users(&self, people: Vec<UserSummary>) {
        self.update(|state| state.update_users(people));
    }

    /// Puts a conversation on screen, in place of the one before, until the calling component is gone.
    ///
    /// `fetch` loads a page of its history.
    pub fn open<F, Fut>(&self, conversation: ConversationSnapshot, fetch: F) -> OpenTimeline
    where
        F: Fn(ConversationId, PageQuery, u32) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<MessagePage, Error>> + 'static,
    {
        let client = *self;
        let fetch: Fetch = Arc::new(move |id, query, limit| Box::pin(fetch(id, query, limit)));
        // A client whose root is gone has no state any more; the conversation is then shown as it is.
        let (ticket, timeline) = match self.state.try_update_value(|state| state.open(conversation.clone())) {
            Some(opened) => opened,
            None => (0, Timeline::new(conversation, UserId::from_parts(0, &[0; 10]))),
        };
        let screen = TimelineSignals::new(ticket, &timeline, fetch);
        Effect::new(move |_| {
            // From here on the page may differ from what the server drew.
            client.screen.try_set_value(Some(screen));
            client.update(|state| {
                state.dirty.timeline = true;
                state.pump(clock::elapsed());
            });
        });
        on_cleanup(move || {
            client.state.try_update_value(|state| state.close(ticket));
            client.screen.try_update_value(|screen| screen.take_if(|screen| screen.ticket == ticket));
        });
        OpenTimeline::new(client, screen)
    }

    /// A conversation that was on screen before, as far as it is known without asking the server.
    pub fn visited(&self, conversation: ConversationId) -> Option<ConversationSnapshot> {
        self.read(|state| state.visited(conversation)).flatten()
    }

    /// Whether the connection is lost. False before there was one.
    pub fn is_offline(&self) -> bool {
        matches!(self.status.try_get_untracked(), Some(Connection::Offline { .. }))
    }

    /// Whether the session had ended when that was last known.
    pub(super) fn is_signed_out(&self) -> bool {
        self.status.try_get_untracked() == Some(Connection::SessionEnded)
    }

    /// Sends a message: its row is on screen and it is kept when this returns.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn send(&self, conversation: ConversationId, text: &str) -> Result<MessageId, Error> {
        let sent =
            self.update(|state| state.send(conversation, text, clock::now(), clock::elapsed(), &clock::random_bytes()));
        sent.unwrap_or_else(|| Err(protocol::ErrorKind::Unavailable.into()))
    }

    /// Sends a refused message again.
    pub fn retry(&self, id: MessageId) {
        self.update(|state| state.retry(id, clock::elapsed()));
    }

    /// Gives a message up. False when it is under way, and may be stored already.
    pub fn discard(&self, id: MessageId) -> bool {
        self.update(|state| state.discard(id)).unwrap_or(false)
    }

    /// Counts what was written in this browser and not sent.
    pub fn unsent(&self) -> Unsent {
        self.read(LiveState::unsent).unwrap_or_default()
    }

    /// Forgets what was written in this browser and not sent.
    pub fn forget(&self) {
        self.update(LiveState::forget);
    }

    /// This person has read up to `seq`. Moves forward only; the server is told now or shortly.
    pub fn seen(&self, conversation: ConversationId, seq: Seq) {
        let client = *self;
        let is_new = self.update(|state| state.seen(conversation, seq)).unwrap_or(false);
        if is_new && self.telling.try_update_value(|telling| !std::mem::replace(telling, true)).unwrap_or(false) {
            self.update(|state| state.tell_seen(clock::elapsed()));
            timer::spawn(async move {
                timer::sleep(SEEN_RESTS_MS).await;
                client.telling.try_set_value(false);
                client.update(|state| state.tell_seen(clock::elapsed()));
            });
        }
    }

    /// What is shown of people.
    pub(super) const fn shown(&self) -> &Shown {
        &self.presence
    }

    /// Whether this client's root is gone.
    pub(super) fn is_gone(&self) -> bool {
        self.state.is_disposed()
    }

    pub(super) fn set_status(&self, status: Connection) {
        if self.status.try_get_untracked() != Some(status) {
            self.status.try_set(status);
        }
    }

    /// Somebody uses the page: if it gave way to others, it comes back.
    pub(super) fn used(&self) {
        if self.status.try_get_untracked() == Some(Connection::Paused) {
            self.wake(Wake::Used);
        }
    }

    pub(super) fn wake(&self, wake: Wake) {
        // Fails only when the connection's task has ended, which it does for good.
        let _ = self.wake.try_with_value(|sender| sender.unbounded_send(wake).is_ok());
    }

    /// What goes out now.
    pub(super) fn take_frames(&self) -> Vec<ClientFrame> {
        self.state.try_update_value(LiveState::take_frames).unwrap_or_default()
    }

    /// Reads the state. None when the root is gone.
    pub(super) fn read<T>(&self, read: impl FnOnce(&LiveState) -> T) -> Option<T> {
        self.state.try_with_value(read)
    }

    /// Changes what nobody sees. None when the root is gone.
    pub(super) fn update_silently<T>(&self, change: impl FnOnce(&mut LiveState) -> T) -> Option<T> {
        self.state.try_update_value(change)
    }

    /// Changes the state, shows what changed, and sends what is due. None when the root is gone.
    pub(super) fn update<T>(&self, change: impl FnOnce(&mut LiveState) -> T) -> Option<T> {
        let result = self.state.try_update_value(change)?;
        self.show();
        Some(result)
    }

    fn show(&self) {
        let screen = self.screen.try_get_value().flatten();
        let shown = self.state.try_update_value(|state| {
            let dirty = std::mem::take(&mut state.dirty);
            let sidebar = dirty.sidebar.then(|| state.sidebar.rows().into_iter().cloned().collect::<Vec<_>>());
            let snapshot = screen.as_ref().filter(|_| dirty.timeline).and_then(|screen| {
                let open = state.visit(screen.ticket)?;
                Some((TimelineView::new(&open.timeline, open.is_gone, time::local_day), open.take_reload()))
            });
            let presence = dirty.presence.then(|| (state.sightings.people().clone(), state.sightings.own().clone()));
            let met = std::mem::take(&mut state.met);
            (sidebar, dirty.people, presence, snapshot, met, state.is_volatile(), state.has_frames())
        });
        // Signals are set after the state is let go: nothing that reacts can find it locked.
        let Some((sidebar, people, presence, snapshot, met, volatile, has_frames)) = shown else { return };
        if people {
            self.show_people();
        }
        if let Some((people, chosen)) = presence {
            self.presence.show(people, chosen);
        }
        if !met.is_empty() {
            self.cards.try_update(|cards| {
                cards.retain(|known| met.iter().all(|card| card.id != known.id));
                cards.extend(met);
            });
        }
        if let Some(rows) = sidebar
            && self.sidebar.try_with_untracked(|shown| *shown != rows).unwrap_or(false)
        {
            self.sidebar.try_set(rows);
        }
        if self.volatile.try_get_untracked() == Some(!volatile) {
            self.volatile.try_set(volatile);
        }
        if let (Some(screen), Some((snapshot, reload))) = (screen, snapshot) {
            screen.show(snapshot);
            if reload {
                OpenTimeline::new(*self, screen).reload();
            }
        }
        if has_frames {
            self.wake(Wake::Flush);
        }
    }

    fn show_people(&self) {
        if let Some(people) = self.read(|state| state.people.clone()) {
            self.people.try_set(people);
        }
    }

    /// Another tab changed this account's storage.
    pub(super) fn changed_elsewhere(&self, key: &str, value: Option<&str>) {
        let client = *self;
        if self.update(|state| state.changed_elsewhere(key, value)).unwrap_or(false) {
            let key = key.to_owned();
            timer::spawn(async move {
                timer::sleep(LEFT_TO_OTHER_TAB_MS).await;
                client.update(|state| {
                    state.adopt(&key);
                    state.pump(clock::elapsed());
                });
            });
        }
    }
}
