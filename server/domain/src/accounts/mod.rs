//! Accounts: sign-up, sign-in, recovery, and the changes that an owner makes to an account.
//!
//! Neither a response nor the time it takes reveals whether an e-mail address has an account. A sign-up for an address
//! that has one stores the same rows and sends a mail as well; [`sign_up`](Accounts::sign_up) and
//! [`sign_in`](Accounts::sign_in) describe what follows from that. A password reset is always a background job, whether
//! or not the address has an account: [`forgot`](Accounts::forgot).
//!
//! Every change that would let somebody keep an account they gained access to requires the password, and is reported to
//! the owner by mail.

mod change_email;
mod credentials;
mod delete;
mod device_cookie;
mod email_token;
mod export;
mod passwords;
mod recovery;
mod reset_password;
mod second_factor;
mod sign_in;
mod sign_up;
mod strength;
mod totp;

use protocol::{
    ErrorKind, Field, Millis, UserSummary,
    limits::PASSWORD_MAX,
    presence::Status,
    text::length,
    user::Me,
    username::{check_username, username_key, username_skeleton},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect, Statement,
};
use uuid::Uuid;

pub(crate) use self::reset_password::mail_reset_link;
pub use self::{
    export::Export, passwords::Passwords, second_factor::PendingSignIn, sign_in::SignInOutcome, sign_up::SignUp,
};
use crate::users::lookup::{by_id, by_username};
use crate::{
    Actor, Client, Domain, Result,
    db::{Db, Transaction},
    entities::{sign_up as pending, user},
    rate_limit::LimitedAction,
    relationships::{blocked_by, requests},
    users::columns,
};

/// The account services: sign-up, sign-in, look-up, and changes to an account.
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'a> {
    domain: &'a Domain,
    /// Where the request comes from, for what nobody has to be signed in for.
    client: Client,
    /// The proof of a browser in which somebody signed in before.
    device: Option<&'a str>,
}

impl<'a> Accounts<'a> {
    /// Creates the account services of this domain.
    pub fn new(domain: &'a Domain) -> Self {
        Self { domain, client: Client::default(), device: None }
    }

    /// Sets where a request comes from, and the cookie of a browser in which somebody signed in before. They decide
    /// against which rate limits it counts.
    #[must_use]
    pub const fn of(self, client: Client, device: Option<&'a str>) -> Self {
        Self { client, device, ..self }
    }

    /// Checks that this username is free for a sign-up.
    ///
    /// # Errors
    /// On [`Field::Username`]: the reason why the name is invalid, or [`ErrorKind::Taken`] if an account has it, or a
    /// sign-up that can still be confirmed.
    pub async fn username_available(&self, username: &str) -> Result<()> {
        self.domain.limit_of(self.client, LimitedAction::Search, None)?;
        let name = Name::of(check_username(username)?);
        if is_taken(self.domain.db().read(), &name, NameClaim::Nobodys, self.domain.now()).await? {
            return Err(ErrorKind::Taken.on(Field::Username).into());
        }
        Ok(())
    }

    /// Returns the actor's own account.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] when the account is gone.
    pub async fn me(&self, actor: &Actor) -> Result<Me> {
        let db = self.domain.db().read();
        let user = by_id(db, actor.user.uuid()).await?;
        let status =
            Status { emoji: user.status_emoji.clone(), text: user.status_text.clone(), until: user.status_until };
        Ok(Me {
            email: user.email.clone(),
            is_admin: user.is_admin,
            has_second_factor: user.totp_enabled_at.is_some(),
            requests: requests(db, user.id).await?,
            blocked: blocked_by(db, user.id).await?,
            availability: columns::availability(user.availability),
            status: Some(status).filter(|status| status.is_shown(self.domain.now())),
            privacy: columns::privacy(&user),
            user: user.into(),
        })
    }

    /// Returns the user with exactly this username. Every signed-in user may ask; there is no list to page through.
    ///
    /// # Errors
    /// [`ErrorKind::Required`] or [`ErrorKind::NotFound`] on [`Field::Username`].
    pub async fn find(&self, _actor: &Actor, username: &str) -> Result<UserSummary> {
        let nobody = || ErrorKind::NotFound.on(Field::Username);
        // An invalid name belongs to no account. Somebody who looks for a user does not need to know why it is invalid.
        let name = check_username(username).map_err(|e| if e.kind == ErrorKind::Required { e } else { nobody() })?;
        let found = by_username(self.domain.db().read(), &username_key(name)).await?;
        Ok(found.ok_or_else(nobody)?.into())
    }

