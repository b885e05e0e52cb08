//! The task that runs the live socket: it connects, receives, sends heartbeats and reconnects.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use browser::{
    clock, page,
    socket::{Received, Socket},
    storage::{self, Storage},
    timer,
};
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::{FutureExt, StreamExt};
use protocol::{
    Millis,
    live::{self, ClientFrame, ServerFrame, close},
};

use super::{Connection, LiveClient};
use crate::live::{
    reconnect::{Backoff, Beat, Heartbeat, Sleep},
    state::LiveState,
};

/// The time within which the server must send `Ready`, in milliseconds; otherwise the connection is given up.
const GREETING_WITHIN_MS: Millis = 15_000;
/// The intervals at which the clock is checked, in milliseconds: while something waits for it, and otherwise.
const BUSY_TICK_MS: u32 = 500;
const IDLE_TICK_MS: u32 = 5_000;

/// The shortest time between two recorded inputs, in milliseconds: recording every pixel of a pointer's movement would
/// tell no more.
const INPUT_EVERY_MS: Millis = 1_000;

/// The storage key with which tabs tell each other that the server sent `Ready` to one of them.
const GREETED: &str = "greeted";

/// The mark of a tab that was reloaded because it was outdated, until a server of its version sends `Ready`.
const RELOADED: &str = "reloaded";

/// A reason to wake the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live) enum Wake {
    /// There are frames to send.
    Flush,
    /// The network came back.
    Online,
    /// The network was lost, or the page became visible again: the connection must be checked.
    CheckConnection,
    /// Another tab of the user received `Ready`: the server is available, and the user is signed in.
    Elsewhere,
    /// The user uses a page that was closed in favour of others.
    Used,
    /// The browser is signed in to another account.
    OtherAccount,
    /// The client is gone.
    Stop,
}

/// The reason for the end of a connection.
enum End {
    /// It broke; the client reconnects.
    Lost,
    /// The session ended; the user must sign in.
    Session,
    /// The browser is signed in to another account.
    OtherAccount,
    /// This page has another version than the server, and must be reloaded.
    Outdated,
    /// The user opened other pages, and this one was closed in favour of them.
    Replaced,
    /// The connection is no longer needed.
    Stop,
}

enum Input {
    Received(Received),
    Wake(Wake),
    Tick,
}

/// Keeps the client connected, until it is gone or the browser is signed in to another account. If the session ended,
/// waits for the next sign-in.
pub(super) async fn run(client: LiveClient, mut woken: UnboundedReceiver<Wake>) {
    let Some(user) = client.read(LiveState::me) else { return };
    client.update_silently(|state| state.sightings.set_clock(clock::now(), clock::elapsed()));
    // The guards live as long as this task.
    let _online = page::on_online(move |online| client.wake(if online { Wake::Online } else { Wake::CheckConnection }));
    let _visible = page::on_visibility(move |visible| {
        if visible {
            client.acted(clock::elapsed());
            client.used();
            client.wake(Wake::CheckConnection);
        } else {
            // The page may be about to close, so read positions are sent now, without waiting for the next interval.
            client.update(|state| state.tell_seen(clock::elapsed()));
        }
    });
    let _focus = page::on_focus(move |focus| {
        if focus {
            client.wake(Wake::CheckConnection);
        }
    });
    let _input = page::on_input(INPUT_EVERY_MS, move |now| {
        client.acted(now);
        client.used();
    });
    let _elsewhere = Storage::of(user).on_change(move |key, value| {
        if key == GREETED {
            client.wake(Wake::Elsewhere);
        } else {
            client.changed_elsewhere(key, value.as_deref());
        }
    });
    let _account = storage::on_announced(move |account| {
        if account.is_some_and(|account| account != user) {
            client.wake(Wake::OtherAccount);
        }
    });
    let mut backoff = Backoff::default();
    let mut is_signed_out = false;
    loop {
        let end = connection(client, &mut woken, &mut backoff).await;
        client.update(LiveState::lost);
        // An attempt that failed for another reason says nothing about the session.
        is_signed_out &= client.is_signed_out();
        match end {
            End::Stop => return,
            End::Session => is_signed_out = true,
            End::OtherAccount => return client.set_status(Connection::OtherAccount),
            // Only once: a server that keeps another version would make the page reload forever.
            End::Outdated if storage::mark_tab(RELOADED) => return page::reload(),
            End::Replaced => {
                client.set_status(Connection::Paused);
                match used(&mut woken).await {
                    Wake::OtherAccount => return client.set_status(Connection::OtherAccount),
                    Wake::Stop => return,
                    _ => {}
                }
                client.set_status(Connection::Offline { retry_in: 0 });
                continue;
            }
            End::Outdated | End::Lost => {}
        }
        if is_signed_out {
            client.set_status(Connection::SessionEnded);
            // Retries are useless. But the user may sign in elsewhere, and then come back to this page.
            match pause(None, &mut woken).await {
                Some(Wake::OtherAccount) => return client.set_status(Connection::OtherAccount),
                Some(Wake::Stop) => return,
                _ => continue,
            }
        }
        let mut wait = backoff.lost(clock::elapsed(), clock::random());
        client.update(|state| state.expire(clock::elapsed()));
        loop {
            client.set_status(Connection::Offline { retry_in: wait.div_ceil(1_000) });
            match pause(Some(wait), &mut woken).await {
                None => break,
                Some(Wake::Stop) => return,
                Some(Wake::OtherAccount) => return client.set_status(Connection::OtherAccount),
                Some(_) => wait = backoff.back_online(clock::random()),
            }
        }
        if client.is_gone() {
            return;
        }
        client.set_status(Connection::Offline { retry_in: 0 });
    }
}

