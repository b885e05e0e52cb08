//! Accounts: who somebody is, and the way in.
//!
//! No answer, and no time it takes, tells whether an e-mail address has an account. A sign-up for an address that has
//! one stores the same rows and sends a mail as well; the rest follows from that, see [`sign_up`](Accounts::sign_up)
//! and [`sign_in`](Accounts::sign_in).

mod passwords;
mod sign_in;
mod sign_up;
mod token;

use protocol::{
    ErrorKind, Field, Millis, UserCard,
    account::{Me, check_username, username_key},
    presence::Status,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

pub use self::{passwords::Passwords, sign_up::SignUp};
use crate::{
    Actor, Domain, Result,
    entities::{sign_up as pending, user},
    people::{blocked_by, convert, requests},
};

/// Signing up and in, and looking people up.
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'a> {
    domain: &'a Domain,
}

impl<'a> Accounts<'a> {
    /// The accounts of this domain.
    pub fn new(domain: &'a Domain) -> Self {
        Self { domain }
    }

    /// Whether somebody could sign up under this name now.
    ///
    /// # Errors
    /// What is wrong with the name, on [`Field::Username`]; [`ErrorKind::Taken`] if somebody has it, or asked for it
    /// and may yet confirm.
    pub async fn username_available(&self, username: &str) -> Result<()> {
        let key = username_key(check_username(username)?);
        if is_taken(self.domain.db().read(), &key, None, self.domain.now()).await? {
            return Err(ErrorKind::Taken.on(Field::Username).into());
        }
        Ok(())
    }

    /// The own account.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthenticated`] when the account is gone.
    pub async fn me(&self, actor: &Actor) -> Result<Me> {
        let db = self.domain.db().read();
        let found = user::Entity::find_by_id(actor.user.uuid()).one(db).await?;
        let user = found.ok_or(ErrorKind::Unauthenticated)?;
        let status =
            Status { emoji: user.status_emoji.clone(), text: user.status_text.clone(), until: user.status_until };
        Ok(Me {
            email: user.email.clone(),
            is_admin: user.is_admin,
            has_second_factor: user.totp_enabled_at.is_some(),
            requests: requests(db, user.id).await?,
            blocked: blocked_by(db, user.id).await?,
            availability: convert::availability(user.availability),
            status: Some(status).filter(|status| status.is_shown(self.domain.now())),
            privacy: convert::privacy(&user),
            card: user.into(),
        })
    }

    /// The person with exactly this username. Anybody who is signed in may ask; there is no list to page through.
    ///
    /// # Errors
    /// [`ErrorKind::Required`] or [`ErrorKind::NotFound`] on [`Field::Username`].
    pub async fn find(&self, _actor: &Actor, username: &str) -> Result<UserCard> {
        let nobody = || ErrorKind::NotFound.on(Field::Username);
        // A name that nobody can have is nobody's; what is wrong with it does not matter to who looks for somebody.
        let name = check_username(username).map_err(|e| if e.kind == ErrorKind::Required { e } else { nobody() })?;
        let found = by_username(self.domain.db().read(), &username_key(name)).await?;
        Ok(found.ok_or_else(nobody)?.into())
    }
}

async fn by_username(db: &impl ConnectionTrait, key: &str) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find().filter(user::Column::UsernameKey.eq(key)).one(db).await
}

async fn by_email(db: &impl ConnectionTrait, key: &str) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find().filter(user::Column::EmailKey.eq(key)).one(db).await
}

/// Whether a username belongs to an account or to a sign-up that may yet be confirmed. Those of the address `own` do
/// not count: who signs up again, having mistyped the password, keeps the name.
async fn is_taken(db: &impl ConnectionTrait, key: &str, own: Option<&str>, now: Millis) -> Result<bool, DbErr> {
    if by_username(db, key).await?.is_some() {
        return Ok(true);
    }
    let waiting = Condition::all()
        .add(pending::Column::UsernameKey.eq(key))
        .add(pending::Column::ExpiresAt.gt(now))
        .add_option(own.map(|email| pending::Column::EmailKey.ne(email)));
    Ok(pending::Entity::find().filter(waiting).limit(1).one(db).await?.is_some())
}
