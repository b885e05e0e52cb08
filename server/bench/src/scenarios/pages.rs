//! Pages that are drawn one after the other, as many at once as keep the server's core busy.

use std::{cell::Cell, net::SocketAddr, rc::Rc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::spawn_local,
};

use super::{Stretch, Target, run, stretch};
use crate::{
    args::Scale,
    client::{Behavior, Load, Place},
    error::{Context, Result},
    people::ROOM,
};

/// The number of pages that are requested at once.
const AT_ONCE: usize = 4;
/// The messages of the conversation, as many as one page shows.
const MESSAGES: usize = 50;

/// The pages drawn per second.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    /// The sign-in page, for somebody who is not signed in.
    pub sign_in: Stretch,
    /// The home page.
    pub home: Stretch,
    /// A room with a full page of messages.
    pub conversation: Stretch,
}

/// Measures pages per second.
///
/// # Errors
/// Returns an error if the server refuses, or if a page is not drawn.
pub fn draw(target: &Target<'_>, scale: &Scale) -> Result<Pages> {
    run(async {
        let cookie = target.cookies.first().ok_or("too few people")?;
        speak(target).await?;
        let address = target.process.address();
        let home = get(address, "/", cookie).await?;
        // The room is first in the list, as it was active last.
        let conversation = first_conversation(&home).ok_or("the home page has no conversation")?;
        let page = get(address, &conversation, cookie).await?;
        let drawn = page.matches("<article").count();
        if drawn < MESSAGES {
            return Err(format!("{conversation} shows {drawn} messages").into());
        }
        Ok(Pages {
            sign_in: repeat(target, scale, "/sign-in", "").await?,
            home: repeat(target, scale, "/", cookie).await?,
            conversation: repeat(target, scale, &conversation, cookie).await?,
        })
    })
}

/// Fills the room, with messages of the user who opens it: those are read, so that the page shows the newest.
async fn speak(target: &Target<'_>) -> Result<()> {
    let members = target.cookies.get(..ROOM).ok_or("too few people")?;
    let load = Load::gather(target.process.address(), members, Place::Room, |_| (Behavior::Listen, false)).await?;
    (0..MESSAGES).for_each(|_| load.speak(0));
    load.finish().await.map(drop)
}

async fn repeat(target: &Target<'_>, scale: &Scale, path: &str, cookie: &str) -> Result<Stretch> {
    let count = Rc::new(Cell::new(0_u64));
    let address = target.process.address();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (count, path, cookie) = (count.clone(), path.to_owned(), cookie.to_owned());
            spawn_local(async move {
                loop {
                    if let Err(error) = get(address, &path, &cookie).await {
                        return error;
                    }
                    count.set(count.get() + 1);
                }
            })
        })
        .collect();
    tokio::time::sleep(scale.warm_up).await;
    let measured = stretch(target, scale.full / 2, || count.get()).await;
    for task in tasks {
        if task.is_finished() {
            return Err(task.await.context("a client")?);
        }
        task.abort();
    }
    Ok(measured)
}

/// Requests a page over a connection of its own, and returns it with its head.
async fn get(address: SocketAddr, path: &str, cookie: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).await.context("connecting")?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.context("asking for a page")?;
    let mut page = Vec::with_capacity(64 * 1024);
    stream.read_to_end(&mut page).await.context("reading a page")?;
    let page = String::from_utf8_lossy(&page).into_owned();
    if page.starts_with("HTTP/1.1 200") { Ok(page) } else { Err(format!("{path}: {}", first_line(&page)).into()) }
}

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

fn first_conversation(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("href=\"/c/")?;
    let (id, _) = rest.split_once('"')?;
    Some(format!("/c/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_conversation_of_a_page() {
        let page = "<a href=\"/\">x</a><a class=y href=\"/c/01\">a</a><a href=\"/c/02\">b</a>";
        assert_eq!(first_conversation(page).as_deref(), Some("/c/01"));
        assert_eq!(first_conversation("<a href=\"/\">x</a>"), None);
    }
}
