//! Services count what is done, whoever calls them and however.

use std::net::{IpAddr, Ipv4Addr};

use domain::{
    Actor, Client, Domain,
    accounts::{PendingSignIn, SignUp},
};
use futures::future::BoxFuture;
use protocol::{
    ConversationId, ErrorKind, Rev, Seq,
    live::Command,
    presence::{Availability, Expiry},
    privacy::Privacy,
    relationship::RelationshipAction,
};
use uuid::Uuid;

use crate::common::TestDomain;

/// A request to a service, which may be refused for any reason.
type Request = for<'a> fn(&'a Domain, Actor) -> BoxFuture<'a, domain::Result<()>>;

/// Makes a [`Request`] of an expression.
macro_rules! request {
    (|$domain:ident, $actor:ident| $call:expr) => {{
        fn request<'a>($domain: &'a Domain, $actor: Actor) -> BoxFuture<'a, domain::Result<()>> {
            Box::pin(async move { $call.map(drop) })
        }
        let request: Request = request;
        request
    }};
}

fn nowhere() -> ConversationId {
    Uuid::nil().into()
}

/// Requests of signed-in users, with the number that is allowed at once.
fn requests() -> Vec<(&'static str, usize, Request)> {
    vec![
        ("password", 10, request!(|d, actor| d.accounts().change_username(&actor, "other", "wrong password").await)),
        ("code", 5, request!(|d, actor| d.accounts().confirm_second_factor(&actor, "123456").await)),
        ("export", 5, request!(|d, actor| d.accounts().export(&actor).await)),
        ("search", 60, request!(|d, actor| d.relationships().search(&actor, "nobody").await)),
        ("profile", 60, request!(|d, actor| d.relationships().profile(&actor, "nobody").await)),
        ("start", 60, request!(|d, actor| d.conversations().start_direct(&actor, "nobody").await)),
        ("room", 60, request!(|d, actor| d.conversations().join_room(&actor, "").await)),
        (
            "befriend",
            60,
            request!(|d, actor| d.relationships().change(&actor, actor.user, RelationshipAction::Request).await),
        ),
        ("invite", 60, request!(|d, actor| d.relationships().renew_invite(&actor).await)),
        ("accept", 60, request!(|d, actor| d.relationships().accept_invite(&actor, "0").await)),
        ("profile update", 20, request!(|d, actor| d.profiles().update(&actor, "Ada", "", "").await)),
        ("picture", 20, request!(|d, actor| d.profiles().remove_picture(&actor).await)),
        ("status", 60, request!(|d, actor| d.presence().set_status(&actor, "", "away", Expiry::Never, 0).await)),
        ("availability", 60, request!(|d, actor| d.presence().set_availability(&actor, Availability::Busy).await)),
        ("privacy", 60, request!(|d, actor| d.relationships().set_privacy(&actor, Privacy::default()).await)),
        ("leave", 60, request!(|d, actor| d.conversations().leave(&actor, nowhere()).await)),
        ("keep", 20, request!(|d, actor| d.sessions().keep(actor.client, Some(actor.user), "text".into(), 1).await)),
        ("send", 600, request!(|d, actor| d.messages().submit(actor, Uuid::now_v7().into(), nowhere(), "hello").await)),
        ("changes", 240, request!(|d, actor| d.messages().changes(&actor, nowhere(), Rev::ZERO).await)),
        ("seen", 600, request!(|d, actor| d.messages().execute(actor, nowhere(), Command::Seen { seq: Seq(1) }).await)),
    ]
}

/// Requests of anybody, counted by address, with the number that is allowed at once.
fn anybodys() -> Vec<(&'static str, usize, Request)> {
    vec![
        ("verify", 60, request!(|d, actor| d.accounts().of(actor.client, None).verify("token").await)),
        ("reset", 60, request!(|d, actor| d.accounts().of(actor.client, None).reset("token", "new").await)),
        ("confirm", 60, request!(|d, actor| d.accounts().of(actor.client, None).confirm_email("token").await)),
        ("invitation", 60, request!(|d, actor| d.relationships().invitation(actor.client, None, "0").await)),
        ("name", 300, request!(|d, actor| d.accounts().of(actor.client, None).username_available("").await)),
        ("strength", 300, request!(|d, actor| d.accounts().of(actor.client, None).strength("", &[]).await)),
    ]
}

/// Counts the requests until the first that is refused because there were too many.
async fn allowed(t: &TestDomain, actor: Actor, request: Request) -> usize {
    for n in 0..1_000 {
        if let Err(domain::Error::Refused(error)) = request(t, actor).await
            && matches!(error.kind, ErrorKind::RateLimited { .. })
        {
            return n;
        }
    }
    panic!("there is no limit");
}

fn from(last: u8) -> Client {
    Client { address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))) }
}

both_databases! {
    async fn every_service_counts_what_a_user_does(t: TestDomain) {
        let mut t = t;
        t.reopen(|config| config.limits = true).await;
        t.clock.stop();
        for (n, (name, most, request)) in requests().into_iter().enumerate() {
            // An account for each, as some requests count together.
            let actor = t.with_user(&format!("user{n}")).await;
            let count = allowed(&t, actor, request).await;
            assert_eq!(count, most, "{name}");
        }
    }

    async fn every_service_counts_what_an_address_does(t: TestDomain) {
        let mut t = t;
        t.reopen(|config| config.limits = true).await;
        t.clock.stop();
        let actor = t.with_user("ada").await;
        for (n, (name, most, request)) in anybodys().into_iter().enumerate() {
            let actor = Actor { client: from(u8::try_from(n).unwrap()), ..actor };
            let count = allowed(&t, actor, request).await;
            assert_eq!(count, most, "{name}");
            // Another address is not concerned.
            assert_ne!(allowed(&t, Actor { client: from(100 + u8::try_from(n).unwrap()), ..actor }, request).await, 0);
        }
        // One address may not sign up many accounts, nor many addresses one account.
        let sign_up = async |email: String, client| {
            let form = SignUp { email, username: String::new(), password: String::new(), invite: None };
            match t.accounts().of(client, None).sign_up(form).await {
                Err(domain::Error::Refused(error)) => matches!(error.kind, ErrorKind::RateLimited { .. }),
                _ => false,
            }
        };
        for n in 0..20 {
            assert!(!sign_up(format!("a{n}@example.org"), from(200)).await);
        }
        assert!(sign_up("a20@example.org".into(), from(200)).await);
        for n in 0..5 {
            assert!(!sign_up("one@example.org".into(), from(210 + n)).await);
        }
        assert!(sign_up("one@example.org".into(), from(220)).await);
    }

    async fn codes_at_sign_in_are_counted_apart_from_those_of_a_signed_in_user(t: TestDomain) {
        let mut t = t;
        t.reopen(|config| config.limits = true).await;
        t.clock.stop();
        let actor = t.with_user("ada").await;
        let enter = request!(|d, actor| {
            let pending = PendingSignIn { user: actor.user, at: 0 };
            d.accounts().enter_code(pending, "123456").await
        });
        assert_eq!(allowed(&t, actor, enter).await, 5);
        let confirm = request!(|d, actor| d.accounts().confirm_second_factor(&actor, "123456").await);
        assert_eq!(allowed(&t, actor, confirm).await, 5);
    }

    async fn limits_can_be_switched_off(t: TestDomain) {
        let actor = t.with_user("ada").await;
        for _ in 0..100 {
            t.presence().set_availability(&actor, Availability::Busy).await.unwrap();
        }
    }
}
