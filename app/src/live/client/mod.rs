//! The live state for the views: signals, and the user's actions.

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

/// The shortest time between two reports of a read position, in milliseconds. The first is sent at once; scrolling
/// passes many messages at a time.
const SEEN_RESTS_MS: u32 = 400;
/// The time for which a message that another tab wrote is left to it, in milliseconds. After that it is sent here too.
const LEFT_TO_OTHER_TAB_MS: u32 = 10_000;

/// The state of the live connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Connecting for the first time since the page was rendered.
    Connecting,
    /// Connected: the screen shows the server's state.
    Online,
    /// Disconnected: unsent messages wait, and the screen may be out of date.
    Offline {
        /// Seconds until the next attempt, at the moment when this was set; zero while an attempt is in progress.
        retry_in: u32,
    },
    /// Closed because the user has the maximum number of pages open. The page reconnects when it is used.
    Paused,
    /// The session ended, and the user must sign in again. Unsent messages are kept.
    SessionEnded,
    /// The browser is signed in to another account. Unsent messages are kept, and nothing is sent any more.
    OtherAccount,
}

/// A handle to the live state of the signed-in user. It is created once at the root, and cheap to copy.
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
    /// The current summaries of the users that changed since the page was rendered.
    cards: RwSignal<Vec<UserSummary>>,
    telling: StoredValue<bool>,
}

/// Creates the live state of a user and provides it to all views below, which get it with [`use_live`].
///
/// In the browser it connects after hydration; on the server it does not change.
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
    // Effects run only in the browser, and after hydration: until then the page must equal the server's rendering.
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

/// Returns the live state that [`provide_live`] created further up.
///
/// Without one, debug builds panic; others return a new state without a user.
pub fn use_live() -> LiveClient {
    use_context().unwrap_or_else(|| {
        debug_assert!(false, "use_live() outside of provide_live()");
        provide_live(UserId::from_parts(0, &[0; 10]), Vec::new())
    })
}

impl LiveClient {
    /// Returns the state of the connection.
    pub fn status(&self) -> ReadSignal<Connection> {
        self.status.read_only()
    }

    /// Returns the rows of the sidebar, the most recently active first.
    pub fn sidebar(&self) -> ReadSignal<Vec<ConversationSummary>> {
        self.sidebar.read_only()
    }

    /// Returns the user's relationships.
    pub fn relationships(&self) -> ReadSignal<Relationships> {
        self.people.read_only()
    }

    /// Changes the relationships to what a page was rendered with, or to what the user set.
    pub fn know(&self, change: impl FnOnce(&mut Relationships)) {
        self.state.try_update_value(|state| change(&mut state.people));
        self.show_people();
    }

    /// Returns whether this browser refuses to store unsent messages, which would not survive a reload.
    pub fn is_volatile(&self) -> ReadSignal<bool> {
        self.volatile.read_only()
    }

    /// Returns the current summary of a user, for views that have it from elsewhere than the sidebar and the timeline.
    pub fn user(&self, known: UserSummary) -> Signal<UserSummary> {
        let cards = self.cards;
        Signal::derive(move || {
            cards.with(|cards| cards.iter().find(|card| card.id == known.id).unwrap_or(&known).clone())
        })
    }

    /// Updates these users wherever they are on screen.
    pub fn update_users(&self, people: Vec<UserSummary>) {
        self.update(|state| state.update_users(people));
    }

