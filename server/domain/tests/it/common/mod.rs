//! What the tests share: a domain on a fresh database, people in it, and waiting for a state.
#![allow(dead_code, reason = "every subject uses a part of it")]

mod databases;
pub mod smtp;

use std::{ops::Deref, sync::LazyLock, time::Duration};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use domain::{
    Actor, Clock, Config, Domain, Error,
    accounts::SignUp,
    config::{DatabaseConfig, MailConfig},
    live::{Connection, Outgoing},
    mail::StoredMail,
    sessions::{self, Entry},
};
use protocol::{
    Member, SessionHandle, UserId,
    limits::SESSION_LIFETIME_MS,
    live::{Change, Delta},
    username::username_skeleton,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait, Value};
use uuid::Uuid;

use self::databases::Store;

/// Makes two tests of each function, `name::sqlite` and `name::postgres`. Each gets a database of its own.
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($t:ident: $domain:ty) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every test needs what its file imports")]
            use super::*;

            async fn test($t: $domain) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                test($crate::common::TestDomain::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                test($crate::common::TestDomain::postgres().await).await;
            }
        }
    )*};
}

/// A password that is good enough. That of everybody made by [`TestDomain::with_user`].
pub const PASSWORD: &str = "plum tricycle 9";

/// The texts of the messages in a delta.
pub fn texts(delta: &Delta) -> Vec<&str> {
    delta.messages().map(|message| message.content.text().unwrap()).collect()
}

/// The new and changed members in a delta.
pub fn members(delta: &Delta) -> Vec<&Member> {
    delta
        .changes
        .iter()
        .filter_map(|change| if let Change::Member(member) = change { Some(member) } else { None })
        .collect()
}

/// The users who left.
pub fn who_left(delta: &Delta) -> Vec<UserId> {
    let left = |change: &Change| if let Change::MemberLeft(left) = change { Some(left.user) } else { None };
    delta.changes.iter().filter_map(left).collect()
}

/// An open domain on a database that goes with it.
#[derive(Debug)]
pub struct TestDomain {
    domain: Option<Domain>,
    /// Moves the domain's time.
    pub clock: Clock,
    config: Config,
    raw: DatabaseConnection,
    /// Last: the database goes after those who use it.
    store: Store,
}

impl Deref for TestDomain {
    type Target = Domain;

    fn deref(&self) -> &Domain {
        self.domain.as_ref().unwrap()
    }
}

impl TestDomain {
    /// On a new SQLite file.
    pub async fn sqlite() -> Self {
        Self::open(Store::sqlite()).await
    }

    /// On a new database of the server that `TEST_POSTGRES_URL` names.
    pub async fn postgres() -> Self {
        Self::open(Store::postgres().await).await
    }

    /// On a SQLite file with these statements carried out, such as those that dump the database of an earlier release.
    pub async fn sqlite_of(dump: &str) -> Self {
        Self::of_dump(Store::sqlite(), dump, None).await
    }

    /// On a PostgreSQL database with these statements carried out.
    pub async fn postgres_of(dump: &str) -> Self {
        Self::of_dump(Store::postgres().await, dump, None).await
    }

    /// Like [`sqlite_of`](Self::sqlite_of), but the first of two more statements makes the domain fail to open, and the
    /// second takes that back.
    pub async fn sqlite_of_broken(dump: &str, hindrance: [&str; 2]) -> Self {
        Self::of_dump(Store::sqlite(), dump, Some(hindrance)).await
    }

    /// Like [`postgres_of`](Self::postgres_of), but the first of two more statements makes the domain fail to open, and
    /// the second takes that back.
    pub async fn postgres_of_broken(dump: &str, hindrance: [&str; 2]) -> Self {
        Self::of_dump(Store::postgres().await, dump, Some(hindrance)).await
    }

    async fn of_dump(store: Store, dump: &str, hindrance: Option<[&str; 2]>) -> Self {
        let execute = async |sql: &str| {
            let url = if let Store::Sqlite(_) = store { format!("{}?mode=rwc", store.url()) } else { store.url() };
            let database = sea_orm::Database::connect(url).await.unwrap();
            database.execute_unprepared(sql).await.unwrap();
            database.close().await.unwrap();
        };
        execute(dump).await;
        if let Some([put, take_away]) = hindrance {
            execute(put).await;
            Domain::open(Self::config(&store), Clock::default()).await.unwrap_err();
            execute(take_away).await;
        }
        Self::open(store).await
    }

    fn config(store: &Store) -> Config {
        Config {
            database: store.config(),
            redis_url: None,
            mail: MailConfig { smtp_url: None, from: "WeConnect <chat@example.org>".into(), logs_links: false },
            public_url: "https://chat.example.org".into(),
            // Tests of limits switch them on.
            limits: false,
            statement_timeout: domain::db::STATEMENT_TIMEOUT,
            presence: domain::config::PresenceTiming::default(),
        }
    }

    async fn open(store: Store) -> Self {
        let config = Self::config(&store);
        let clock = Clock::default();
        let domain = Domain::open(config.clone(), clock.clone()).await.unwrap();
        let raw = sea_orm::Database::connect(store.url()).await.unwrap();
        Self { domain: Some(domain), clock, config, raw, store }
    }

