//! The transaction that changes conversations.
//!
//! Everything that members see of a conversation is changed through [`ConversationTx`]: messages, members, read
//! positions. It locks the conversations, gives every change the next revision, writes the rows, and after the commit
//! tells the members. Nothing can be stored without being told, and nothing is told that is not on disk.

mod load;
mod membership;
mod state;
mod write;

use std::{collections::BTreeMap, sync::Arc};

use protocol::{ConversationId, ErrorKind, UserId, UserSummary};

pub(crate) use self::state::Conversation;
pub(super) use self::{
    membership::unread,
    state::{left, listed},
};
use crate::{
    Domain, Result,
    db::{Db, Transaction},
    live::{Bus, delta},
    users::lookup::share_by_id,
};

/// A transaction that changes conversations. Without [`commit`](Self::commit) nothing of it is stored or told.
#[derive(Debug)]
pub(crate) struct ConversationTx {
    txn: Transaction,
    bus: Arc<dyn Bus>,
    // Ordered by id: every node locks and writes them in the same order, so that two transactions do not deadlock.
    conversations: BTreeMap<ConversationId, Conversation>,
}

impl ConversationTx {
    /// Begins a transaction, whose changes are told on the bus.
    ///
    /// # Errors
    /// The database's error.
    pub async fn begin(db: &Db, bus: &Arc<dyn Bus>) -> Result<Self> {
        Ok(Self { txn: db.begin().await?, bus: bus.clone(), conversations: BTreeMap::new() })
    }

    /// Begins a transaction of a service.
    ///
    /// # Errors
    /// The database's error.
    pub async fn of(domain: &Domain) -> Result<Self> {
        Self::begin(domain.db(), &domain.0.bus).await
    }

    /// Returns the database's transaction, for reading, and for tables that belong to no conversation.
    pub fn db(&self) -> &Transaction {
        &self.txn
    }

    /// Returns a conversation that was locked.
    pub fn conversation(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.conversations.get_mut(&id)
    }

    /// Returns a conversation that was locked.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there was none with this id.
    pub fn locked(&mut self, id: ConversationId) -> Result<&mut Conversation> {
        self.conversation(id).ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Returns the conversations that were locked, in the order of their ids.
    pub fn conversations(&mut self) -> impl Iterator<Item = &mut Conversation> {
        self.conversations.values_mut()
    }

    /// Returns a user whose account is not deleted while this transaction runs; `None` if it was deleted, and must not
    /// join anything any more.
    ///
    /// # Errors
    /// The database's error.
    pub async fn user(&self, id: UserId) -> Result<Option<UserSummary>> {
        Ok(share_by_id(&self.txn, id.uuid()).await?.map(Into::into))
    }

    /// Writes everything, commits, and tells the members.
    ///
    /// # Errors
    /// The database's error. Nothing is told then; after a lost connection something may be stored nevertheless.
    pub async fn commit(self) -> Result<()> {
        let Self { txn, bus, mut conversations } = self;
        write::count_own(&txn, &mut conversations).await?;
        write::write(&txn, &mut conversations).await?;
        txn.commit().await?;
        for conversation in conversations.into_values() {
            let told = conversation.into_told();
            told.memberships.into_iter().for_each(|envelope| bus.publish(envelope));
            if let Some(changes) = told.delta {
                delta::publish(&*bus, told.to, changes);
            }
            told.reads.into_iter().for_each(|envelope| bus.publish(envelope));
        }
        Ok(())
    }
}