    /// Opens a conversation, in place of the one before, until the calling component is unmounted.
    ///
    /// `fetch` loads a page of its history.
    pub fn open<F, Fut>(&self, conversation: ConversationSnapshot, fetch: F) -> OpenTimeline
    where
        F: Fn(ConversationId, PageQuery, u32) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<MessagePage, Error>> + 'static,
    {
        let client = *self;
        let fetch: Fetch = Arc::new(move |id, query, limit| Box::pin(fetch(id, query, limit)));
        // A client whose root was disposed has no state any more; the snapshot is then shown as it is.
        let (ticket, timeline) = match self.state.try_update_value(|state| state.open(conversation.clone())) {
            Some(opened) => opened,
            None => (0, Timeline::new(conversation, UserId::from_parts(0, &[0; 10]))),
        };
        let screen = TimelineSignals::new(ticket, &timeline, fetch);
        Effect::new(move |_| {
            // From here on the page may differ from the server's rendering.
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

    /// Returns a conversation that was open before, as far as it is known without a request.
    pub fn visited(&self, conversation: ConversationId) -> Option<ConversationSnapshot> {
        self.read(|state| state.visited(conversation)).flatten()
    }

    /// Returns whether the connection is lost. False before the first connection.
    pub fn is_offline(&self) -> bool {
        matches!(self.status.try_get_untracked(), Some(Connection::Offline { .. }))
    }

    /// Returns whether the session had ended according to the last known state.
    pub(super) fn is_signed_out(&self) -> bool {
        self.status.try_get_untracked() == Some(Connection::SessionEnded)
    }

    /// Sends a message. When this returns, its row is on screen and the browser has stored it, if it can.
    ///
    /// # Errors
    /// Returns an error if the text is empty or too long, or if the root was disposed.
    pub fn send(&self, conversation: ConversationId, text: &str) -> Result<MessageId, Error> {
        let sent =
            self.update(|state| state.send(conversation, text, clock::now(), clock::elapsed(), &clock::random_bytes()));
        sent.unwrap_or_else(|| Err(protocol::ErrorKind::Unavailable.into()))
    }

    /// Sends a refused message again.
    pub fn retry(&self, id: MessageId) {
        self.update(|state| state.retry(id, clock::elapsed()));
    }

    /// Removes an unsent message. Returns false if it is being sent and may be stored already.
    pub fn discard(&self, id: MessageId) -> bool {
        self.update(|state| state.discard(id)).unwrap_or(false)
    }

    /// Counts what was written in this browser and not sent.
    pub fn unsent(&self) -> Unsent {
        self.read(LiveState::unsent).unwrap_or_default()
    }

    /// Removes what was written in this browser and not sent.
    pub fn forget(&self) {
        self.update(LiveState::forget);
    }

    /// Moves the user's read position to `seq`, forward only. The server is told now or shortly.
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

    /// Returns the signals of users' presence.
    pub(super) const fn shown(&self) -> &Shown {
        &self.presence
    }

    /// Returns whether this client's root was disposed.
    pub(super) fn is_gone(&self) -> bool {
        self.state.is_disposed()
    }

    pub(super) fn set_status(&self, status: Connection) {
        if self.status.try_get_untracked() != Some(status) {
            self.status.try_set(status);
        }
    }

    /// Records that the user uses the page. A page that was closed in favour of others reconnects.
    pub(super) fn used(&self) {
        if self.status.try_get_untracked() == Some(Connection::Paused) {
            self.wake(Wake::Used);
        }
    }

    pub(super) fn wake(&self, wake: Wake) {
        // Fails only when the connection's task has ended, which is final.
        let _ = self.wake.try_with_value(|sender| sender.unbounded_send(wake).is_ok());
    }

    /// Takes the frames to send now.
    pub(super) fn take_frames(&self) -> Vec<ClientFrame> {
        self.state.try_update_value(LiveState::take_frames).unwrap_or_default()
    }

    /// Reads the state. None if the root was disposed.
    pub(super) fn read<T>(&self, read: impl FnOnce(&LiveState) -> T) -> Option<T> {
        self.state.try_with_value(read)
    }

    /// Changes the state without updating signals. None if the root was disposed.
    pub(super) fn update_silently<T>(&self, change: impl FnOnce(&mut LiveState) -> T) -> Option<T> {
        self.state.try_update_value(change)
    }

    /// Changes the state, updates the signals, and sends what is due. None if the root was disposed.
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
        // Signals are set after the state is released, so that no reaction finds it locked.
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

    /// Handles a change that another tab made to this account's storage.
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
