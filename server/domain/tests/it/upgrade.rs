//! Databases that earlier releases wrote are opened, and nothing of them is lost.
//!
//! The dumps in `data` were taken from servers of the release of 2026-11-27, used through their pages: ada, ben and eve
//! in a room, which eve left; ada and ben talking; ben with eve, without a message; a room with eve alone; finn, who wrote
//! last. On each database ids and times are different.

use protocol::{Content, ConversationKind, ErrorKind, Rev, Seq, message::PageQuery};
use uuid::Uuid;

use crate::common::{PASSWORD, TestDomain, members, refused, texts};

const SQLITE: &str = include_str!("../data/release-2026-11-27.sqlite.sql");
const POSTGRES: &str = include_str!("../data/release-2026-11-27.postgres.sql");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sqlite_file_of_an_earlier_release() {
    everything_is_there(TestDomain::sqlite_of(SQLITE).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_database_of_an_earlier_release() {
    everything_is_there(TestDomain::postgres_of(POSTGRES).await).await;
}

/// Makes the last step of the newest migration fail, and takes that back.
const HINDRANCE: [&str; 2] =
    ["ALTER TABLE conversations ADD COLUMN member_count integer", "ALTER TABLE conversations DROP COLUMN member_count"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_of_a_sqlite_file_that_fails_midway_is_made_later() {
    everything_is_there(TestDomain::sqlite_of_broken(SQLITE, HINDRANCE).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_of_a_postgresql_database_that_fails_midway_is_made_later() {
    everything_is_there(TestDomain::postgres_of_broken(POSTGRES, HINDRANCE).await).await;
}

async fn actor(t: &TestDomain, name: &str) -> domain::Actor {
    match t.accounts().sign_in(name, PASSWORD).await.unwrap() {
        domain::accounts::SignInOutcome::SignedIn(user) => domain::Actor::new(user),
        other => panic!("{other:?}"),
    }
}

async fn everything_is_there(t: TestDomain) {
    let (ada, ben, eve) = (actor(&t, "ada").await, actor(&t, "ben").await, actor(&t, "eve").await);
    t.check_counts().await;
    let rows = t.conversations().list(&ada).await.unwrap();
    let row = |title: &str| rows.iter().find(|row| row.title == title).unwrap();
    let room = row("Tea House");
    assert_eq!((rows.len(), room.kind, room.members), (2, ConversationKind::Room, 3));
    let last = room.last_message.as_ref().unwrap();
    assert_eq!((last.content.text(), room.last_author.as_ref().unwrap().name()), (Some("goodbye"), "finn"));
    let direct = row("ben");
    assert_eq!((direct.kind, direct.members, direct.last_seq), (ConversationKind::Direct, 2, Seq(3)));
    let preview = format!("{}…", "é".repeat(160));
    assert_eq!(direct.last_message.as_ref().unwrap().content, Content::Text(preview));

    // Messages, with what was added to them.
    let page = t.messages().page(&ada, room.id, PageQuery::Newest, 50).await.unwrap();
    assert_eq!(page.messages.len(), 5);
    assert!(page.messages.iter().all(|message| message.reply_to.is_none() && message.edited_at.is_none()));
    assert_eq!(page.messages[3].content.text(), Some(format!("{}the end", "word\n\n  ".repeat(60)).as_str()));
    let changes = t.messages().changes(&ben, direct.id, Rev::ZERO).await.unwrap();
    assert_eq!(texts(&changes)[..2], ["hello ben", "hello ada"]);
    assert_eq!(members(&changes).len(), 2);

    // Lists show what they showed.
    let bens: Vec<_> = t.conversations().list(&ben).await.unwrap().into_iter().map(|row| row.title).collect();
    assert_eq!(bens.len(), 3, "{bens:?}");
    let eves = t.conversations().list(&eve).await.unwrap();
    assert_eq!(eves.iter().map(|row| (row.title.as_str(), row.members)).collect::<Vec<_>>(), [("Empty", 1)]);
    assert_eq!(refused(t.conversations().summary(&eve, room.id).await).kind, ErrorKind::NotFound);

    // It goes on.
    let room = t.conversations().join_room(&eve, "tea house").await.unwrap();
    let stored = t.messages().send(eve, Uuid::now_v7().into(), room, "back").await.unwrap();
    assert_eq!(stored.seq, Seq(6));
    let row = t.conversations().summary(&ada, room).await.unwrap();
    assert_eq!((row.members, row.last_message.unwrap().content.text()), (4, Some("back")));
    t.check_counts().await;
}
