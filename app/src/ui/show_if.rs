//! Content that is shown on a condition.

use leptos::prelude::*;

/// Shows its children while a condition holds.
///
/// Unlike [`Show`] of Leptos, its view is of one type, whatever the content and the condition are: there are dozens of
/// uses, and each type costs two kilobytes of WASM.
#[component]
pub fn ShowIf<F>(
    /// The condition.
    is: F,
    /// The content while the condition does not hold.
    #[prop(optional, into)]
    otherwise: ViewFn,
    /// The content while the condition holds.
    children: ChildrenFn,
) -> impl IntoView
where
    F: Fn() -> bool + Send + Sync + 'static,
{
    switch(Box::new(is), children, otherwise)
}

fn switch(is: Box<dyn Fn() -> bool + Send + Sync>, then: ChildrenFn, otherwise: ViewFn) -> AnyView {
    let is = Memo::new(move |_| is());
    (move || if is.get() { then() } else { otherwise.run() }).into_any()
}