    /// Checks the password of the actor's account and returns the account.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`]. On [`Field::CurrentPassword`]: [`ErrorKind::Required`],
    /// [`ErrorKind::WrongCredentials`].
    async fn confirmed(&self, actor: &Actor, password: &str) -> Result<user::Model> {
        self.domain.limit(actor, LimitedAction::Password)?;
        if password.is_empty() {
            return Err(ErrorKind::Required.on(Field::CurrentPassword).into());
        }
        let wrong = || ErrorKind::WrongCredentials.on(Field::CurrentPassword);
        if length(password) > PASSWORD_MAX {
            return Err(wrong().into());
        }
        let user = by_id(self.domain.db().read(), actor.user.uuid()).await?;
        let [is_right, _] = self.domain.0.passwords.verify(password, [Some(&user.password_hash), None]).await?;
        if is_right { Ok(user) } else { Err(wrong().into()) }
    }

    /// Returns a URL of this server for a link in a mail.
    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.domain.config().public_url)
    }
}

/// Begins a transaction that excludes, on this node and all others, every other transaction that decides about names
/// and addresses. That a name is free and that an account does not exist yet are facts about rows that do not exist,
/// and such rows can't be locked.
async fn begin(db: &Db) -> Result<Transaction, DbErr> {
    let txn = db.begin().await?;
    lock_names(&txn).await?;
    Ok(txn)
}

/// Does what [`begin`] does, in a transaction that has begun.
async fn lock_names(txn: &Transaction) -> Result<(), DbErr> {
    /// The key of the advisory lock, which nothing else uses: "accounts" in ASCII.
    const LOCK: i64 = 0x6163_636f_756e_7473;
    if txn.locks_rows() {
        let lock =
            Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]);
        txn.execute_raw(lock).await?;
    }
    Ok(())
}

/// A username in the forms under which it is compared.
#[derive(Debug)]
struct Name {
    key: String,
    skeleton: String,
}

impl Name {
    fn of(username: &str) -> Self {
        Self { key: username_key(username), skeleton: username_skeleton(username) }
    }
}

/// The claims on a name that are ignored when it is checked.
#[derive(Clone, Copy, Debug)]
enum NameClaim<'a> {
    /// Ignores none: every claim counts.
    Nobodys,
    /// Ignores the sign-ups of this address: a user who signs up again, having mistyped the password, keeps the name.
    OfEmail(&'a str),
    /// Ignores this account: a user who changes the spelling of their own name keeps it too.
    OfUser(Uuid),
}

/// Returns whether a username, or one that looks like it, belongs to an account or to a sign-up that can still be
/// confirmed.
async fn is_taken(db: &impl ConnectionTrait, name: &Name, own: NameClaim<'_>, now: Millis) -> Result<bool, DbErr> {
    let (email, user) = match own {
        NameClaim::Nobodys => (None, None),
        NameClaim::OfEmail(email) => (Some(email), None),
        NameClaim::OfUser(user) => (None, Some(user)),
    };
    let alike = Condition::any()
        .add(user::Column::UsernameKey.eq(&*name.key))
        .add(user::Column::UsernameSkeleton.eq(&*name.skeleton));
    let accounts = Condition::all().add(alike).add_option(user.map(|id| user::Column::Id.ne(id)));
    if user::Entity::find().filter(accounts).limit(1).one(db).await?.is_some() {
        return Ok(true);
    }
    let alike = Condition::any()
        .add(pending::Column::UsernameKey.eq(&*name.key))
        .add(pending::Column::UsernameSkeleton.eq(&*name.skeleton));
    let waiting = Condition::all()
        .add(alike)
        .add(pending::Column::ExpiresAt.gt(now))
        .add_option(email.map(|email| pending::Column::EmailKey.ne(email)));
    Ok(pending::Entity::find().filter(waiting).limit(1).one(db).await?.is_some())
}
