//! The HTTP client of the tests' browser, which follows no redirect and keeps no cookie by itself.

use std::{net::SocketAddr, sync::LazyLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::LOCATION, header::SET_COOKIE};
use reqwest::{Client, redirect::Policy};

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Where it sends the browser; its path and query.
    pub fn location(&self) -> &str {
        let to = self.headers.get(LOCATION).unwrap_or_else(|| panic!("no redirect: {self:?}")).to_str().unwrap();
        match to.strip_prefix("http://") {
            Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => to,
        }
    }

    /// The cookie that it sets, with its attributes.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
        all.find(|cookie| cookie.starts_with(&format!("{name}=")))
    }
}

/// Sends one request, on a connection of its own: one that is kept would delay the stop of a server.
pub async fn request(
    address: SocketAddr,
    method: &Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> reqwest::Result<Answer> {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| {
        Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap()
    });
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let request = CLIENT.request(method.clone(), format!("http://{address}{path}")).headers(all);
    let request = if *method == Method::GET { request } else { request.body(body.to_vec()) };
    let answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await?.to_vec();
    Ok(Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes })
}
