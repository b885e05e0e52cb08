//! The task that holds the live socket: connects, listens, beats, comes back.

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

/// The server greets within this time, in milliseconds, or the connection is given up.
const GREETING_WITHIN_MS: Millis = 15_000;
/// How often to look at the clock, in milliseconds: while something waits for it, and otherwise.
const BUSY_TICK_MS: u32 = 500;
const IDLE_TICK_MS: u32 = 5_000;

/// Of a pointer that moves, so much time apart is as good as every pixel, in milliseconds.
const INPUT_EVERY_MS: Millis = 1_000;

/// Under this key tabs tell each other that the server greeted one of them.
const GREETED: &str = "greeted";

/// Marks a tab that was reloaded because it was outdated, until it is greeted by a server that it fits.
const RELOADED: &str = "reloaded";

/// What makes the task look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// Something is to be sent.
    Flush,
    /// The network came back.
    Online,
    /// The network went, or the page came back to the screen: is the connection still there?
    CheckConnection,
    /// Another tab of this person was greeted: the server is there, and somebody is signed in.
    Elsewhere,
    /// Somebody uses a page that gave way to others.
    Used,
    /// Somebody else is signed in in this browser.
    OtherAccount,
    /// The client is gone.
    Stop,
}

/// How a connection ended.
enum End {
    /// It broke; come back.
    Lost,
    /// The session ended; somebody has to sign in.
    Session,
    /// Somebody else is signed in in this browser.
    OtherAccount,
    /// This page is of another version: it must be loaded anew.
    Outdated,
    /// This person opened other pages, and this one gave way to them.
    Replaced,
    /// Nobody needs it any more.
    Stop,
}

enum Input {
    Received(Received),
    Wake(Wake),
    Tick,
}

/// Keeps the client connected until it is gone or the session has ended.
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
            // The page may be about to go: what was read is told now, not after a rest.
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
        // A try that failed otherwise says nothing about the session.
        is_signed_out &= client.is_signed_out();
        match end {
            End::Stop => return,
            End::Session => is_signed_out = true,
            End::OtherAccount => return client.set_status(Connection::OtherAccount),
            // Once: a server that stays of another version would have the page reload for ever.
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
            // Trying again and again is no use. But somebody may sign in elsewhere, and then come back to this page.
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

/// Waits until somebody uses the page, somebody else is signed in, or the client is gone, and returns which.
async fn used(woken: &mut UnboundedReceiver<Wake>) -> Wake {
    loop {
        match woken.next().await {
            Some(wake @ (Wake::Used | Wake::OtherAccount | Wake::Stop)) => return wake,
            None => return Wake::Stop,
            Some(Wake::Flush | Wake::Online | Wake::CheckConnection | Wake::Elsewhere) => {}
        }
    }
}

/// Waits for so many milliseconds, or for ever. Ends early, saying why, when trying sooner makes sense.
async fn pause(wait: Option<u32>, woken: &mut UnboundedReceiver<Wake>) -> Option<Wake> {
    let mut timeout = wait.map(timer::sleep);
    poll_fn(|cx| {
        loop {
            match woken.poll_next_unpin(cx) {
                // There is nothing to send on.
                Poll::Ready(Some(Wake::Flush | Wake::Used)) => {}
                // A page that is looked at again deserves a try, a network that went does not.
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

/// One connection, from the first try to its end.
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
            // A frame that this version does not know.
            Input::Received(Received::Garbage) => return End::Outdated,
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
                        // Another value than before, or nobody hears of it. Without storage, tabs find out when they
                        // are looked at.
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
        // What this client sends is what its version understands: the server's is another.
        close::BAD_FRAME => End::Outdated,
        _ => End::Lost,
    }
}
