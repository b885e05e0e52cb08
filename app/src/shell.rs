//! The document around the app, rendered by the server only.

use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::routes::App;
use crate::words;

/// Returns the whole document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                // The keyboard of a phone shrinks the page, so that the composer stays above it.
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f2ea"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#111615"/>
                <meta name="description" content=words::server::DESCRIPTION/>
                // Phones would turn digits in messages into links.
                <meta name="format-detection" content="telephone=no"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <HashedStylesheet id="leptos" options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                // Not part of the app: the dialog opens if the app did not start, or ended. It also marks where the
                // app's elements end; see `browser::start`.
                <dialog id="lifeless" class="lifeless" role="alert">
                    {words::server::NO_LONGER_REACTS} " "
                    <a class="link" href="">
                        {words::server::LOAD_AGAIN}
                    </a>
                </dialog>
            </body>
        </html>
    }
    .into_any()
}
