//! The visitor of the page.

use browser::storage;
use leptos::prelude::*;
use protocol::{UserId, user::Me};

use crate::api::{ApiError, auth::me, form_values::Theme};

/// The visitor of the page, known once for the whole page. Signing in and out reloads it.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The signed-in user, if there is one.
    pub me: Resource<Result<Option<Me>, ApiError>>,
    /// The account that the page was rendered for, if the visitor was signed in.
    pub account: Option<UserId>,
    /// The theme.
    pub theme: RwSignal<Theme>,
    /// The number of unread messages, for the document title.
    pub unread: RwSignal<u32>,
    /// Whether no page was shown yet in this load.
    begins: StoredValue<bool>,
}

impl Visitor {
    /// Creates the visitor, and asks the server who it is. The resource is blocking, because the response decides
    /// between a page and a redirect.
    pub fn new(theme: Theme, account: Option<UserId>) -> Self {
        Effect::new(move |_| storage::announce(account));
        Self {
            me: Resource::new_blocking(|| (), |()| me()),
            account,
            theme: RwSignal::new(theme),
            unread: RwSignal::new(0),
            begins: StoredValue::new(true),
        }
    }

    /// Returns whether this is the first page since the browser loaded the app. It is `true` once.
    pub fn begins(&self) -> bool {
        self.begins.try_update_value(std::mem::take).unwrap_or(false)
    }
}

/// Returns the signed-in user. For components inside [`SignedInLayout`](crate::layout::SignedInLayout).
pub fn use_me() -> Me {
    expect_context()
}