    /// Checks that the numbers which rows keep are those that counting gives.
    pub async fn check_counts(&self) {
        let wrong = "SELECT COUNT(*) FROM conversations c WHERE member_count <> \
             (SELECT COUNT(*) FROM members m WHERE m.conversation_id = c.id AND m.present)";
        assert_eq!(self.number(wrong).await, 0, "conversations with a wrong number of members");
        let wrong = "SELECT COUNT(*) FROM members a WHERE own_unseen <> (SELECT COUNT(*) FROM messages m \
             WHERE m.conversation_id = a.conversation_id AND m.author_id = a.user_id AND m.seq > a.seen_seq)";
        assert_eq!(self.number(wrong).await, 0, "members with a wrong number of own messages that are not read");
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.config.database, DatabaseConfig::Postgres(_))
    }

    /// Closes the domain and opens it again, with other settings, on the same database.
    pub async fn reopen(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.domain = None;
        // The runtime lets go of the file when the ended tasks are swept away.
        let (config, clock) = (&self.config, &self.clock);
        let open = async || Domain::open(config.clone(), clock.clone()).await.ok();
        let opened = until("the domain opens again", open).await;
        self.domain = Some(opened);
    }

    /// Another node on the same database, with the same clock. PostgreSQL only.
    pub async fn node(&self) -> Domain {
        Domain::open(self.config.clone(), self.clock.clone()).await.unwrap()
    }

    /// A person who signed up and confirmed, with [`PASSWORD`] and the address `name@example.org`. Written straight
    /// into the database, with a hash that costs nothing.
    pub async fn with_user(&self, name: &str) -> Actor {
        static HASH: LazyLock<String> = LazyLock::new(|| {
            let cheap = Params::new(8, 1, 1, None).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
            argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
        });
        let id = Uuid::now_v7();
        let email = format!("{}@example.org", name.to_lowercase());
        let values: [Value; 9] = [
            id.into(),
            name.into(),
            name.to_lowercase().into(),
            email.clone().into(),
            email.into(),
            HASH.as_str().into(),
            false.into(),
            self.clock.now().into(),
            username_skeleton(name).into(),
        ];
        let columns =
            "id, username, username_key, email, email_key, password_hash, is_admin, created_at, username_skeleton";
        self.execute(&format!("INSERT INTO users ({columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"), values)
            .await;
        Actor::new(UserId::from(id))
    }

    /// A person who really signed up, received a mail and followed its link.
    pub async fn with_verified(&self, name: &str) -> Actor {
        let email = format!("{}@example.org", name.to_lowercase());
        self.accounts().sign_up(sign_up(&email, name)).await.unwrap();
        let token = self.token_for(&email).await;
        Actor::new(self.accounts().verify(&token).await.unwrap())
    }

    /// The newest mail to an address, as soon as there is one in the outbox.
    pub async fn mail_to(&self, email: &str) -> StoredMail {
        until(&format!("a mail to {email}"), async || {
            self.mail_outbox().latest(100).await.unwrap().into_iter().find(|mail| mail.to == email)
        })
        .await
    }

    /// The newest mail to an address with this subject, as soon as there is one.
    pub async fn mail_about(&self, email: &str, subject: &str) -> StoredMail {
        until(&format!("a mail to {email}: {subject}"), async || {
            let mails = self.mail_outbox().latest(100).await.unwrap();
            mails.into_iter().find(|mail| mail.to == email && mail.subject == subject)
        })
        .await
    }

    /// Waits until all mails are written, so that what is not there will not come.
    pub async fn all_mailed(&self) {
        until("no jobs are left", async || (self.count("jobs").await == 0).then_some(())).await;
    }

    /// A session of somebody under an id made of this byte.
    pub async fn open_session(&self, actor: Actor, id: u8) -> SessionHandle {
        let handle = sessions::new_handle();
        let entry = Entry {
            user: Some(actor.user),
            handle: Some(handle),
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".into(),
            data: "{}".into(),
            expires_at: self.clock.now() + SESSION_LIFETIME_MS,
        };
        assert!(self.sessions().create(&[id; 32], entry).await.unwrap());
        handle
    }

    /// Whether a session under an id made of this byte is there.
    pub async fn has_session(&self, id: u8) -> bool {
        self.sessions().load(&[id; 32]).await.unwrap().is_some()
    }

    /// The token of the newest link mailed to an address.
    pub async fn token_for(&self, email: &str) -> String {
        token_in(&self.mail_to(email).await.text)
    }

    /// Runs a statement beside the domain.
    pub async fn execute(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> u64 {
        let statement = Statement::from_sql_and_values(self.raw.get_database_backend(), sql, values);
        self.raw.execute_raw(statement).await.unwrap().rows_affected()
    }

    /// A transaction beside the domain.
    pub async fn begin(&self) -> DatabaseTransaction {
        self.raw.begin().await.unwrap()
    }

    /// Waits until a transaction of the domain waits for a lock that a transaction beside it holds. PostgreSQL only.
    pub async fn until_locked_out(&self) {
        let waiting =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("something waits for a lock", async || (self.number(waiting).await > 0).then_some(())).await;
    }

    /// One number, asked beside the domain: `SELECT COUNT(*) FROM …`.
    pub async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.raw.get_database_backend(), sql);
        self.raw.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM {table}")).await
    }
}

/// A sign-up with [`PASSWORD`].
pub fn sign_up(email: &str, username: &str) -> SignUp {
    SignUp { email: email.into(), username: username.into(), password: PASSWORD.into(), invite: None }
}

/// The token of the link in a mail's text.
pub fn token_in(text: &str) -> String {
    let (_, rest) = text.split_once("?token=").unwrap_or_else(|| panic!("no link in: {text}"));
    rest.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// Whether a socket of somebody is told to look whether its session is still there.
pub fn is_told(socket: &mut Connection) -> bool {
    std::iter::from_fn(|| socket.try_recv())
        .any(|next| matches!(next, Outgoing::Close(code, _) if code == protocol::live::close::SESSION_ENDED))
}

/// What a service refused.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: domain::Result<T>) -> protocol::Error {
    match result {
        Err(Error::Refused(error)) => error,
        other => panic!("not refused: {other:?}"),
    }
}

/// Waits for a state. Time decides nothing but when to give up.
pub async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), search).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}
