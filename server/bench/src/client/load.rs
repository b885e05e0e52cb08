//! A load: virtual users that send and receive together.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use protocol::{ConversationId, Rev};
use tokio::{
    sync::mpsc::{self, UnboundedSender},
    task::{JoinHandle, spawn_local},
    time::sleep,
};

use super::{
    audit::Fault,
    socket::connect,
    virtual_user::{Behavior, Order, Outcome, Place, Shared, VirtualUser},
};
use crate::error::{Context, Result};

/// The size of the read buffer, in bytes: large enough for a frame of a busy room.
const READ_BUFFER: usize = 64 * 1024;
/// The longest that messages may take to arrive after the load has stopped.
const SETTLE: Duration = Duration::from_secs(20);
/// The time after which a receiver requests missing messages, once nobody sends any more.
const PATIENCE: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(20);

/// Connected sockets that know the position of their conversation. Needs a [`LocalSet`](tokio::task::LocalSet).
#[derive(Debug)]
pub struct Load {
    shared: Rc<Shared>,
    seats: Vec<Handle>,
}

#[derive(Debug)]
struct Handle {
    orders: UnboundedSender<Order>,
    conversation: ConversationId,
    rev: Rc<Cell<Rev>>,
    task: JoinHandle<Result<Outcome>>,
}

/// The results of a load.
#[derive(Debug, Default)]
pub struct Tally {
    /// The lost, doubled and reordered messages.
    pub fault: Fault,
    /// The number of times a receiver was behind and requested changes.
    pub asked: u64,
    /// The number of messages that a receiver was too far behind to receive; a client would load the newest page
    /// instead.
    pub left_out: u64,
    /// The nanoseconds from send to receive, for each message and receiver.
    pub latencies: Vec<u64>,
}

impl Load {
    /// Connects one socket per cookie. `role` returns the behavior of each, and whether it reads every message.
    ///
    /// # Errors
    /// Returns an error if the server refuses one.
    pub async fn gather(
        address: SocketAddr,
        cookies: &[String],
        place: Place,
        role: impl Fn(usize) -> (Behavior, bool),
    ) -> Result<Self> {
        let shared = Rc::new(Shared {
            began: Instant::now(),
            stopped: Cell::default(),
            sent: Cell::default(),
            stored: Cell::default(),
            heard: Cell::default(),
            latencies: RefCell::default(),
            acknowledged: RefCell::default(),
        });
        let mut seats = Vec::with_capacity(cookies.len());
        for (n, cookie) in cookies.iter().enumerate() {
            let (habit, is_auditor) = role(n);
            let socket = connect(address, cookie, READ_BUFFER).await?;
            let seat = VirtualUser::take_place(socket, (place, habit, is_auditor), shared.clone()).await?;
            let (orders, received) = mpsc::unbounded_channel();
            let (conversation, rev) = (seat.conversation(), seat.rev());
            seats.push(Handle { orders, conversation, rev, task: spawn_local(seat.run(received)) });
        }
        Ok(Self { shared, seats })
    }

    /// Returns the number of virtual users.
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Tells one of them to send a message.
    pub fn speak(&self, n: usize) {
        if let Some(seat) = self.seats.get(n) {
            // A virtual user whose socket broke does not listen; `finish` returns the reason.
            seat.orders.send(Order::Speak).ok();
        }
    }

    /// Returns the number of messages that were acknowledged so far.
    pub fn stored(&self) -> u64 {
        self.shared.stored.get()
    }

    /// Returns the number of messages that users with [`Behavior::Answer`] received so far.
    pub fn heard(&self) -> u64 {
        self.shared.heard.get()
    }

    /// Starts recording the latency of each message.
    pub fn record_latencies(&self) {
        self.shared.latencies.replace(Some(Vec::new()));
    }

    /// Stops the load, waits until everything has arrived and returns the results.
    ///
    /// # Errors
    /// Returns an error if a socket broke or a message was never answered.
    pub async fn finish(self) -> Result<Tally> {
        self.shared.stopped.set(true);
        // A message that is still sent after this instant was already being processed by a virtual user.
        sleep(POLL).await;
        self.wait_for_answers().await?;
        self.wait_for_receivers().await;
        let Self { shared, seats } = self;
        let acknowledged = shared.acknowledged.take();
        let mut tally = Tally { latencies: shared.latencies.take().unwrap_or_default(), ..Tally::default() };
        for Handle { orders, conversation, task, .. } in seats {
            drop(orders);
            let outcome = task.await.context("a member of the crowd")??;
            tally.add(outcome, conversation, &acknowledged);
        }
        Ok(tally)
    }

    async fn wait_for_answers(&self) -> Result<()> {
        let began = Instant::now();
        while self.shared.stored.get() < self.shared.sent.get() {
            if self.seats.iter().any(|seat| seat.task.is_finished()) {
                // Its error says more than the number of missing messages.
                return Ok(());
            }
            if began.elapsed() > SETTLE {
                let missing = self.shared.sent.get() - self.shared.stored.get();
                return Err(format!("{missing} messages were never answered").into());
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    async fn wait_for_receivers(&self) {
        let began = Instant::now();
        let mut asked = Instant::now();
        loop {
            let behind: Vec<&Handle> = self.seats.iter().filter(|seat| self.is_behind(seat)).collect();
            if behind.is_empty() || began.elapsed() > SETTLE {
                return;
            }
            if asked.elapsed() > PATIENCE {
                asked = Instant::now();
                for seat in behind {
                    seat.orders.send(Order::CatchUp).ok();
                }
            }
            sleep(POLL).await;
        }
    }

    fn is_behind(&self, seat: &Handle) -> bool {
        let acknowledged = self.shared.acknowledged.borrow();
        acknowledged.get(&seat.conversation).is_some_and(|(rev, _)| seat.rev.get() < *rev) && !seat.task.is_finished()
    }
}

impl Tally {
    fn add(
        &mut self,
        outcome: Outcome,
        conversation: ConversationId,
        acknowledged: &HashMap<ConversationId, (Rev, Vec<protocol::MessageId>)>,
    ) {
        let Outcome { track, audit, fault } = outcome;
        self.asked += track.asked;
        self.left_out += track.left_out;
        self.fault = self.fault.and(fault);
        self.fault.doubled += track.doubled;
        let Some((goal, ids)) = acknowledged.get(&conversation) else { return };
        match audit {
            Some(audit) => {
                let mut found = audit.finish(ids);
                // Messages that it would have loaded with the newest page are not lost.
                found.lost = found.lost.saturating_sub(track.left_out);
                self.fault = self.fault.and(found);
            }
            None => self.fault.lost += u64::try_from(goal.0 - track.rev().0).unwrap_or(0),
        }
    }
}
