//! The task of a socket.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use domain::{
    Actor, Domain, Error,
    live::{Connection, Outgoing},
};
use futures::{FutureExt, SinkExt, StreamExt};
use protocol::{
    ErrorKind, SessionHandle,
    live::{self, ServerFrame, Stored, close},
};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite;

use super::{
    requests::{BadFrame, Reply, Requests},
    timing::Timing,
};

/// The most frames from the hub, and from the client, that one turn takes along.
const BATCH: usize = 64;
/// The time the client has to close the connection.
const GOODBYE: Duration = Duration::from_secs(2);
/// The longest that messages may take to be stored when the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// The number of pings after which the session is looked up, in case the news of its end was lost.
const PINGS_A_CHECK: u32 = 10;
/// The time for which a client that exceeded a rate limit is not read: refusals must not be a way to keep the server
/// busy.
const REST: Duration = Duration::from_millis(100);

/// Status codes of RFC 6455, section 7.4.1.
const PROTOCOL_ERROR: u16 = 1002;
const BAD_UTF8: u16 = 1007;
const TOO_BIG: u16 = 1009;

/// The reason why a socket ends.
enum End {
    /// The server closes it.
    Close(u16, &'static str),
    /// The server closes it, and can no longer parse what the client sends.
    BadFrame(u16, &'static str),
    /// The client closes it.
    Closed,
    /// The connection is gone.
    Gone,
}

const SESSION_ENDED: End = End::Close(close::SESSION_ENDED, "the session ended");

impl End {
    fn of(error: axum::Error) -> Self {
        match error.into_inner().downcast_ref() {
            Some(tungstenite::Error::Capacity(_)) => Self::BadFrame(TOO_BIG, "a frame can have 64 KiB"),
            Some(tungstenite::Error::Utf8(_)) => Self::BadFrame(BAD_UTF8, "text must be UTF-8"),
            Some(tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => {
                Self::Gone
            }
            Some(tungstenite::Error::Protocol(_)) => Self::BadFrame(PROTOCOL_ERROR, "not a WebSocket frame"),
            _ => Self::Gone,
        }
    }
}

/// Serves a socket until either side ends it.
pub async fn run(
    mut socket: WebSocket,
    domain: Domain,
    actor: Actor,
    session: SessionHandle,
    stop: watch::Receiver<bool>,
    timing: Timing,
) {
    let end = match domain.connect_session(&actor, session).await {
        Ok(hub) => {
            let requests = Requests::new(domain, actor, session, hub.presence_handle());
            let (heard, out) = (Instant::now(), Vec::new());
            let talk =
                SocketTask { socket: &mut socket, hub, requests, timing, heard, rests: None, unsure: false, out };
            talk.run(actor, stop).await
        }
        // The session ended after the request passed the middleware.
        Err(Error::Refused(protocol::Error { kind: ErrorKind::Unauthenticated, .. })) => SESSION_ENDED,
        Err(failure) => {
            failure.into_wire();
            End::Close(close::GOING_AWAY, "not now")
        }
    };
    say_goodbye(socket, end).await;
}

/// Closes a socket without a signed-in user.
pub async fn refuse(socket: WebSocket) {
    say_goodbye(socket, End::Close(close::SESSION_ENDED, "sign in first")).await;
}

/// Waits until the client may be read again.
async fn rest(until: Option<Instant>) {
    if let Some(until) = until {
        sleep_until(until).await;
    }
}

/// Returns whether the frame tells the client that it exceeded a rate limit.
const fn is_limited(frame: &ServerFrame) -> bool {
    let (ServerFrame::Rejected { error, .. } | ServerFrame::Refused { error, .. }) = frame else { return false };
    matches!(error.kind, ErrorKind::RateLimited { .. })
}

async fn say_goodbye(mut socket: WebSocket, end: End) {
    let goodbye = async {
        let (code, reason) = match end {
            End::Close(code, reason) | End::BadFrame(code, reason) => (code, reason),
            End::Closed => {
                // Reading on sends the response to the client's close frame.
                while let Some(Ok(_)) = socket.next().await {}
                return;
            }
            End::Gone => return,
        };
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        if socket.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        if matches!(end, End::Close(..)) {
            while let Some(Ok(_)) = socket.next().await {}
        } else {
            // Closing now, with unread input, would make the system reset the connection, and the client would miss the
            // reason.
            tokio::time::sleep(GOODBYE).await;
        }
    };
    let _ = timeout(GOODBYE, goodbye).await;
}

struct SocketTask<'a> {
    socket: &'a mut WebSocket,
    hub: Connection,
    requests: Requests,
    timing: Timing,
    /// The time when something last came from the client.
    heard: Instant,
    /// The time until which nothing is read, because the client exceeded a rate limit.
    rests: Option<Instant>,
    /// Whether the last look-up of the session failed.
    unsure: bool,
    /// The frames that this turn writes.
    out: Vec<Message>,
}

impl SocketTask<'_> {
    async fn run(mut self, actor: Actor, mut stop: watch::Receiver<bool>) -> End {
        let stopped = stop.wait_for(|stop| *stop);
        tokio::pin!(stopped);
        let end = tokio::select! {
            end = self.serve(actor) => end,
            _ = stopped => End::Close(close::GOING_AWAY, "the server stops"),
        };
        if matches!(end, End::Close(close::GOING_AWAY, _)) {
            // Nothing more is read, but requests that were read are answered.
            let _ = timeout(LAST_ANSWERS, self.finish()).await;
        }
        end
    }

    async fn serve(&mut self, actor: Actor) -> End {
        match self.turns(actor).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn turns(&mut self, actor: Actor) -> Result<std::convert::Infallible, End> {
        let mut pulse = interval_at(Instant::now() + self.timing.ping, self.timing.ping);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pings = 0;
        self.push(&ServerFrame::Ready { version: live::VERSION, user: actor.user, at: self.requests.now() });
        loop {
            self.write().await?;
            let mut acks = Vec::new();
            tokio::select! {
                frame = self.socket.next(), if self.reads() => self.read(frame).await?,
                () = rest(self.rests), if self.rests.is_some() => self.rests = None,
                Some(next) = self.hub.recv() => self.pass(next)?,
                reply = self.requests.next() => self.reply(reply, &mut acks)?,
                _ = pulse.tick() => {
                    pings += 1;
                    self.pulse(pings)?;
                }
            }
            self.take_along(&mut acks).await?;
        }
    }

    /// Takes what else is ready, so that everything is written together.
    async fn take_along(&mut self, acks: &mut Vec<Stored>) -> Result<(), End> {
        for _ in 0..BATCH {
            if !self.reads() {
                break;
            }
            match self.socket.next().now_or_never() {
                Some(frame) => self.read(frame).await?,
                None => break,
            }
        }
        while let Some(reply) = self.requests.ready() {
            self.reply(reply, acks)?;
        }
        if !acks.is_empty() {
            self.push(&ServerFrame::Stored { acks: std::mem::take(acks) });
        }
        for _ in 0..BATCH {
            match self.hub.try_recv() {
                Some(next) => self.pass(next)?,
                None => break,
            }
        }
        Ok(())
    }

    /// Returns whether frames are read from the client.
    fn reads(&self) -> bool {
        self.requests.has_room() && self.rests.is_none()
    }

    /// Handles a frame from the client.
    async fn read(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match frame {
            Some(Ok(Message::Text(text))) => match self.requests.take(&text).await {
                Ok(answer) => {
                    if let Some(answer) = answer {
                        if is_limited(&answer) {
                            self.rests = Some(Instant::now() + REST);
                        }
                        self.push(&answer);
                    }
                    Ok(())
                }
                Err(BadFrame) => Err(End::Close(close::BAD_FRAME, "this is no frame of the protocol")),
            },
            Some(Ok(Message::Binary(_))) => Err(End::Close(close::BAD_FRAME, "binary frames are not understood")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_))) => Err(End::Closed),
            Some(Err(error)) => Err(End::of(error)),
            None => Err(End::Gone),
        }
    }

