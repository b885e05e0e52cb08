//! The live socket: protocol frames over one WebSocket to the page's own server.

use std::fmt;

use protocol::live::ServerFrame;

/// An item that was received from a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A frame.
    Frame(Box<ServerFrame>),
    /// A frame of a kind that this version does not know.
    Unknown,
    /// Data that is not a frame of this protocol's version.
    Garbage,
    /// The socket is closed. Nothing follows.
    Closed {
        /// The close code (RFC 6455, section 7.4); 1006 when the connection broke.
        code: u16,
    },
}

/// The close code of a connection that broke without a close frame (RFC 6455, section 7.4.1).
pub const BROKEN: u16 = 1006;

/// The error if a frame could not be sent: the socket is closed or closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketError;

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed")
    }
}

impl std::error::Error for SocketError {}

#[cfg(target_arch = "wasm32")]
mod imp {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use futures_util::{FutureExt, SinkExt, StreamExt};
    use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
    use protocol::live::{ClientFrame, is_unknown_frame};

    use super::{BROKEN, Received, SocketError};

    /// A socket to this page's server. Dropping it closes it.
    #[expect(missing_debug_implementations, reason = "the browser's socket has none")]
    pub struct Socket {
        socket: WebSocket,
        closed: bool,
    }

    impl Socket {
        /// Starts to connect to `/ws` of the page's own origin. Receiving shows whether it succeeds.
        ///
        /// # Errors
        /// [`SocketError`] if the browser refuses even to try.
        pub fn connect() -> Result<Self, SocketError> {
            let location = web_sys::window().ok_or(SocketError)?.location();
            let host = location.host().map_err(|_| SocketError)?;
            let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
            let socket = WebSocket::open(&format!("{scheme}://{host}/ws")).map_err(|_| SocketError)?;
            Ok(Self { socket, closed: false })
        }

        /// Hands a frame to the browser. It must be called only after something was received: before, the socket is not
        /// open.
        ///
        /// # Errors
        /// [`SocketError`] if the socket is not open.
        pub fn send(&mut self, frame: &ClientFrame) -> Result<(), SocketError> {
            let text = serde_json::to_string(frame).map_err(|_| SocketError)?;
            // An open socket is ready at once, because the browser buffers.
            self.socket.send(Message::Text(text)).now_or_never().and_then(Result::ok).ok_or(SocketError)
        }

        /// Returns the next item. After [`Received::Closed`], it always returns `Closed`.
        pub fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Received> {
            if self.closed {
                return Poll::Ready(Received::Closed { code: BROKEN });
            }
            let received = match std::task::ready!(Pin::new(&mut self.socket).poll_next_unpin(cx)) {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(frame) => Received::Frame(Box::new(frame)),
                    Err(_) if is_unknown_frame(&text) => Received::Unknown,
                    Err(_) => Received::Garbage,
                },
                Some(Ok(Message::Bytes(_))) => Received::Garbage,
                // An error event contains no details; the close event that always follows it has the code.
                Some(Err(WebSocketError::ConnectionError)) => return self.poll_receive(cx),
                Some(Err(WebSocketError::ConnectionClose(event))) => Received::Closed { code: event.code },
                Some(Err(_)) | None => Received::Closed { code: BROKEN },
            };
            self.closed = matches!(received, Received::Closed { .. });
            Poll::Ready(received)
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use std::task::{Context, Poll};

    use protocol::live::ClientFrame;

    use super::{BROKEN, Received, SocketError};

    /// A socket to this page's server. There is none on the server.
    #[derive(Debug)]
    pub struct Socket(());

    impl Socket {
        /// Fails, because the server does not connect to itself.
        ///
        /// # Errors
        /// Always.
        pub const fn connect() -> Result<Self, SocketError> {
            Err(SocketError)
        }

        /// Fails.
        ///
        /// # Errors
        /// Always.
        pub const fn send(&mut self, _frame: &ClientFrame) -> Result<(), SocketError> {
            Err(SocketError)
        }

        /// Returns [`Received::Closed`].
        pub const fn poll_receive(&mut self, _cx: &mut Context<'_>) -> Poll<Received> {
            Poll::Ready(Received::Closed { code: BROKEN })
        }
    }
}

pub use imp::Socket;
