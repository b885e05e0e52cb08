//! The memory in which uploaded files are read, and each person's share of it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use protocol::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory is counted in pieces of so many bytes.
const PIECE: u64 = 64 * 1024;
/// What a connection holds besides the file while it is read, in pieces: half a megabyte.
const CONNECTION: u32 = 8;
/// All files together may take so many pieces at a time: 96 MiB, four of the largest. With one more that is being copied
/// by its decoder, it stays below 128 MiB.
const PIECES: usize = 1_536;
/// Files up to this size, in bytes, are counted by themselves: what pages send, which make photos smaller, need not wait
/// for four that send slowly.
const SMALL: u64 = 512 * 1024;
/// All small files together may take so many pieces: 8 MiB.
const SMALL_PIECES: usize = 128;

/// The memory in which files are read, and who sends one.
#[derive(Clone, Debug)]
pub struct Uploads(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    senders: Mutex<HashSet<UserId>>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self(Arc::new(Inner {
            small: Arc::new(Semaphore::new(SMALL_PIECES)),
            large: Arc::new(Semaphore::new(PIECES)),
            senders: Mutex::default(),
        }))
    }
}

impl Uploads {
    /// The turn of a person, who sends one file at a time. None while that is another.
    pub fn turn(&self, sender: UserId) -> Option<Turn> {
        let is_first = self.0.senders.lock().unwrap_or_else(PoisonError::into_inner).insert(sender);
        is_first.then(|| Turn { uploads: self.clone(), sender })
    }

    /// Waits for memory for a body of so many bytes.
    pub async fn room(&self, length: u64) -> Option<OwnedSemaphorePermit> {
        let all = if length <= SMALL { &self.0.small } else { &self.0.large };
        let pieces = u32::try_from(length.div_ceil(PIECE)).ok()?.saturating_add(CONNECTION);
        Arc::clone(all).acquire_many_owned(pieces).await.ok()
    }
}

/// A person's turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    uploads: Uploads,
    sender: UserId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.uploads.0.senders.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.sender);
    }
}

#[cfg(test)]
mod tests {
    use protocol::limits::PICTURE_MAX_BYTES;

    use super::*;

    #[tokio::test]
    async fn the_largest_fits_and_small_ones_do_not_wait_for_it() {
        let uploads = Uploads::default();
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(uploads.room(u64::from(PICTURE_MAX_BYTES) + PIECE).await.unwrap());
        }
        assert!(uploads.0.large.available_permits() < 330, "no fifth");
        assert!(uploads.room(SMALL).await.is_some());
    }

    #[test]
    fn a_turn_ends() {
        let (uploads, ada) = (Uploads::default(), UserId::from_parts(0, &[1; 10]));
        let turn = uploads.turn(ada).unwrap();
        assert!(uploads.turn(ada).is_none());
        assert!(uploads.turn(UserId::from_parts(0, &[2; 10])).is_some());
        drop(turn);
        assert!(uploads.turn(ada).is_some());
    }
}