/// Waits until the user uses the page, the browser is signed in to another account, or the client is gone, and returns
/// which.
async fn used(woken: &mut UnboundedReceiver<Wake>) -> Wake {
    loop {
        match woken.next().await {
            Some(wake @ (Wake::Used | Wake::OtherAccount | Wake::Stop)) => return wake,
            None => return Wake::Stop,
            Some(Wake::Flush | Wake::Online | Wake::CheckConnection | Wake::Elsewhere) => {}
        }
    }
}

/// Waits for `wait` milliseconds, or forever. Returns early, with the reason, if an earlier retry makes sense.
async fn pause(wait: Option<u32>, woken: &mut UnboundedReceiver<Wake>) -> Option<Wake> {
    let mut timeout = wait.map(timer::sleep);
    poll_fn(|cx| {
        loop {
            match woken.poll_next_unpin(cx) {
                // There is no connection to send on.
                Poll::Ready(Some(Wake::Flush | Wake::Used)) => {}
                // A page that becomes visible justifies an attempt; a network that was lost does not.
                Poll::Ready(Some(Wake::CheckConnection)) if !page::is_online() => {}
                Poll::Ready(Some(wake)) => return Poll::Ready(Some(wake)),
                Poll::Ready(None) => return Poll::Ready(Some(Wake::Stop)),
                Poll::Pending => {
                    return timeout.as_mut().map_or(Poll::Pending, |timeout| timeout.poll_unpin(cx).map(|()| None));
                }
            }
        }
    })
    .await
}

/// Runs one connection, from the attempt to its end.
async fn connection(client: LiveClient, woken: &mut UnboundedReceiver<Wake>, backoff: &mut Backoff) -> End {
    let Ok(mut socket) = Socket::connect() else { return End::Lost };
    let started = clock::elapsed();
    let mut sleep = Sleep::new(clock::now(), started);
    let mut greeted = false;
    let mut heart = Heartbeat::new(started);
    let mut tick = timer::sleep(BUSY_TICK_MS);
    loop {
        let input = poll_fn(|cx| next(&mut socket, woken, &mut tick, cx)).await;
        let now = clock::elapsed();
        let mut beat = Beat::Rest;
        match input {
            Input::Received(Received::Closed { code }) => return closed(code),
            // This version reads a frame in another way than the server writes it.
            Input::Received(Received::Garbage) => return End::Outdated,
            Input::Received(Received::Unknown) => heart.heard(now),
            Input::Received(Received::Frame(frame)) => {
                heart.heard(now);
                match *frame {
                    ServerFrame::Ready { version, .. } if version != live::VERSION => {
                        return End::Outdated;
                    }
                    ServerFrame::Ready { user, .. } if client.read(LiveState::me) != Some(user) => {
                        return End::OtherAccount;
                    }
                    ServerFrame::Ready { at, user, .. } => {
                        greeted = true;
                        storage::unmark_tab(RELOADED);
                        backoff.connected(now);
                        client.update(|state| state.ready(at, now));
                        client.set_status(Connection::Online);
                        // The value must differ from the one before, or other tabs are not told. Without storage, they
                        // find out when they become visible.
                        let _ = Storage::of(user).set(GREETED, &clock::now().to_string());
                    }
                    frame => {
                        let random = clock::random();
                        client.update(|state| state.receive(frame, now, random));
                    }
                }
            }
            Input::Wake(Wake::Stop) => return End::Stop,
            Input::Wake(Wake::OtherAccount) => return End::OtherAccount,
            Input::Wake(Wake::Flush | Wake::Elsewhere | Wake::Used) => {}
            Input::Wake(Wake::Online | Wake::CheckConnection) if greeted => beat = heart.probe(now),
            Input::Wake(Wake::Online | Wake::CheckConnection) => {}
            Input::Tick => {
                if !greeted && now.saturating_sub(started) >= GREETING_WITHIN_MS {
                    return End::Lost;
                }
                if greeted {
                    let slept = sleep.look(clock::now(), now);
                    beat = if slept { heart.probe(now) } else { heart.tick(now) };
                    client.update(|state| state.pump(now));
                }
                if client.read(|state| state.is_stuck(now)) != Some(false) {
                    return End::Lost;
                }
                let is_busy = heart.is_asking() || client.read(LiveState::is_waiting) == Some(true);
                tick = timer::sleep(if is_busy { BUSY_TICK_MS } else { IDLE_TICK_MS });
            }
        }
        match beat {
            Beat::Rest => {}
            Beat::Dead => return End::Lost,
            Beat::Ping => {
                if socket.send(&ClientFrame::Ping { n: 0 }).is_err() {
                    return End::Lost;
                }
                tick = timer::sleep(BUSY_TICK_MS);
            }
        }
        if greeted {
            let frames = client.take_frames();
            if frames.iter().any(|frame| socket.send(frame).is_err()) {
                return End::Lost;
            }
        }
    }
}

fn next<T: Future<Output = ()> + Unpin>(
    socket: &mut Socket,
    woken: &mut UnboundedReceiver<Wake>,
    tick: &mut T,
    cx: &mut Context<'_>,
) -> Poll<Input> {
    if let Poll::Ready(received) = socket.poll_receive(cx) {
        return Poll::Ready(Input::Received(received));
    }
    if let Poll::Ready(wake) = woken.poll_next_unpin(cx) {
        return Poll::Ready(Input::Wake(wake.unwrap_or(Wake::Stop)));
    }
    Pin::new(tick).poll(cx).map(|()| Input::Tick)
}

fn closed(code: u16) -> End {
    match code {
        close::SESSION_ENDED => End::Session,
        close::TOO_MANY => End::Replaced,
        // The server did not understand a frame of this client, so it has another version.
        close::BAD_FRAME => End::Outdated,
        _ => End::Lost,
    }
}
