//! A person's own data, to take along.

use domain::Actor;
use protocol::ConversationId;
use serde_json::Value;
use uuid::Uuid;

use crate::common::TestDomain;

async fn export(t: &TestDomain, actor: &Actor) -> (Value, usize) {
    let mut export = t.accounts().export(actor).await.unwrap();
    let (mut text, mut longest) = (String::new(), 0);
    while let Some(piece) = export.next().await.unwrap() {
        longest = longest.max(piece.len());
        text.push_str(&piece);
    }
    assert_eq!(export.next().await.unwrap(), None);
    (serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}")), longest)
}

async fn say(t: &TestDomain, actor: Actor, conversation: ConversationId, body: &str) {
    t.messages().send(actor, Uuid::now_v7().into(), conversation, body).await.unwrap();
}

fn bodies(conversation: &Value) -> Vec<&str> {
    let messages = conversation["messages"].as_array().unwrap();
    messages.iter().map(|message| message["body"].as_str().unwrap()).collect()
}

both_databases! {
    async fn it_has_all_of_the_persons_and_nothing_of_others(t: TestDomain) {
        let (ada, ben, eve) = (t.with_user("ada").await, t.with_user("ben").await, t.with_user("eve").await);
        t.open_session(ada, 1).await;
        t.open_session(ben, 2).await;
        t.execute("UPDATE users SET display_name = 'Ada King', bio = 'a \"b\"' WHERE username = 'ada'", []).await;
        let pair = |one: &Actor, other: &Actor| {
            let (one, other) = (one.user.uuid(), other.user.uuid());
            (one.min(other), one.max(other))
        };
        for (other, state, asked_by) in [(&ben, 1, &ada), (&eve, 0, &eve)] {
            let (low, high) = pair(&ada, other);
            let insert = format!("INSERT INTO friendships VALUES ($1, $2, {state}, $3, 5, 7)");
            t.execute(&insert, [low.into(), high.into(), asked_by.user.uuid().into()]).await;
        }

        let direct = t.conversations().start_direct(&ben, "ada").await.unwrap();
        let room = t.conversations().join_room(&ada, "tea house").await.unwrap();
        let left = t.conversations().join_room(&ada, "left").await.unwrap();
        let private = t.conversations().start_direct(&ben, "eve").await.unwrap();
        t.conversations().start_direct(&eve, "ada").await.unwrap();
        t.conversations().join_room(&ben, "tea house").await.unwrap();
        say(&t, ben, direct, "from ben").await;
        say(&t, ada, direct, "\"quoted\"\n\u{1f980}").await;
        say(&t, ben, room, "from ben, too").await;
        say(&t, ada, left, "goodbye").await;
        say(&t, ben, private, "not for ada").await;
        t.conversations().leave(&ada, left).await.unwrap();
        let block = "INSERT INTO blocks VALUES ($1, $2, 9)";
        t.execute(block, [ada.user.uuid().into(), eve.user.uuid().into()]).await;
        t.execute(block, [ben.user.uuid().into(), ada.user.uuid().into()]).await;

        let (data, _) = export(&t, &ada).await;
        assert_eq!(data["account"]["username"], "ada");
        assert_eq!(data["account"]["email"], "ada@example.org");
        assert_eq!((&data["profile"]["display_name"], &data["profile"]["bio"]), (&"Ada King".into(), &"a \"b\"".into()));
        assert_eq!(data["privacy"]["messages"], "everyone");
        assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
        for (list, name) in [("friends", "ben"), ("requests_received", "eve"), ("blocked", "eve")] {
            assert_eq!(data[list].as_array().unwrap().len(), 1, "{list}");
            assert_eq!(data[list][0]["username"], name, "{list}");
        }
        assert_eq!(data["requests_sent"].as_array().unwrap().len(), 0);
        let conversations = data["conversations"].as_array().unwrap();
        let of = |id: ConversationId| conversations.iter().find(|c| c["id"] == id.to_string()).unwrap();
        // One that somebody began and said nothing in is not known to the other.
        assert_eq!(conversations.len(), 3);
        assert_eq!((&of(direct)["with"], bodies(of(direct))), (&"ben".into(), vec!["\"quoted\"\n\u{1f980}"]));
        assert_eq!((&of(room)["name"], bodies(of(room)).len()), (&"tea house".into(), 0));
        assert_eq!((&of(left)["is_in_it"], bodies(of(left))), (&false.into(), vec!["goodbye"]));
        let text = data.to_string();
        for secret in ["from ben", "not for ada", "argon2", "password_hash", "token", "id_hash"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }

    async fn it_comes_in_pieces(t: TestDomain) {
        let mut t = t;
        // More messages at once than a person may send.
        t.reopen(|config| config.limits = false).await;
        let ada = t.with_user("ada").await;
        let mut rooms = Vec::new();
        for n in 0..120 {
            rooms.push(t.conversations().join_room(&ada, &format!("room {n}")).await.unwrap());
        }
        let body = "x".repeat(1_000);
        let room = rooms[7];
        let t = &t;
        let sends = (0..1_000).map(|n| {
            let body = format!("{n} {body}");
            async move { say(t, ada, room, &body).await }
        });
        futures::future::join_all(sends).await;
        let (data, longest) = export(t, &ada).await;
        let conversations = data["conversations"].as_array().unwrap();
        assert_eq!(conversations.len(), 120);
        let said: usize = conversations.iter().map(|c| bodies(c).len()).sum();
        assert_eq!(said, 1_000);
        assert!(longest < 600_000, "{longest} bytes at once");
    }

    async fn an_account_without_anything_is_whole(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (data, _) = export(&t, &ada).await;
        assert_eq!(data["conversations"], serde_json::json!([]));
    }
}
