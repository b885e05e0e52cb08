//! Finding people, and what they say about themselves.

use protocol::{
    ErrorKind, Field,
    limits::SEARCH_MAX,
    privacy::{Privacy, WhoSees, WhoWrites},
    relationship::FriendStatus,
};

use super::{crowd, names, pair, store_ties};
use crate::common::{TestDomain, refused};

both_databases! {
    async fn search_finds_by_both_names_and_never_oneself(t: TestDomain) {
        let ada = t.with_user("Ada").await;
        for (name, shown) in [
            ("lovelace", "Ada the Elder"),
            ("adam", ""),
            ("x.adalbert", ""),
            ("emile", "Émile Zola"),
            ("per_cent", "100% Real"),
            ("percent", "No Tricks"),
        ] {
            let who = t.with_user(name).await;
            t.profiles().update(&who, shown, "", "").await.unwrap();
        }
        let gone = t.with_user("adagone").await;
        t.execute("UPDATE users SET deleted_at = 1 WHERE id = $1", [gone.user.uuid().into()]).await;
        let search = async |text| {
            let found = t.relationships().search(&ada, text).await.unwrap();
            names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        for (text, expected) in [
            // What begins with it first: usernames, then names.
            ("ada", vec!["adam", "lovelace", "x.adalbert"]),
            (" @ADAM ", vec!["adam"]),
            ("the elder", vec!["lovelace"]),
            ("émile", vec!["emile"]),
            ("ÉMILE", vec!["emile"]),
            ("zola", vec!["emile"]),
            ("r_c", vec!["per_cent"]),
            ("0%", vec!["per_cent"]),
            (r"\%", vec![]),
            ("' OR ''='", vec![]),
            ("adagone", vec![]),
        ] {
            assert_eq!(search(text).await, expected, "{text}");
        }
        assert_eq!(refused(t.relationships().search(&ada, "@").await), ErrorKind::Required.on(Field::Search));
        assert_eq!(refused(t.relationships().search(&ada, "a").await), ErrorKind::TooShort { min: 2 }.on(Field::Search));
        let crowd = crowd(&t, SEARCH_MAX + 5).await;
        store_ties(&t, ada.user, &crowd[..1], 1).await;
        let found = t.relationships().search(&ada, "crowd").await.unwrap();
        assert_eq!(found.len(), usize::try_from(SEARCH_MAX).unwrap());
        assert_eq!(found.iter().find(|found| found.person.username == "crowd0").unwrap().friend_status, FriendStatus::Friends);
    }

    async fn people_are_found_without_accents_and_capitals(t: TestDomain) {
        let ada = t.with_user("ada").await;
        for (name, shown) in [("u.jose", "Jose\u{301} Núñez"), ("u.lukasz", "Łukasz Żak"), ("u.hindi", "हिन्दी")] {
            let who = t.with_user(name).await;
            t.profiles().update(&who, shown, "", "").await.unwrap();
        }
        let search = async |text| {
            let found = t.relationships().search(&ada, text).await.unwrap();
            names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("jose n", vec!["u.jose"]),
            ("JOSÉ", vec!["u.jose"]),
            ("Jose\u{301}", vec!["u.jose"]),
            ("nunez", vec!["u.jose"]),
            ("łukasz", vec!["u.lukasz"]),
            ("lukasz z", vec!["u.lukasz"]),
            // A username has no accents; who looks for one may type them.
            ("ú.lú", vec!["u.lukasz"]),
            ("हिन्दी", vec!["u.hindi"]),
            ("हन", vec![]),
            // Marks alone are in no name, rather than in every one.
            ("\u{301}\u{302}", vec![]),
        ] {
            assert_eq!(search(text).await, expected, "{text}");
        }
        // As it was typed, but composed.
        let jose = t.relationships().profile(&ada, "u.jose").await.unwrap();
        assert_eq!(jose.user.name(), "José Núñez");
    }

    async fn friends_are_in_order_whatever_their_accents(t: TestDomain) {
        let ada = t.with_user("ada").await;
        let mut friends = Vec::new();
        for (name, shown) in [("u.1", "Zoe"), ("u.2", "Émile"), ("u.3", "Dan"), ("u.4", "fay")] {
            let who = t.with_user(name).await;
            t.profiles().update(&who, shown, "", "").await.unwrap();
            friends.push(who.user.uuid());
        }
        store_ties(&t, ada.user, &friends, 1).await;
        let circle = t.relationships().contacts(&ada).await.unwrap();
        assert_eq!(names(&circle.friends), ["u.3", "u.2", "u.4", "u.1"]);
    }

    async fn a_profile_is_found_however_it_is_spelt(t: TestDomain) {
        let (ada, _) = pair(&t).await;
        t.execute("UPDATE users SET bio = $1, pronouns = $2 WHERE username = 'ben'", ["Hi.".into(), "he/him".into()]).await;
        let profile = t.relationships().profile(&ada, "@BEN").await.unwrap();
        assert_eq!((profile.bio.as_str(), profile.pronouns.as_str()), ("Hi.", "he/him"));
        assert_eq!((profile.friend_status, profile.blocked), (FriendStatus::None, false));
        assert_eq!(t.relationships().profile(&ada, "ada").await.unwrap().user.id, ada.user);
        t.execute("UPDATE users SET deleted_at = 1 WHERE username = 'ben'", []).await;
        for name in ["ben", "", "@", "nobody"] {
            assert_eq!(refused(t.relationships().profile(&ada, name).await), ErrorKind::NotFound.on(Field::Username));
        }
    }

    async fn privacy_is_kept(t: TestDomain) {
        let ada = t.with_user("ada").await;
        assert_eq!(t.accounts().me(&ada).await.unwrap().privacy, Privacy::default());
        for privacy in [
            Privacy { messages: WhoWrites::Acquaintances, presence: WhoSees::Friends, receipts: false },
            Privacy { messages: WhoWrites::Friends, presence: WhoSees::Nobody, receipts: true },
            Privacy::default(),
        ] {
            t.relationships().set_privacy(&ada, privacy).await.unwrap();
            assert_eq!(t.accounts().me(&ada).await.unwrap().privacy, privacy);
        }
    }
}
