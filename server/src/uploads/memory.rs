//! The memory for uploaded files, and each user's share of it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use protocol::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The bytes of one piece, the unit in which memory is counted.
const PIECE: u64 = 64 * 1024;
/// The pieces that a connection uses besides the file while it is read: half a megabyte.
const CONNECTION: u32 = 8;
/// The most pieces for all files together: 96 MiB, four of the largest files. Together with one more that its decoder
/// is copying, this stays below 128 MiB.
const PIECES: usize = 1_536;
/// The size up to which files count as small, in bytes. Small files have a limit of their own: pages make photos
/// smaller before they send them, and need not wait for four large files that arrive slowly.
const SMALL: u64 = 512 * 1024;
/// The most pieces for all small files together: 8 MiB.
const SMALL_PIECES: usize = 128;

/// The memory for uploaded files, and the users who are sending one.
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
    /// Returns the turn of a user, who sends one file at a time; `None` while another file of theirs is being sent.
    pub fn turn(&self, sender: UserId) -> Option<Turn> {
        let is_first = self.0.senders.lock().unwrap_or_else(PoisonError::into_inner).insert(sender);
        is_first.then(|| Turn { uploads: self.clone(), sender })
    }

    /// Waits for memory for a body of this many bytes.
    pub async fn room(&self, length: u64) -> Option<OwnedSemaphorePermit> {
        let all = if length <= SMALL { &self.0.small } else { &self.0.large };
        let pieces = u32::try_from(length.div_ceil(PIECE)).ok()?.saturating_add(CONNECTION);
        Arc::clone(all).acquire_many_owned(pieces).await.ok()
    }
}

/// A user's turn, which ends when this is dropped.
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
