//! Isolation of the reactive state of requests.
//!
//! Leptos keeps the current owner, through which contexts such as the actor are found, in a thread-local variable.
//! Rendering sets it and does not restore it when it waits for the database. Without this module, the next request on
//! the same thread would find it there: a server function would become its child and inherit its contexts, and a page's
//! title would look up its signals in another page. So before every poll of a request's future, its own owner is set
//! again, and afterwards it is removed.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{extract::Request, middleware::Next, response::Response};
use leptos::reactive::owner::Owner;

/// Handles a request with its own reactive state.
pub async fn isolate(request: Request, next: Next) -> Response {
    Isolated { future: Box::pin(next.run(request)), owner: None }.await
}

struct Isolated<F> {
    future: Pin<Box<F>>,
    owner: Option<Owner>,
}

impl<F: Future> Future for Isolated<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        clear();
        if let Some(owner) = self.owner.take() {
            owner.set();
        }
        let result = self.future.as_mut().poll(cx);
        self.owner = Owner::current();
        clear();
        result
    }
}

fn clear() {
    if let Some(owner) = Owner::current() {
        owner.unset();
    }
}

#[cfg(test)]
mod tests {
    use leptos::context::{provide_context, use_context};
    use tokio::task::yield_now;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Name(&'static str);

    async fn isolated<F: Future>(future: F) -> F::Output {
        Isolated { future: Box::pin(future), owner: None }.await
    }

    #[tokio::test]
    async fn requests_on_one_thread_do_not_see_each_other() {
        let page = isolated(async {
            let owner = Owner::new_root(None);
            provide_context(Name("ada"));
            yield_now().await;
            assert_eq!(use_context(), Some(Name("ada")), "what it left behind is put back");
            drop(owner);
        });
        let server_function = isolated(async {
            assert_eq!(Owner::new().with(use_context::<Name>), None, "nobody is signed in here");
            yield_now().await;
            assert_eq!(Owner::new().with(use_context::<Name>), None);
        });
        tokio::join!(page, server_function);
    }
}
