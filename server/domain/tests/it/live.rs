//! What sockets hear: frames in order, for members only, and a resync when something was left out.

use domain::{
    Actor,
    live::{Connection, Envelope, Outgoing, To},
};
use protocol::{
    ConversationId, ErrorKind, Rev, Seq,
    live::{Change, Delta, ReadPosition, ServerFrame, close},
    relationship::RelationshipAction,
};
use uuid::Uuid;

use crate::common::{TestDomain, members, refused, texts, who_left};

fn frame(next: Outgoing) -> ServerFrame {
    match next {
        Outgoing::Text(text) => serde_json::from_slice(&text).unwrap(),
        Outgoing::Close(code, reason) => panic!("closed: {code} {reason}"),
    }
}

async fn heard(socket: &mut Connection) -> ServerFrame {
    let next = tokio::time::timeout(std::time::Duration::from_secs(30), socket.recv()).await;
    frame(next.expect("something is heard").unwrap())
}

async fn delta(socket: &mut Connection) -> Delta {
    loop {
        match heard(socket).await {
            ServerFrame::Delta(delta) => return delta,
            ServerFrame::Read { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn say(t: &TestDomain, actor: Actor, conversation: ConversationId, body: &str) {
    t.messages().send(actor, Uuid::now_v7().into(), conversation, body).await.unwrap();
}

both_databases! {
    async fn members_hear_what_is_said_and_by_whom(t: TestDomain) {
        let (ada, ben, eve) = (t.with_user("ada").await, t.with_user("ben").await, t.with_user("eve").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let (mut to_ben, mut to_eve) = (t.connect(&ben).await.unwrap(), t.connect(&eve).await.unwrap());
        let mut to_ada = t.connect(&ada).await.unwrap();
        say(&t, ada, id, "hello").await;
        for socket in [&mut to_ben, &mut to_ada] {
            let delta = delta(socket).await;
            assert_eq!((delta.conversation, delta.since, delta.rev), (id, Rev(2), Rev(3)));
            assert_eq!(texts(&delta), ["hello"]);
            assert_eq!(delta.users[0].username, "ada");
        }
        assert_eq!(to_eve.try_recv(), None);
    }

    async fn events_follow_each_other_without_holes(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let mut to_ben = t.connect(&ben).await.unwrap();
        let messages = t.messages();
        futures::future::join_all((0..100).map(|n| async move {
            messages.send(ada, Uuid::now_v7().into(), id, &n.to_string()).await.unwrap()
        }))
        .await;
        let (mut at, mut seqs) = (Rev(2), Vec::new());
        while at < Rev(102) {
            let delta = delta(&mut to_ben).await;
            assert_eq!(delta.since, at);
            at = delta.rev;
            seqs.extend(delta.messages().map(|m| m.seq.0));
        }
        assert_eq!(seqs, (1..=100).collect::<Vec<_>>());
    }

    async fn a_socket_that_is_already_open_follows_what_begins_later(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let mut to_ben = t.connect(&ben).await.unwrap();
        let direct = t.conversations().start_direct(&ada, "ben").await.unwrap();
        assert_eq!(to_ben.try_recv(), None);
        say(&t, ada, direct, "hello").await;
        assert_eq!(delta(&mut to_ben).await.conversation, direct);

        let room = t.conversations().join_room(&ben, "tea house").await.unwrap();
        let joined = delta(&mut to_ben).await;
        assert_eq!((joined.conversation, members(&joined)[0].user.id, joined.members), (room, ben.user, Some(1)));
    }

    async fn who_left_hears_nothing_more(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        t.conversations().leave(&ben, room).await.unwrap();
        assert_eq!(heard(&mut to_ben).await, ServerFrame::Gone { conversation: room });
        let left = delta(&mut to_ada).await;
        assert_eq!((who_left(&left), left.members), (vec![ben.user], Some(1)));
        say(&t, ada, room, "alone").await;
        assert_eq!(to_ben.try_recv(), None);
    }

    async fn own_sockets_hear_how_far_one_read_and_others_only_in_direct(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let direct = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        for id in [direct, room] {
            say(&t, ada, id, "one").await;
            say(&t, ada, id, "two").await;
        }
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        t.messages().seen(ben, room, Seq(1)).await.unwrap();
        let read = |conversation, seen, unread| ServerFrame::Read { conversation, seen: Seq(seen), unread, last_seq: Seq(2) };
        assert_eq!(heard(&mut to_ben).await, read(room, 1, 1));
        assert_eq!(to_ada.try_recv(), None, "reading in a room is nobody's business");

        t.messages().seen(ben, direct, Seq(2)).await.unwrap();
        let receipt = delta(&mut to_ada).await;
        let position = ReadPosition { user: ben.user, delivered_seq: Seq(2), seen_seq: Seq(2), rev: receipt.rev };
        assert_eq!((receipt.conversation, &receipt.changes[..]), (direct, &[Change::ReadPosition(position)][..]));
        assert_eq!(delta(&mut to_ben).await, receipt);
        assert_eq!(heard(&mut to_ben).await, read(direct, 2, 0));
        // Again: nothing changed, nothing is said.
        t.messages().seen(ben, direct, Seq(2)).await.unwrap();
        assert_eq!((to_ada.try_recv(), to_ben.try_recv()), (None, None));
    }

    async fn a_socket_that_does_not_read_is_told_to_resync(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let mut to_ben = t.connect(&ben).await.unwrap();
        let mut frames = 0;
        for n in 0..400 {
            say(&t, ada, id, &n.to_string()).await;
            frames += 1;
        }
        let mut last = None;
        let mut got = 0;
        while let Some(next) = to_ben.try_recv() {
            last = Some(frame(next));
            got += 1;
        }
        assert_eq!(last, Some(ServerFrame::Resync));
        assert!(got <= frames);
        // It goes on from there.
        say(&t, ada, id, "after").await;
        assert_eq!(texts(&delta(&mut to_ben).await), ["after"]);
    }

    async fn sockets_are_taken_out_when_they_close(t: TestDomain) {
        let ada = t.with_user("ada").await;
        t.conversations().join_room(&ada, "tea house").await.unwrap();
        let sockets = [t.connect(&ada).await.unwrap(), t.connect(&ada).await.unwrap()];
        assert_eq!(t.hub().sockets(), 2);
        drop(sockets);
        assert_eq!(t.hub().sockets(), 0);
    }

    async fn a_message_that_is_sent_again_is_told_again(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let message = Uuid::now_v7().into();
        let stored = t.messages().send(ada, message, id, "hello").await.unwrap();
        say(&t, ada, id, "more").await;
        // The news of it was lost: whether on the way or with the node that stored it, is the same to ben's page.
        let mut to_ben = t.connect(&ben).await.unwrap();
        assert_eq!(t.messages().send(ada, message, id, "hello").await.unwrap(), stored);
        let told = delta(&mut to_ben).await;
        assert_eq!(told, Delta::new(id, Rev(4), Rev(4)), "how far it has come");
        // Whoever the other takes no messages from any more gets the first answer, and what was stored is told.
        t.relationships().change(&ben, ada.user, RelationshipAction::Block).await.unwrap();
        while to_ben.try_recv().is_some() {}
        assert_eq!(t.messages().send(ada, message, id, "hello").await.unwrap(), stored);
        assert_eq!(delta(&mut to_ben).await.rev, Rev(4));
    }

    async fn what_a_node_never_heard_is_read_when_something_may_be_lost_and_when_a_client_asks(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        let mut bens_other = t.connect(&ben).await.unwrap();
        // As another node does it, whose word is lost.
        let set_present = async |present: bool| {
            let values = [present.into(), ben.user.uuid().into()];
            assert_eq!(t.execute("UPDATE members SET present = $1 WHERE user_id = $2", values).await, 1);
        };
        set_present(false).await;
        t.hub().deliver(&Envelope::bare(To::Resync));
        for socket in [&mut to_ada, &mut to_ben, &mut bens_other] {
            assert_eq!(heard(socket).await, ServerFrame::Resync);
        }
        say(&t, ada, room, "alone").await;
        assert_eq!(texts(&delta(&mut to_ada).await), ["alone"]);
        assert_eq!((to_ben.try_recv(), bens_other.try_recv()), (None, None));

        set_present(true).await;
        t.refresh(&to_ben.presence_handle()).await.unwrap();
        assert_eq!(to_ben.try_recv(), None, "it asks anyway");
        assert_eq!(heard(&mut bens_other).await, ServerFrame::Resync, "this one does not");
        say(&t, ada, room, "together").await;
        assert_eq!(texts(&delta(&mut to_ben).await), ["together"]);
        t.refresh(&to_ben.presence_handle()).await.unwrap();
        assert_eq!(texts(&delta(&mut bens_other).await), ["together"]);
        assert_eq!(bens_other.try_recv(), None, "nothing was wrong any more");
    }

    async fn a_session_whose_end_was_never_heard_is_looked_for(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let (first, second) = (t.open_session(ada, 1).await, t.open_session(ada, 2).await);
        let bens = t.open_session(ben, 3).await;
        let mut sockets = [
            t.connect_session(&ada, first).await.unwrap(),
            t.connect_session(&ada, second).await.unwrap(),
            t.connect_session(&ben, bens).await.unwrap(),
        ];
        assert_eq!(t.execute("DELETE FROM sessions WHERE handle = $1", [first.uuid().into()]).await, 1);
        t.hub().deliver(&Envelope::bare(To::Resync));
        let mut told = Vec::new();
        for socket in &mut sockets {
            let next = socket.recv().await.unwrap();
            told.push(next == Outgoing::Close(close::SESSION_ENDED, "the session ended"));
        }
        assert_eq!(told, [true, false, false]);
        let error = refused(t.connect_session(&ada, first).await);
        assert_eq!(error.kind, ErrorKind::Unauthenticated);
        assert_eq!(t.hub().sockets(), 3, "it was not let in");
        let error = refused(t.connect_session(&ben, second).await);
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "another's session");
    }

    async fn a_socket_that_lags_hears_that_its_session_ended(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let id = t.conversations().start_direct(&ada, "ben").await.unwrap();
        let mut to_ben = t.connect(&ben).await.unwrap();
        for n in 0..300 {
            say(&t, ada, id, &n.to_string()).await;
        }
        t.hub().deliver(&Envelope::bare(To::SessionsEnded(ben.user)));
        assert_eq!(to_ben.recv().await, Some(Outgoing::Close(close::SESSION_ENDED, "the session ended")));
        assert!(matches!(to_ben.recv().await, Some(Outgoing::Text(_))), "said once");
    }

    async fn what_was_stored_and_never_told_is_told_when_it_is_asked_for_again(t: TestDomain) {
        if !t.is_postgres() {
            return;
        }
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        t.conversations().join_room(&ben, "attic").await.unwrap();
        let (mut to_ada, mut to_ben) = (t.connect(&ada).await.unwrap(), t.connect(&ben).await.unwrap());
        // A node whose word reaches nobody is as good as one that died after the commit.
        let other = t.node().await;
        let direct = other.conversations().start_direct(&ada, "ben").await.unwrap();
        let room = other.conversations().join_room(&ada, "tea house").await.unwrap();
        let attic = t.conversations().join_room(&ben, "attic").await.unwrap();
        other.conversations().leave(&ben, attic).await.unwrap();
        assert_eq!(t.conversations().start_direct(&ada, "ben").await.unwrap(), direct);
        assert_eq!(t.conversations().join_room(&ada, "tea house").await.unwrap(), room);
        assert_eq!(refused(t.conversations().leave(&ben, attic).await).kind, ErrorKind::NotFound);
        say(&t, ada, direct, "hello").await;
        say(&t, ada, room, "alone").await;
        let said = async |socket: &mut Connection, conversation| loop {
            match heard(socket).await {
                ServerFrame::Delta(delta) if delta.conversation == conversation => return,
                // What they follow is also read again, and may be found to be something else.
                ServerFrame::Resync | ServerFrame::Gone { .. } => {}
                other => panic!("{other:?}"),
            }
        };
        said(&mut to_ada, direct).await;
        said(&mut to_ada, room).await;
        said(&mut to_ben, direct).await;
    }
}
