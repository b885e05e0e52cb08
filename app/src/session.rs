//! Who is using the page.

use browser::storage;
use leptos::prelude::*;
use protocol::{UserId, user::Me};

use crate::api::{ApiError, auth::me, form_values::Theme};

/// Who is using the page, known once for all of it. Signing in and out load the page anew.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The signed-in person, if there is one.
    pub me: Resource<Result<Option<Me>, ApiError>>,
    /// The account that the page was drawn for, if somebody is signed in.
    pub account: Option<UserId>,
    /// The theme.
    pub theme: RwSignal<Theme>,
    /// Unread messages, as the window's title says.
    pub unread: RwSignal<u32>,
    /// Whether no page was shown yet.
    begins: StoredValue<bool>,
}

impl Visitor {
    /// Asks the server who it is. Blocking: the answer decides between a page and a redirect.
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

    /// Whether this is the first page since the browser loaded the app. True once.
    pub fn begins(&self) -> bool {
        self.begins.try_update_value(std::mem::take).unwrap_or(false)
    }
}

/// Returns the signed-in person. For what lies inside [`SignedInLayout`](crate::layout::SignedInLayout).
pub fn use_me() -> Me {
    expect_context()
}
