//! How a browser can tell whether a page is still as it was sent.
//!
//! Extensions and translators put elements into a page before its program runs. Taking such a page over would connect
//! buttons to the wrong code, in the best case fail. So each page ends with a comment that says how many elements the
//! app has; a browser that counts others draws the app anew (`browser::start`).

use axum::{
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::Response,
};
use futures::{StreamExt, future, stream};

/// The element after the app, see `app::shell`.
const END: &[u8] = b"dialog";
/// As much of a name as tells those apart that matter here.
const NAME_MAX: usize = 8;

/// Adds the comment to a page that has the app on it; other answers stay as they are.
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

/// Counts start tags in HTML that comes in pieces, as far as HTML goes that leptos writes: attributes are quoted, texts
/// and attributes escaped, and nothing is left to be implied.
#[derive(Debug, Default)]
struct Counter {
    state: State,
    name: Vec<u8>,
    elements: u32,
    /// How many there were before the last [`END`].
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
    /// Inside of an attribute's value, up to this quote.
    Value(u8),
    /// After `<!`: what begins with two dashes is a comment.
    Declaration(u8),
    /// With how many dashes just read.
    Comment(u8),
    /// A script's text, where `<` is just a character; with whether that was the last one.
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

    /// Inside of a tag, after its name.
    fn inside(&self, byte: u8) -> State {
        match byte {
            b'"' | b'\'' => State::Value(byte),
            b'>' if self.name == b"script" => State::Script(false),
            b'>' => State::Text,
            _ => State::Attributes,
        }
    }

    /// A start tag with this name.
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
        // However it is cut into pieces.
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
