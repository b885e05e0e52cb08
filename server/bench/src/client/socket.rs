//! A WebSocket, opened as a browser does.

use std::net::SocketAddr;

use futures::StreamExt;
use protocol::{
    UserId,
    live::{ServerFrame, VERSION},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{
            HeaderValue,
            header::{COOKIE, ORIGIN},
        },
        protocol::WebSocketConfig,
    },
};

use crate::error::{Context, Result};

/// A socket of the load client.
pub type Socket = WebSocketStream<TcpStream>;

/// Opens a socket with a session's cookie and waits for the server's first frame. Returns the socket and its user.
///
/// # Errors
/// Returns an error if the server refuses or uses another version of the protocol.
pub async fn connect(address: SocketAddr, cookie: &str, read_buffer: usize) -> Result<(Socket, UserId)> {
    let stream = TcpStream::connect(address).await.context("connecting")?;
    stream.set_nodelay(true).context("connecting")?;
    let mut request = format!("ws://{address}/ws").into_client_request().context("asking for a socket")?;
    let headers = request.headers_mut();
    headers.insert(COOKIE, HeaderValue::from_str(cookie).context("the cookie")?);
    headers.insert(ORIGIN, HeaderValue::from_str(&format!("http://{address}")).context("the origin")?);
    let config = WebSocketConfig::default().read_buffer_size(read_buffer).write_buffer_size(4 * 1024);
    let (mut socket, _) =
        client_async_with_config(request, stream, Some(config)).await.context("asking for a socket")?;
    match hear(&mut socket).await? {
        ServerFrame::Ready { version: VERSION, user, .. } => Ok((socket, user)),
        other => Err(format!("the server did not begin with `ready`: {other:?}").into()),
    }
}

/// Returns the next frame of a socket that is not under load.
///
/// # Errors
/// Returns an error if the socket closes or the frame is not part of the protocol.
pub async fn hear(socket: &mut Socket) -> Result<ServerFrame> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(text.as_str()).context("a frame"),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(other)) => return Err(format!("not a frame of the protocol: {other:?}").into()),
            Some(Err(error)) => return Err(format!("a socket broke: {error}").into()),
            None => return Err("a socket was closed".into()),
        }
    }
}
