//! A browser with scripts off: it keeps cookies, posts forms, and says which site a request comes from.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::http::{
    Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN, REFERER, SET_COOKIE},
};
use protocol::{ConversationId, MessagePage, Seq, message::PageQuery};

use super::{
    Follower, Live, PASSWORD,
    http::{self, Answer},
    until, within,
};

/// A browser that visits one server.
#[derive(Clone, Debug)]
pub struct Browser {
    pub address: SocketAddr,
    /// Where mails stay that were not sent, where there is such a page.
    pub outbox: String,
    /// What it keeps, without attributes.
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(address: SocketAddr, outbox: &str) -> Self {
        Self { address, outbox: outbox.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same browser at another server of the same site.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The header with which it sends its cookies.
    pub fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.request(Method::GET, path, &[("accept", "text/html"), ("sec-fetch-site", "same-origin")], "").await
    }

    /// Posts a form of a page at `from`.
    pub async fn post(&mut self, from: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let origin = self.origin();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let referer = format!("{origin}{from}");
        let headers = [
            (ACCEPT.as_str(), "text/html"),
            (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"),
            (ORIGIN.as_str(), origin.as_str()),
            (REFERER.as_str(), referer.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.request(Method::POST, path, &headers, &body).await
    }

    /// Calls a server function as a page with scripts does.
    pub async fn call<T: serde::de::DeserializeOwned>(&mut self, path: &str, arguments: &impl serde::Serialize) -> T {
        let origin = self.origin();
        let headers = [
            (ACCEPT.as_str(), "application/json"),
            (CONTENT_TYPE.as_str(), "application/json"),
            (ORIGIN.as_str(), origin.as_str()),
        ];
        let answer = self.request(Method::POST, path, &headers, &serde_json::to_string(arguments).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{path}: {e}: {}", answer.body))
    }

    /// Uploads a file from a form, as `accept` says for a page or for its script.
    pub async fn upload(&mut self, path: &str, field: &str, file: &[u8], accept: &str) -> Answer {
        let origin = self.origin();
        let part = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"photo.jpg\"\r\n\
             content-type: image/jpeg\r\n\r\n"
        );
        let headers = [
            (ACCEPT.as_str(), accept),
            (CONTENT_TYPE.as_str(), "multipart/form-data; boundary=edge"),
            (ORIGIN.as_str(), origin.as_str()),
        ];
        self.request(Method::POST, path, &headers, [part.as_bytes(), file, b"\r\n--edge--\r\n"].concat()).await
    }

    pub async fn request(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let cookies = self.cookie_header();
        let cookie = (!cookies.is_empty()).then_some((COOKIE.as_str(), cookies.as_str()));
        let headers: Vec<_> = headers.iter().copied().chain(cookie).collect();
        let request = http::request(self.address, &method, path, &headers, body.as_ref());
        let answer = within(&format!("{method} {path}"), request).await.unwrap();
        self.keep_cookies(&answer.headers);
        answer
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.split(';').any(|attribute| attribute.trim() == "Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Signs up with [`PASSWORD`] and the address `name@example.org`, finds the mail in the outbox and follows its
    /// link, as a person does who has scripts off.
    pub async fn sign_up(&mut self, name: &str) {
        let email = format!("{name}@example.org");
        let form = [("email", email.as_str()), ("username", name), ("password", PASSWORD)];
        let answer = self.post("/sign-up", "/api/sign_up", &form).await;
        assert_eq!(answer.location(), "/sign-up/sent", "{answer:?}");
        let token = self.token_for(&email).await;
        let from = format!("/verify?token={token}");
        let answer = self.post(&from, "/api/verify", &[("token", &token)]).await;
        assert_eq!(answer.location(), "/", "{answer:?}");
    }

    /// The token in the newest mail to an address, as soon as the outbox has one.
    pub async fn token_for(&self, email: &str) -> String {
        let mut anybody = Self::new(self.address, &self.outbox);
        until(&format!("a mail to {email}"), async || {
            let outbox = anybody.get(&self.outbox).await;
            assert_eq!(outbox.status, StatusCode::OK);
            let (_, mail) = outbox.body.split_once(&format!("To {email}<"))?;
            let (_, rest) = mail.split_once("?token=").unwrap();
            Some(rest.chars().take_while(char::is_ascii_alphanumeric).collect())
        })
        .await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", "/api/sign_in", &[("login", login), ("password", password), ("next", "")]).await
    }

    /// Joins the room of that name, or creates it.
    pub async fn join_room(&mut self, name: &str) -> ConversationId {
        let answer = self.post("/new", "/api/join_room", &[("room", name)]).await;
        conversation_at(&answer)
    }

    /// Opens the direct conversation with somebody.
    pub async fn start_direct(&mut self, username: &str) -> ConversationId {
        let answer = self.post("/new", "/api/start_direct", &[("username", username)]).await;
        conversation_at(&answer)
    }

    /// Opens a live connection.
    pub async fn live(&self) -> Live {
        Live::open(self).await
    }

    /// Opens a live connection that keeps up with one conversation.
    pub async fn follow(&self, conversation: ConversationId) -> Follower {
        Follower::new(self.live().await, conversation).await
    }

    /// Everything in a conversation after a place, page by page.
    pub async fn history(&mut self, conversation: ConversationId, after: Seq) -> Vec<protocol::Message> {
        #[derive(serde::Serialize)]
        struct Arguments {
            conversation: ConversationId,
            query: PageQuery,
            limit: u32,
        }
        let (mut all, mut after) = (Vec::new(), after);
        loop {
            let arguments = Arguments { conversation, query: PageQuery::After(after), limit: 100 };
            let page: MessagePage = self.call("/api/history", &arguments).await;
            after = page.messages.last().map_or(after, |message| message.seq);
            all.extend(page.messages);
            if !page.has_newer {
                return all;
            }
        }
    }
}

fn conversation_at(answer: &Answer) -> ConversationId {
    answer.location().strip_prefix("/c/").unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
}
