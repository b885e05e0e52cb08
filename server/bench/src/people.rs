//! The users of the load: 200 accounts, the first 100 of them in a room, and each of those in a direct conversation
//! with one of the others.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use domain::{
    Actor, Clock, Config, Domain,
    accounts::SignUp,
    config::{MailConfig, PresenceTiming},
};
use futures::{StreamExt, TryStreamExt, stream};
use protocol::{MessageId, UserId};
use uuid::Uuid;

use crate::{
    cores::Cores,
    database::Database,
    error::{Context, Result},
    process::Process,
};

/// The number of members of the room, and of pairs.
pub const ROOM: usize = 100;
const PEOPLE: usize = 2 * ROOM;
const NAME: &str = "Load";
/// The longest that mails may take to reach the outbox.
const MAILS: Duration = Duration::from_secs(60);

/// Creates all users and returns their cookies. The room's members come first; the n-th of them talks to the n-th of
/// the others.
///
/// They sign up like everybody else, so that this module does not depend on how accounts and sessions are stored: the
/// domain takes the sign-ups, the server handles the links in the mails and sets the cookies.
///
/// # Errors
/// Returns an error if the domain or the server does.
pub fn prepare(database: &Database, server: &Path, log: &Path, cores: &Cores) -> Result<Vec<String>> {
    let tokens = in_domain(database, cores, sign_up)?;
    let cookies = {
        let server = Process::start(database.server(server), log, cores)?;
        tokens.iter().map(|token| follow_link(&server, token)).collect::<Result<_>>()?
    };
    in_domain(database, cores, enter)?;
    Ok(cookies)
}

fn name(n: usize) -> String {
    format!("load-{n:03}")
}

/// Opens the domain as the server would, on all cores. It is closed when this returns.
fn in_domain<T: Send>(
    database: &Database,
    cores: &Cores,
    work: impl AsyncFnOnce(&Domain) -> Result<T> + Send,
) -> Result<T> {
    let config = Config {
        database: database.config(),
        redis_url: None,
        mail: MailConfig { smtp_url: None, from: "WeConnect <bench@localhost>".to_owned(), logs_links: false },
        public_url: "http://127.0.0.1".to_owned(),
        limits: false,
        statement_timeout: domain::db::STATEMENT_TIMEOUT,
        presence: PresenceTiming::default(),
    };
    let run = || {
        cores.unpin()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
        // The background tasks, and the SQLite file with them, are released with the runtime.
        runtime.block_on(async {
            let domain = Domain::open(config, Clock::default()).await.context("opening the domain")?;
            work(&domain).await
        })
    };
    thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|_| Err("the preparation failed".into()))
}

async fn sign_up(domain: &Domain) -> Result<Vec<String>> {
    stream::iter(0..PEOPLE)
        .map(|n| {
            let form = SignUp {
                email: format!("{}@bench.example", name(n)),
                username: name(n),
                password: "correct horse battery staple".to_owned(),
                invite: None,
            };
            async move { domain.accounts().sign_up(form).await.context("signing up") }
        })
        .buffer_unordered(8)
        .try_collect::<()>()
        .await?;
    let began = Instant::now();
    loop {
        let mails = domain.mail_outbox().latest(10_000).await.context("reading the outbox")?;
        let mut tokens: Vec<(String, String)> =
            mails.into_iter().filter_map(|mail| Some((mail.to, token_in(&mail.text)?.to_owned()))).collect();
        if tokens.len() >= PEOPLE {
            // Sorted by address, which contains the user's number.
            tokens.sort_unstable();
            return Ok(tokens.into_iter().map(|(_, token)| token).collect());
        }
        if began.elapsed() > MAILS {
            return Err(format!("only {} of {PEOPLE} mails reached the outbox", tokens.len()).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn token_in(mail: &str) -> Option<&str> {
    let (_, token) = mail.split_once("verify?token=")?;
    token.split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|token| !token.is_empty())
}

/// Follows a link as the page without scripts does, and returns the cookie.
fn follow_link(server: &Process, token: &str) -> Result<String> {
    let address = server.address();
    let mut stream = TcpStream::connect(address).context("connecting")?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).context("connecting")?;
    let form = format!("token={token}");
    let request = format!(
        "POST /api/verify HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).context("confirming an address")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).context("confirming an address")?;
    let answer = String::from_utf8_lossy(&answer);
    cookie_in(&answer).ok_or_else(|| {
        let line = answer.lines().next().unwrap_or_default();
        format!("confirming an address gave no session: {line}").into()
    })
}

fn cookie_in(answer: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next()?;
    let cookies = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let cookie = value.split(';').next()?.trim();
        // A removed cookie is empty; others, such as that of the theme, are shorter than 128 bits.
        let (_, secret) = cookie.split_once('=')?;
        (name.eq_ignore_ascii_case("set-cookie") && secret.len() >= 22).then(|| cookie.to_owned())
    });
    Some(cookies.collect::<Vec<_>>().join("; ")).filter(|cookies| !cookies.is_empty())
}

async fn enter(domain: &Domain) -> Result<()> {
    let nobody = Actor::new(UserId::from_parts(0, &[0; 10]));
    for n in 0..ROOM {
        let user = domain.accounts().find(&nobody, &name(n)).await.context("finding a person")?;
        let actor = Actor::new(user.id);
        domain.conversations().join_room(&actor, NAME).await.context("entering the room")?;
        let talk =
            domain.conversations().start_direct(&actor, &name(ROOM + n)).await.context("starting a conversation")?;
        // The other user does not see the conversation before its first message.
        let id = MessageId::from(Uuid::now_v7());
        domain.messages().send(actor, id, talk, "Hello!").await.context("saying hello")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_mail() {
        assert_eq!(token_in("Hi\nhttp://127.0.0.1/verify?token=0af9\n\nBye"), Some("0af9"));
        assert_eq!(token_in("You have an account"), None);
    }

    #[test]
    fn a_cookie_in_an_answer() {
        let answer = "HTTP/1.1 302 Found\r\nset-cookie: theme=; Max-Age=0\r\nSet-Cookie: \
                      s=0123456789012345678901; HttpOnly\r\n\r\nset-cookie: x=1";
        assert_eq!(cookie_in(answer).as_deref(), Some("s=0123456789012345678901"));
        assert_eq!(cookie_in("HTTP/1.1 400 Bad Request\r\n\r\n"), None);
    }
}
