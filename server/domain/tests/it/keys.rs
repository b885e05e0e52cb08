//! What earlier versions stored of names is brought up to date when the domain is opened.

use uuid::Uuid;

use crate::common::TestDomain;

both_databases! {
    async fn people_from_before_are_found_without_accents(t: TestDomain) {
        let mut t = t;
        let (ada, jose) = (t.with_user("ada").await, t.with_user("u.jose").await);
        t.execute(
            "UPDATE users SET display_name = $1, display_key = NULL WHERE id = $2",
            ["José".into(), jose.user.uuid().into()],
        )
        .await;
        assert_eq!(t.relationships().search(&ada, "jose n").await.unwrap(), []);
        t.reopen(|_| ()).await;
        assert_eq!(t.relationships().search(&ada, "José").await.unwrap()[0].person.id, jose.user);
        assert_eq!(t.number("SELECT COUNT(*) FROM users WHERE display_key IS NULL").await, 0);
    }

    async fn rooms_from_before_keep_their_names(t: TestDomain) {
        let mut t = t;
        let ada = t.with_user("ada").await;
        let mut rooms = Vec::new();
        // Both were rooms of their own before: no mark made a difference, and width did.
        for (name, key) in [("Tea House", "room:tea-house"), ("ＴＥＡ ｈｏｕｓｅ", "room:ｔｅａ-ｈｏｕｓｅ"), ("हिन्दी", "room:हिन्दी")] {
            let room = t.conversations().join_room(&ada, &format!("{name} x")).await.unwrap();
            t.execute(
                "UPDATE conversations SET name = $1, unique_key = $2 WHERE id = $3",
                [name.into(), key.into(), room.uuid().into()],
            )
            .await;
            rooms.push(room);
        }
        t.reopen(|_| ()).await;
        assert_eq!(t.conversations().join_room(&ada, "tea house").await.unwrap(), rooms[0]);
        assert_eq!(t.conversations().join_room(&ada, "ＴＥＡ ｈｏｕｓｅ").await.unwrap(), rooms[0]);
        assert_eq!(t.conversations().join_room(&ada, "हिन्दी").await.unwrap(), rooms[2]);
        // Who was in the other one still is.
        t.messages().send(ada, Uuid::now_v7().into(), rooms[1], "still here").await.unwrap();
        assert_eq!(t.count("conversations").await, 3);
        t.reopen(|_| ()).await;
        assert_eq!(t.count("conversations").await, 3);
    }
}
