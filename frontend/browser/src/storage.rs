//! What outlives the page: `localStorage`, shared by all tabs, and `sessionStorage`, of one tab.
//!
//! Keys are namespaced by account, so that two people who share a browser never meet each other's data.

use std::fmt;

use protocol::UserId;

use crate::Listener;

/// Storage is full, or forbidden by the browser's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageError;

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("This browser does not let the page store anything.")
    }
}

impl std::error::Error for StorageError {}

/// The storage of one account in this browser. Empty on the server.
#[derive(Clone, Debug)]
pub struct Storage {
    prefix: String,
}

#[cfg(target_arch = "wasm32")]
fn local() -> Result<web_sys::Storage, StorageError> {
    web_sys::window().and_then(|window| window.local_storage().ok().flatten()).ok_or(StorageError)
}

impl Storage {
    /// The storage of this account.
    pub fn of(user: UserId) -> Self {
        Self { prefix: format!("weconnect:{user}:") }
    }

    /// The name that `localStorage` knows a key by.
    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// What is stored under `key`.
    ///
    /// # Errors
    /// [`StorageError`] if the browser forbids storage.
    pub fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        let key = self.full(key);
        #[cfg(target_arch = "wasm32")]
        return local()?.get_item(&key).map_err(|_| StorageError);
        #[cfg(not(target_arch = "wasm32"))]
        {
            drop(key);
            Ok(None)
        }
    }

    /// Stores `value` under `key`; it is there when this returns.
    ///
    /// # Errors
    /// [`StorageError`] if storage is full or forbidden.
    pub fn set(&self, key: &str, value: &str) -> Result<(), StorageError> {
        let key = self.full(key);
        #[cfg(target_arch = "wasm32")]
        return local()?.set_item(&key, value).map_err(|_| StorageError);
        #[cfg(not(target_arch = "wasm32"))]
        {
            drop((key, value));
            Ok(())
        }
    }

    /// Forgets what is stored under `key`.
    ///
    /// # Errors
    /// [`StorageError`] if the browser forbids storage.
    pub fn remove(&self, key: &str) -> Result<(), StorageError> {
        let key = self.full(key);
        #[cfg(target_arch = "wasm32")]
        return local()?.remove_item(&key).map_err(|_| StorageError);
        #[cfg(not(target_arch = "wasm32"))]
        {
            drop(key);
            Ok(())
        }
    }

    /// Every key that starts with `start`, in no particular order.
    ///
    /// # Errors
    /// [`StorageError`] if the browser forbids storage.
    pub fn keys(&self, start: &str) -> Result<Vec<String>, StorageError> {
        let full = self.full(start);
        #[cfg(target_arch = "wasm32")]
        {
            let storage = local()?;
            let count = storage.length().map_err(|_| StorageError)?;
            Ok((0..count)
                .filter_map(|index| storage.key(index).ok().flatten())
                .filter(|key| key.starts_with(&full))
                .filter_map(|key| key.strip_prefix(&self.prefix).map(str::to_owned))
                .collect())
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            drop(full);
            Ok(Vec::new())
        }
    }

    /// Calls `changed` with key and new value (none: removed) when *another* tab changed this account's storage.
    pub fn on_change(&self, changed: impl Fn(&str, Option<String>) + 'static) -> Listener {
        #[cfg(target_arch = "wasm32")]
        {
            let prefix = self.prefix.clone();
            Listener::new(web_sys::window().map(Into::into), "storage", move |event| {
                let event: web_sys::StorageEvent = wasm_bindgen::JsCast::unchecked_into(event);
                // sessionStorage fires too; a key is missing when everything was cleared at once, by a person in the
                // browser's settings: what this tab still holds then is worth more than obedience.
                if let Some(full) = event.key()
                    && event.storage_area() == local().ok()
                    && let Some(key) = full.strip_prefix(&prefix)
                {
                    changed(key, event.new_value());
                }
            })
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            drop(changed);
            Listener::none()
        }
    }
}

/// The key under which a page says which account it was drawn for. Of no account: it is no one's.
#[cfg(target_arch = "wasm32")]
const ACCOUNT: &str = "weconnect:account";

/// Tells the other tabs which account this page was drawn for; none when nobody is signed in.
pub fn announce(account: Option<UserId>) {
    #[cfg(target_arch = "wasm32")]
    if let Ok(storage) = local() {
        // A browser that stores nothing tells nobody: then the server does.
        let _ = match account {
            Some(account) => storage.set_item(ACCOUNT, &account.to_string()),
            None => storage.remove_item(ACCOUNT),
        };
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = account;
}

/// Calls `announced` with the account that a page in *another* tab was drawn for, when that changes.
pub fn on_announced(announced: impl Fn(Option<UserId>) + 'static) -> Listener {
    #[cfg(target_arch = "wasm32")]
    return Listener::new(web_sys::window().map(Into::into), "storage", move |event| {
        let event: web_sys::StorageEvent = wasm_bindgen::JsCast::unchecked_into(event);
        if event.key().as_deref() == Some(ACCOUNT) && event.storage_area() == local().ok() {
            announced(event.new_value().and_then(|account| account.parse().ok()));
        }
    });
    #[cfg(not(target_arch = "wasm32"))]
    {
        drop(announced);
        Listener::none()
    }
}

#[cfg(target_arch = "wasm32")]
fn of_tab() -> Option<web_sys::Storage> {
    web_sys::window().and_then(|window| window.session_storage().ok().flatten())
}

/// Takes a mark of this tab away.
pub fn unmark_tab(mark: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(storage) = of_tab() {
        // Forbidden storage holds no mark.
        let _ = storage.remove_item(&format!("weconnect:{mark}"));
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = mark;
}

/// Sets a mark that lives as long as this tab, and says whether it was new. Without storage it is never new: marks
/// guard against doing something again and again.
pub fn mark_tab(mark: &str) -> bool {
    #[cfg(target_arch = "wasm32")]
    {
        let Some(storage) = of_tab() else { return false };
        let key = format!("weconnect:{mark}");
        let is_new = matches!(storage.get_item(&key), Ok(None));
        is_new && storage.set_item(&key, "1").is_ok()
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = mark;
        false
    }
}