    /// Handles an item from the hub.
    fn pass(&mut self, next: Outgoing) -> Result<(), End> {
        match next {
            Outgoing::Text(frame) => {
                match Utf8Bytes::try_from(frame) {
                    Ok(text) => self.out.push(Message::Text(text)),
                    Err(error) => tracing::error!(%error, "a frame of the hub is not text"),
                }
                Ok(())
            }
            // A session of this user ended; maybe another one.
            Outgoing::Close(close::SESSION_ENDED, _) => {
                self.requests.check_session();
                Ok(())
            }
            Outgoing::Close(code, reason) => Err(End::Close(code, reason)),
        }
    }

    /// Handles the outcome of a request.
    fn reply(&mut self, reply: Reply, acks: &mut Vec<Stored>) -> Result<(), End> {
        match reply {
            Reply::Stored(stored) => acks.push(stored),
            Reply::Frame(frame) => self.push(&frame),
            Reply::Done => {}
            Reply::SessionUnknown => self.unsure = true,
            Reply::SessionEnded => return Err(SESSION_ENDED),
        }
        Ok(())
    }

    fn pulse(&mut self, pings: u32) -> Result<(), End> {
        if self.heard.elapsed() >= self.timing.silence {
            return Err(End::Close(close::TOO_SLOW, "nothing came for too long"));
        }
        if std::mem::take(&mut self.unsure) || pings.is_multiple_of(PINGS_A_CHECK) {
            self.requests.check_session();
        }
        self.out.push(Message::Ping(bytes::Bytes::new()));
        Ok(())
    }

    fn push(&mut self, frame: &ServerFrame) {
        match serde_json::to_string(frame) {
            Ok(json) => self.out.push(Message::Text(json.into())),
            Err(error) => tracing::error!(%error, "a frame could not be encoded"),
        }
    }

    /// Writes this turn's frames, with one flush for all of them.
    async fn write(&mut self) -> Result<(), End> {
        if self.out.is_empty() {
            return Ok(());
        }
        let (socket, out) = (&mut *self.socket, &mut self.out);
        let write = async {
            for message in out.drain(..) {
                socket.feed(message).await?;
            }
            socket.flush().await
        };
        let left = self.timing.silence.saturating_sub(self.heard.elapsed()).max(Timing::WRITE_MIN);
        // A client that does not read cannot receive anything, not even a close frame.
        timeout(self.timing.write.min(left), write).await.map_err(|_| End::Gone)?.map_err(|_| End::Gone)
    }

    /// Waits for the messages that are being stored, and acknowledges them.
    async fn finish(&mut self) -> Result<(), End> {
        while self.requests.is_sending() {
            let mut acks = Vec::new();
            let reply = self.requests.next().await;
            self.reply(reply, &mut acks)?;
            while let Some(reply) = self.requests.ready() {
                self.reply(reply, &mut acks)?;
            }
            if !acks.is_empty() {
                self.push(&ServerFrame::Stored { acks });
            }
            self.write().await?;
        }
        Ok(())
    }
}
