//! Event listeners that are removed with their guard.

/// Keeps an event listener alive; dropping it removes the listener.
///
/// The listener itself must not leave the browser's only thread, so it stays in a registry there. The guard is only a
/// number, so that an application can store it anywhere.
#[derive(Debug)]
#[must_use = "dropping the guard removes the listener"]
pub struct Listener {
    #[cfg(target_arch = "wasm32")]
    id: u64,
}

#[cfg(not(target_arch = "wasm32"))]
impl Listener {
    /// Creates a guard of no listener, because the server has no events.
    pub(crate) const fn none() -> Self {
        Self {}
    }
}

#[cfg(target_arch = "wasm32")]
mod registry {
    use std::{cell::RefCell, collections::HashMap};

    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Event, EventTarget};

    use super::Listener;

    struct Entry {
        target: EventTarget,
        event: &'static str,
        closure: Closure<dyn FnMut(Event)>,
    }

    #[derive(Default)]
    struct Registry {
        next: u64,
        entries: HashMap<u64, Entry>,
    }

    thread_local! {
        static REGISTRY: RefCell<Registry> = RefCell::default();
    }

    impl Listener {
        /// Adds a listener to `target`, if there is one.
        pub(crate) fn new(
            target: Option<EventTarget>,
            event: &'static str,
            handler: impl FnMut(Event) + 'static,
        ) -> Self {
            let id = REGISTRY.with_borrow_mut(|registry| {
                registry.next += 1;
                if let Some(target) = target {
                    let closure = Closure::new(handler);
                    if target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()).is_ok() {
                        registry.entries.insert(registry.next, Entry { target, event, closure });
                    }
                }
                registry.next
            });
            Self { id }
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            // Removed from the registry first and dropped after: a handler that owns another guard would borrow the
            // registry again.
            let entry = REGISTRY.with_borrow_mut(|registry| registry.entries.remove(&self.id));
            if let Some(Entry { target, event, closure }) = entry {
                // Fails only for a target that is gone, and its listener with it.
                let _ = target.remove_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
            }
        }
    }
}
