//! What is on screen only while something is the case.

use leptos::prelude::*;

/// Shows its children while something is the case.
///
/// What leptos's own [`Show`] does, but whatever is shown and whatever decides it, it is of one type: there are dozens
/// of them, and each type costs two kilobytes of WASM.
#[component]
pub fn ShowIf<F>(
    /// Whether it is the case.
    is: F,
    /// What is shown instead while it is not.
    #[prop(optional, into)]
    otherwise: ViewFn,
    /// What is shown while it is.
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
