//! The element count with which a browser detects whether a page was changed on its way.
//!
//! Extensions and translators add elements to a page before the program starts. Hydrating such a page would connect
//! buttons to the wrong code, or fail at best. So each page ends with a comment that has the number of elements of the
//! app; a browser that counts another number draws the app anew (`browser::start`).

use axum::{
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::Response,
};
use futures::{StreamExt, future, stream};

/// The element that follows the app, see `app::shell`.
const END: &[u8] = b"dialog";
/// The number of bytes of an element's name that are kept: enough to tell apart the names that matter here.
const NAME_MAX: usize = 8;

/// Adds the comment to a page with the app; other responses stay unchanged.
pub async fn count(response: Response) -> Response {
    let is_html = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_html {
        return response;
    }
    response.map(|body| {
        let mut counter = Counter::default();
        let chunks = body.into_data_stream().map(Some).chain(stream::once(future::ready(None)));
        Body::from_stream(chunks.filter_map(move |chunk| {
            future::ready(match chunk {
                Some(Ok(bytes)) => {
                    counter.read(&bytes);
                    Some(Ok(bytes))
                }
                Some(Err(error)) => Some(Err(error)),
                None => counter.app.map(|elements| Ok(Bytes::from(format!("<!--{elements}-->")))),
            })
        }))
    })
}

/// Counts start tags in HTML that arrives in pieces. Supports the HTML that leptos writes: attributes are quoted, texts
/// and attributes escaped, and no tags are implied.
#[derive(Debug, Default)]
struct Counter {
    state: State,
    name: Vec<u8>,
    elements: u32,
    /// The number of elements before the last [`END`].
    app: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// After `<`.
    Open,
    Name,
    Attributes,
    /// Inside an attribute's value, up to this quote.
    Value(u8),
    /// After `<!` and this many dashes: with two dashes it is a comment.
    Declaration(u8),
    /// Inside a comment, after this many dashes.
    Comment(u8),
    /// Inside a script, where `<` is ordinary text; holds whether it was the last character.
    Script(bool),
}

impl Counter {
    fn read(&mut self, html: &[u8]) {
        for &byte in html {
            self.state = self.step(byte);
        }
    }

    fn step(&mut self, byte: u8) -> State {
        match (self.state, byte) {
            (State::Text, b'<') => State::Open,
            (State::Text, _) => State::Text,
            (State::Open, b'!') => State::Declaration(0),
            (State::Open, b'/') => State::Attributes,
            (State::Open, byte) if byte.is_ascii_alphabetic() => {
                self.name.clear();
                self.name.push(byte);
                State::Name
            }
            (State::Open, _) => State::Text,
            (State::Name, byte) if byte.is_ascii_alphanumeric() || byte == b'-' => {
                if self.name.len() < NAME_MAX {
                    self.name.push(byte);
                }
                State::Name
            }
            (State::Name, byte) => {
                self.found();
                self.inside(byte)
            }
            (State::Attributes, byte) => self.inside(byte),
            (State::Value(quote), byte) if byte == quote => State::Attributes,
            (State::Value(quote), _) => State::Value(quote),
            (State::Declaration(1), b'-') => State::Comment(0),
            (State::Declaration(0), b'-') => State::Declaration(1),
            (State::Declaration(_), byte) => self.inside(byte),
            (State::Comment(2), b'>') => State::Text,
            (State::Comment(dashes), b'-') => State::Comment(dashes.saturating_add(1).min(2)),
            (State::Comment(_), _) => State::Comment(0),
            (State::Script(true), b'/') => {
                self.name.clear();
                State::Attributes
            }
            (State::Script(_), byte) => State::Script(byte == b'<'),
        }
    }

    /// Returns the state after a byte inside a tag, after its name.
    fn inside(&self, byte: u8) -> State {
        match byte {
            b'"' | b'\'' => State::Value(byte),
            b'>' if self.name == b"script" => State::Script(false),
            b'>' => State::Text,
            _ => State::Attributes,
        }
    }

    /// Counts a start tag with this name.
    fn found(&mut self) {
        match self.name.as_slice() {
            b"body" => self.elements = 0,
            END => {
                self.app = Some(self.elements);
                self.elements += 1;
            }
            _ => self.elements += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(html: &str) -> Option<u32> {
        let mut whole = Counter::default();
        whole.read(html.as_bytes());
        // The count does not depend on how the page is cut into pieces.
        for size in [1, 7] {
            let mut pieces = Counter::default();
            html.as_bytes().chunks(size).for_each(|piece| pieces.read(piece));
            assert_eq!(pieces.app, whole.app, "{size}: {html}");
        }
        whole.app
    }

    #[test]
    fn the_elements_of_the_app_are_counted() {
        let page = |app: &str| {
            format!(
                "<!DOCTYPE html><html><head><script nonce=\"x\">if (1<a) b</script></head>\
                 <body>{app}<dialog id=\"lifeless\"><a>x</a></dialog><script>\"</p><b>\"</script></body></html>"
            )
        };
        for (app, count) in [
            ("", 0),
            ("<a href=\"/\">x</a><main><p>1 &lt; 2</p></main>", 3),
            ("<p title=\"a > b <i>\">x</p><br><svg><path d=\"M1\"/></svg>", 4),
            ("<!----><p>x<!>y<!-- <b> - -- <i> --></p>", 1),
            ("<textarea>&lt;b&gt;</textarea><H1>x</H1>", 2),
        ] {
            assert_eq!(elements(&page(app)), Some(count), "{app}");
        }
    }

    #[test]
    fn a_page_without_the_app_has_no_count() {
        assert_eq!(elements("<html><body><p>No app.</p></body></html>"), None);
    }

    #[tokio::test]
    async fn pages_end_with_the_count_and_other_answers_do_not() {
        let html = "<body><p>x</p><dialog></dialog></body>";
        for (kind, end) in [("text/html; charset=utf-8", "</body><!--1-->"), ("text/plain", "</body>")] {
            let answer = Response::builder().header(CONTENT_TYPE, kind).body(Body::from(html)).unwrap();
            let body = axum::body::to_bytes(count(answer).await.into_body(), 1_000).await.unwrap();
            assert!(body.ends_with(end.as_bytes()), "{kind}: {body:?}");
        }
    }
}
