//! Profiles, and who hears of a change.

use domain::live::{Connection, Outgoing};
use image::{ImageFormat, load_from_memory};
use protocol::{ErrorKind, Field, PictureId, UserSummary, limits::PICTURE_SIZES, live::ServerFrame};
use uuid::Uuid;

use crate::{
    common::{PASSWORD, TestDomain, refused},
    pictures::files::{encode, jpeg, quarters},
};

/// The cards that a socket heard of since it was last asked. What else it heard is left out.
fn heard(socket: &mut Connection) -> Vec<UserSummary> {
    let mut cards = Vec::new();
    while let Some(next) = socket.try_recv() {
        let Outgoing::Text(text) = next else { panic!("{next:?}") };
        if let ServerFrame::UsersChanged { people } = serde_json::from_slice(&text).unwrap() {
            cards.extend(people);
        }
    }
    cards
}

both_databases! {
    async fn a_profile_is_what_was_written(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let own = t.profiles().own(&ada).await.unwrap();
        assert_eq!((own.user, own.bio.as_str(), own.pronouns.as_str()), (UserSummary::new(ada.user, "ada".into()), "", ""));

        t.profiles().update(&ada, " Ada\u{202e} King ", "Numbers,\r\nmostly.", "she/her").await.unwrap();
        let own = t.profiles().own(&ada).await.unwrap();
        assert_eq!(own.user.name(), "Ada King");
        assert_eq!((own.bio.as_str(), own.pronouns.as_str()), ("Numbers,\nmostly.", "she/her"));
        assert_eq!(t.accounts().me(&ada).await.unwrap().user, own.user);

        t.profiles().update(&ada, "", "", "").await.unwrap();
        assert_eq!(t.profiles().own(&ada).await.unwrap().user.name(), "ada");
    }

    async fn what_is_too_long_changes_nothing(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let (long, profiles) = ("x".repeat(301), t.profiles());
        let refusals = [
            (refused(profiles.update(&ada, &long, "b", "p").await), Field::DisplayName, 50),
            (refused(profiles.update(&ada, "d", &long, "p").await), Field::Bio, 300),
            (refused(profiles.update(&ada, "d", "b", &long).await), Field::Pronouns, 30),
        ];
        for (error, field, max) in refusals {
            assert_eq!(error, ErrorKind::TooLong { max }.on(field));
        }
        assert_eq!(profiles.own(&ada).await.unwrap().user.name(), "ada");
        t.execute("UPDATE users SET deleted_at = 1", []).await;
        assert_eq!(refused(profiles.update(&ada, "d", "b", "p").await).kind, ErrorKind::Unauthenticated);
        assert_eq!(refused(profiles.own(&ada).await).kind, ErrorKind::Unauthenticated);
    }

    async fn a_picture_replaces_the_one_before(t: TestDomain) {
        let (ada, ben) = (t.with_user("ada").await, t.with_user("ben").await);
        let profiles = t.profiles();
        let first = profiles.set_picture(&ada, jpeg(&quarters(300, 200))).await.unwrap().picture.unwrap();
        for size in PICTURE_SIZES {
            let file = profiles.picture(&ben, first, size).await.unwrap().unwrap();
            assert_eq!(load_from_memory(&file).unwrap().width(), size);
        }
        for size in [0, 95, 97, 70_000, u32::MAX] {
            assert_eq!(profiles.picture(&ben, first, size).await.unwrap(), None);
        }
        assert_eq!(profiles.picture(&ben, PictureId::from(Uuid::now_v7()), 96).await.unwrap(), None);

        let png = encode(&quarters(40, 40).into(), ImageFormat::Png);
        let second = profiles.set_picture(&ada, png).await.unwrap().picture.unwrap();
        assert_ne!(first, second);
        assert_eq!(profiles.picture(&ben, first, 96).await.unwrap(), None);
        assert_eq!(t.count("pictures").await, 2);
        assert_eq!(t.accounts().find(&ben, "ada").await.unwrap().picture, Some(second));

        // What is no picture leaves things as they are.
        assert_eq!(refused(profiles.set_picture(&ada, b"<svg>").await), ErrorKind::Unsupported.on(Field::Picture));
        assert_eq!(profiles.own(&ada).await.unwrap().user.picture, Some(second));

        assert_eq!(profiles.remove_picture(&ada).await.unwrap().picture, None);
        assert_eq!(profiles.remove_picture(&ada).await.unwrap().picture, None);
        assert_eq!(t.count("pictures").await, 0);
    }

    async fn of_two_pictures_at_once_one_is_left(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let profiles = t.profiles();
        let file = jpeg(&quarters(64, 64));
        let set = || async { profiles.set_picture(&ada, file.clone()).await.unwrap().picture.unwrap() };
        let both = futures::future::join(set(), set()).await;
        let left = profiles.own(&ada).await.unwrap().user.picture.unwrap();
        assert!(both.0 == left || both.1 == left);
        assert_eq!(t.count("pictures").await, 2);
        assert!(profiles.picture(&ada, left, 96).await.unwrap().is_some());
    }

    async fn who_may_see_a_card_hears_of_another_name_and_nobody_else(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut others = Vec::new();
        for name in ["ben", "cleo", "dan", "eve", "finn"] {
            others.push(t.with_user(name).await);
        }
        let [ben, cleo, dan, eve, finn] = others[..] else { unreachable!() };
        t.conversations().start_direct(&ben, "ada").await.unwrap();
        for who in [ada, cleo, dan] {
            t.conversations().join_room(&who, "tea house").await.unwrap();
        }
        let room = t.conversations().join_room(&dan, "tea house").await.unwrap();
        t.conversations().leave(&dan, room).await.unwrap();
        // Friends who share no conversation; the other has only asked.
        for (who, state) in [(eve, 1_i16), (finn, 0)] {
            let (low, high) = (ada.user.uuid().min(who.user.uuid()), ada.user.uuid().max(who.user.uuid()));
            let values = [low.into(), high.into(), state.into(), who.user.uuid().into(), 1_i64.into(), 1_i64.into()];
            t.execute("INSERT INTO friendships (low_id, high_id, state, asked_by, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6)", values).await;
        }
        let mut sockets = Vec::new();
        for who in [ada, ben, cleo, eve, dan, finn] {
            sockets.push(t.connect(&who).await.unwrap());
        }
        let hear = |sockets: &mut Vec<Connection>| {
            sockets.iter_mut().map(|socket| heard(socket).pop()).collect::<Vec<_>>()
        };

        t.profiles().update(&ada, "Ada King", "", "").await.unwrap();
        let card = Some(t.profiles().own(&ada).await.unwrap().user);
        let expected = |card: &Option<UserSummary>| vec![card.clone(), card.clone(), card.clone(), card.clone(), None, None];
        assert_eq!(hear(&mut sockets), expected(&card));

        let card = Some(t.profiles().set_picture(&ada, jpeg(&quarters(64, 64))).await.unwrap());
        assert_eq!(card.as_ref().unwrap().name(), "Ada King");
        assert_eq!(hear(&mut sockets), expected(&card));

        t.accounts().change_username(&ada, "countess", PASSWORD).await.unwrap();
        let card = Some(t.profiles().own(&ada).await.unwrap().user);
        assert_eq!(card.as_ref().unwrap().username, "countess");
        assert_eq!(hear(&mut sockets), expected(&card));

        // What is on no card concerns no other page.
        t.profiles().update(&ada, "Ada King", "Numbers", "she/her").await.unwrap();
        assert_eq!(hear(&mut sockets), vec![None; 6]);
    }
}
