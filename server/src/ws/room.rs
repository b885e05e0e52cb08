//! The limits of sockets: in total, and from one address without a signed-in user. [`Hub`](domain::live::Hub) has the
//! limit per user.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::rate_limit::household;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most sockets from one address without a signed-in user. Each receives a close frame, which takes two seconds at
/// most.
const NOBODYS: usize = 20;

/// The places for sockets.
#[derive(Clone, Debug)]
pub(super) struct Room {
    places: Arc<Semaphore>,
    nobodys: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place for one socket, freed when dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    /// The address that it is counted for, if nobody is signed in.
    nobodys: Option<(Room, IpAddr)>,
}

impl Room {
    pub fn new(max: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS))), nobodys: Arc::default() }
    }

    /// Returns a place for a socket of a signed-in user, if there is one.
    pub fn for_somebody(&self) -> Option<Place> {
        let permit = self.places.clone().try_acquire_owned().ok()?;
        Some(Place { _permit: permit, nobodys: None })
    }

    /// Returns a place for a socket from this address without a signed-in user, if there is one.
    pub fn for_nobody(&self, address: IpAddr) -> Option<Place> {
        let address = household(address);
        let permit = self.places.clone().try_acquire_owned().ok()?;
        let mut nobodys = self.nobodys();
        let count = nobodys.entry(address).or_default();
        if *count >= NOBODYS {
            return None;
        }
        *count += 1;
        drop(nobodys);
        Some(Place { _permit: permit, nobodys: Some((self.clone(), address)) })
    }

    fn nobodys(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Each count changes in one step, so a panic leaves nothing inconsistent.
        self.nobodys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((room, address)) = self.nobodys.take() else { return };
        if let Entry::Occupied(mut count) = room.nobodys().entry(address) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_share_the_places_of_their_address() {
        let room = Room::new(100);
        let address = |text: &str| text.parse().unwrap();
        let mut places: Vec<Place> =
            (0..NOBODYS).map(|n| room.for_nobody(address(&format!("2001:db8::{n:x}"))).unwrap()).collect();
        assert!(room.for_nobody(address("2001:db8::ffff")).is_none());
        assert!(room.for_nobody(address("2001:db8:0:1::1")).is_some(), "others are not concerned");
        assert!(room.for_somebody().is_some(), "nor who is signed in");
        places.pop();
        assert!(room.for_nobody(address("2001:db8::ffff")).is_some());
        drop(places);
        assert!(room.nobodys().is_empty());
        assert_eq!(room.places.available_permits(), 100);
    }

    #[test]
    fn there_are_so_many_places_and_no_more() {
        let room = Room::new(2);
        let places = [room.for_somebody(), room.for_nobody([192, 0, 2, 1].into())];
        assert!(places.iter().all(Option::is_some));
        assert!(room.for_somebody().is_none() && room.for_nobody([192, 0, 2, 2].into()).is_none());
        drop(places);
        assert!(room.for_somebody().is_some());
    }
}
