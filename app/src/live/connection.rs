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

use super::{
    client::{Connection, LiveClient},
    reconnect::{Backoff, Beat, Heartbeat},
    state::Core,
};

/// The server greets within this time, in milliseconds, or the connection is given up.
const GREETING_WITHIN_MS: Millis = 15_000;
/// How often to look at the clock, in milliseconds: while something waits for it, and otherwise.
const BUSY_TICK_MS: u32 = 500;
const IDLE_TICK_MS: u32 = 5_000;

/// Of a pointer that moves, so much time apart is as good as every pixel, in milliseconds.
const INPUT_EVERY_MS: Millis = 1_000;

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
    Doubt,
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
    let Some(user) = client.read(Core::me) else { return };
    // The guards live as long as this task.
    let _online = page::on_online(move |online| client.wake(if online { Wake::Online } else { Wake::Doubt }));
    let _visible = page::on_visibility(move |visible| {
        if visible {
            client.acted(clock::now());
            client.wake(Wake::Doubt);
        } else {
            // The page may be about to go: what was read is told now, not after a rest.
            client.update(Core::tell_seen);
        }
    });
    let _input = page::on_input(INPUT_EVERY_MS, move |now| client.acted(now));
    let _elsewhere = Storage::of(user).on_change(move |key, value| client.changed_elsewhere(key, value.as_deref()));
    let _account = storage::on_announced(move |account| {
        if account.is_some_and(|account| account != user) {
            client.wake(Wake::OtherAccount);
        }
    });
    let mut backoff = Backoff::default();
    loop {
        let end = connection(client, &mut woken, &mut backoff).await;
        client.update(Core::lost);
        match end {
            End::Stop => return,
            End::Session => {
                client.set_status(Connection::SessionEnded);
                if is_replaced(&mut woken).await {
                    client.set_status(Connection::OtherAccount);
                }
                return;
            }
            End::OtherAccount => return client.set_status(Connection::OtherAccount),
            // Once: a server that stays of another version would have the page reload for ever.
            End::Outdated if storage::mark_tab(RELOADED) => return page::reload(),
            End::Outdated | End::Lost => {}
        }
        let mut wait = backoff.lost(clock::now(), clock::random());
        client.update(|core| core.expire(clock::now()));
        loop {
            client.set_status(Connection::Offline { retry_in: wait.div_ceil(1_000) });
            match pause(wait, &mut woken).await {
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

/// Waits until somebody else signs in, or the client is gone. Whether it was the former.
async fn is_replaced(woken: &mut UnboundedReceiver<Wake>) -> bool {
    while let Some(wake) = woken.next().await {
        match wake {
            Wake::OtherAccount => return true,
            Wake::Stop => break,
            Wake::Flush | Wake::Online | Wake::Doubt => {}
        }
    }
    false
}

/// Waits. Ends early, saying why, when trying sooner makes sense.
async fn pause(wait: u32, woken: &mut UnboundedReceiver<Wake>) -> Option<Wake> {
    let mut timeout = timer::sleep(wait);
    poll_fn(|cx| {
        loop {
            match woken.poll_next_unpin(cx) {
                // There is nothing to send on.
                Poll::Ready(Some(Wake::Flush)) => {}
                // A page that is looked at again deserves a try, a network that went does not.
                Poll::Ready(Some(Wake::Doubt)) if !page::is_online() => {}
                Poll::Ready(Some(wake)) => return Poll::Ready(Some(wake)),
                Poll::Ready(None) => return Poll::Ready(Some(Wake::Stop)),
                Poll::Pending => return timeout.poll_unpin(cx).map(|()| None),
            }
        }
    })
    .await
}

/// One connection, from the first try to its end.
async fn connection(client: LiveClient, woken: &mut UnboundedReceiver<Wake>, backoff: &mut Backoff) -> End {
    let Ok(mut socket) = Socket::connect() else { return End::Lost };
    let started = clock::now();
    let mut greeted = false;
    let mut heart = Heartbeat::new(started);
    let mut tick = timer::sleep(BUSY_TICK_MS);
    loop {
        let input = poll_fn(|cx| next(&mut socket, woken, &mut tick, cx)).await;
        let now = clock::now();
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
                    ServerFrame::Ready { user, .. } if client.read(Core::me) != Some(user) => {
                        return End::OtherAccount;
                    }
                    ServerFrame::Ready { at, .. } => {
                        greeted = true;
                        storage::unmark_tab(RELOADED);
                        backoff.connected(now);
                        client.update(|core| core.ready(at, now));
                        client.set_status(Connection::Online);
                    }
                    frame => {
                        let random = clock::random();
                        client.update(|core| core.receive(frame, now, random));
                    }
                }
            }
            Input::Wake(Wake::Stop) => return End::Stop,
            Input::Wake(Wake::OtherAccount) => return End::OtherAccount,
            Input::Wake(Wake::Flush) => {}
            Input::Wake(Wake::Online | Wake::Doubt) if greeted => beat = heart.probe(now),
            Input::Wake(Wake::Online | Wake::Doubt) => {}
            Input::Tick => {
                if !greeted && now.saturating_sub(started) >= GREETING_WITHIN_MS {
                    return End::Lost;
                }
                if greeted {
                    beat = heart.tick(now);
                    client.update(|core| core.pump(now));
                }
                if client.read(|core| core.is_stuck(now)) != Some(false) {
                    return End::Lost;
                }
                let is_busy = heart.is_asking() || client.read(Core::is_waiting) == Some(true);
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
        // What this client sends is what its version understands: the server's is another.
        close::BAD_FRAME => End::Outdated,
        _ => End::Lost,
    }
}
