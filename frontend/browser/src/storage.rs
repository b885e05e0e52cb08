//! Data that outlives the page: `localStorage`, shared by all tabs, and `sessionStorage`, of one tab.
//!
//! Keys are namespaced by account, so that users who share a browser never see each other's data.

use std::fmt;

use protocol::UserId;

use crate::Listener;

/// The error if storage is full, or forbidden by the browser's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageError;

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this browser does not let the page store anything")
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
    /// Returns the storage of this account.
    pub fn of(user: UserId) -> Self {
        Self { prefix: format!("weconnect:{user}:") }
    }

    /// Returns the name of a key in `localStorage`.
    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Returns the value stored under `key`.
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

    /// Stores `value` under `key`. It is stored when this returns.
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

    /// Removes the value stored under `key`.
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

    /// Returns every key that starts with `start`, in no particular order.
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

    /// Calls `changed` with the key and the new value (`None` if removed) when *another* tab changes this account's
    /// storage.
    pub fn on_change(&self, changed: impl Fn(&str, Option<String>) + 'static) -> Listener {
        #[cfg(target_arch = "wasm32")]
        {
            let prefix = self.prefix.clone();
            Listener::new(web_sys::window().map(Into::into), "storage", move |event| {
                let event: web_sys::StorageEvent = wasm_bindgen::JsCast::unchecked_into(event);
                // `sessionStorage` fires this event too. The key is missing when the user cleared all data at once in
                // the browser's settings. This is ignored, because the data that this tab still holds must not be lost.
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

/// The key under which a page announces the account that it was rendered for. It is not in the namespace of an account.
#[cfg(target_arch = "wasm32")]
const ACCOUNT: &str = "weconnect:account";

/// Announces to other tabs the account that this page was rendered for; `None` if nobody is signed in.
pub fn announce(account: Option<UserId>) {
    #[cfg(target_arch = "wasm32")]
    if let Ok(storage) = local() {
        // A browser without storage announces nothing; other tabs then learn it from the server.
        let _ = match account {
            Some(account) => storage.set_item(ACCOUNT, &account.to_string()),
            None => storage.remove_item(ACCOUNT),
        };
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = account;
}

/// Calls `announced` with the account that a page in *another* tab was rendered for, when that changes.
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

/// Removes a mark of this tab.
pub fn unmark_tab(mark: &str) {
    #[cfg(target_arch = "wasm32")]
    if let Some(storage) = of_tab() {
        // Storage that is forbidden contains no mark.
        let _ = storage.remove_item(&format!("weconnect:{mark}"));
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = mark;
}

/// Sets a mark that lives as long as this tab, and returns whether it was new. Without storage, it is never new,
/// because marks prevent endless repetition.
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
