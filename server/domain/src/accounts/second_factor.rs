//! The second factor: setting it up, signing in with it, disabling it.

use protocol::{ErrorKind, Field, Millis, UserId, limits::SECOND_FACTOR_WITHIN_MS, second_factor::SecondFactor};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::Expr,
};
use serde::{Deserialize, Serialize};

use super::{Accounts, recovery, totp};
use crate::{
    Actor, Result,
    db::retry,
    entities::user,
    jobs::{self, Job},
    mail::{Mail, templates},
    rate_limit::{LimitedAction, RateLimitKey},
    users::lookup::{by_id, lock_by_id},
};

/// A sign-in that waits for a code: the password was correct, but no code was entered yet. The user is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSignIn {
    /// The user who is signing in.
    pub user: UserId,
    /// The time at which the password was entered.
    pub at: Millis,
}

impl Accounts<'_> {
    /// Returns the state of the actor's second factor.
    ///
    /// # Errors
    /// The database's error.
    pub async fn second_factor(&self, actor: &Actor) -> Result<SecondFactor> {
        let db = self.domain.db().read();
        let user = by_id(db, actor.user.uuid()).await?;
        match &user.totp_secret {
            Some(_) if user.totp_enabled_at.is_some() => {
                Ok(SecondFactor::On { recovery_codes: recovery::left(db, user.id).await? })
            }
            Some(secret) if is_setting_up(&user, self.domain.now()) => {
                let uri = totp::uri(secret, &user.username, &self.domain.config().public_url);
                Ok(SecondFactor::SettingUp { secret: totp::typed(secret), qr: totp::qr(&uri)?, uri })
            }
            _ => Ok(SecondFactor::Off),
        }
    }

    /// Generates a secret for the authenticator app. The second factor is enabled when a code is entered within ten
    /// minutes.
    ///
    /// Requires the password: otherwise somebody who finds a browser signed in could lock the owner out.
    ///
    /// # Errors
    /// An error on the field of the password if it is wrong; [`ErrorKind::Conflict`] if a second factor is already
    /// enabled.
    pub async fn begin_second_factor(&self, actor: &Actor, password: &str) -> Result<()> {
        let user = self.confirmed(actor, password).await?;
        let begun = user::Entity::update_many()
            .col_expr(user::Column::TotpSecret, Expr::value(totp::generate()?))
            // This also records when the setup began. Every step whose code is accepted now is later than this one.
            .col_expr(user::Column::TotpLastStep, Expr::value(totp::step_at(self.domain.now()) - REACH))
            .filter(user::Column::Id.eq(user.id))
            .filter(user::Column::TotpEnabledAt.is_null())
            .exec(self.domain.db().write())
            .await?;
        if begun.rows_affected > 0 { Ok(()) } else { Err(ErrorKind::Conflict.into()) }
    }

    /// Enables the second factor, with a code as proof that the app has the secret. Returns the recovery codes.
    ///
    /// # Errors
    /// On [`Field::Code`]: [`ErrorKind::Required`], [`ErrorKind::WrongCredentials`], or [`ErrorKind::Expired`] if no
    /// setup was begun, or if it was begun too long ago.
    pub async fn confirm_second_factor(&self, actor: &Actor, code: &str) -> Result<Vec<String>> {
        self.domain.limit(actor, LimitedAction::Code)?;
        retry(|| self.confirm_second_factor_now(actor, code)).await
    }

    async fn confirm_second_factor_now(&self, actor: &Actor, code: &str) -> Result<Vec<String>> {
        let now = self.domain.now();
        let txn = self.domain.db().begin().await?;
        let user = by_id(&txn, actor.user.uuid()).await?;
        if !is_setting_up(&user, now) {
            return Err(ErrorKind::Expired.on(Field::Code).into());
        }
        if !take_code(&txn, &user, &digits(code)?, now).await? {
            return Err(ErrorKind::WrongCredentials.on(Field::Code).into());
        }
        let on = user::ActiveModel { id: Set(user.id), totp_enabled_at: Set(Some(now)), ..Default::default() };
        on.update(&txn).await?;
        let codes = recovery::renew(&txn, user.id).await?;
        let mail =
            templates::SecondFactorOn { username: &user.username, link: &self.link("/forgot") }.mail_to(&user.email)?;
        self.finish(txn, mail).await?;
        Ok(codes)
    }

    /// Replaces the recovery codes; the old ones no longer work. Requires everything that signing in requires.
    ///
    /// # Errors
    /// An error on the field of the password or of the code that is wrong; [`ErrorKind::Conflict`] if no second factor
    /// is enabled.
    pub async fn renew_recovery_codes(&self, actor: &Actor, password: &str, code: &str) -> Result<Vec<String>> {
        let user = self.confirmed(actor, password).await?;
        self.domain.limit(actor, LimitedAction::Code)?;
        if user.totp_enabled_at.is_none() {
            return Err(ErrorKind::Conflict.into());
        }
        retry(|| self.renew_recovery_codes_now(&user, code)).await
    }

    async fn renew_recovery_codes_now(&self, user: &user::Model, code: &str) -> Result<Vec<String>> {
        let txn = self.domain.db().begin().await?;
        self.take_any(&txn, user, code).await?;
        let codes = recovery::renew(&txn, user.id).await?;
        txn.commit().await?;
        Ok(codes)
    }

    /// Disables the second factor. Requires everything that signing in requires: somebody who finds a browser signed
    /// in, or who learned the password, does not have the second factor yet. To cancel a setup, the password alone is
    /// enough.
    ///
    /// # Errors
    /// An error on the field of the password or of the code that is wrong.
    pub async fn end_second_factor(&self, actor: &Actor, password: &str, code: &str) -> Result<()> {
        let user = self.confirmed(actor, password).await?;
        self.domain.limit(actor, LimitedAction::Code)?;
        retry(|| self.end_second_factor_now(&user, code)).await
    }

    async fn end_second_factor_now(&self, user: &user::Model, code: &str) -> Result<()> {
        let txn = self.domain.db().begin().await?;
        // Since the password was checked, a setup may have been confirmed in another browser: a code is needed then.
        let user = &lock_by_id(&txn, user.id).await?;
        if user.totp_enabled_at.is_some() {
            // The mail about a used recovery code is not sent: the mail below says more.
            self.take_any(&txn, user, code).await?;
        }
        let off = user::ActiveModel {
            id: Set(user.id),
            totp_secret: Set(None),
            totp_enabled_at: Set(None),
            totp_last_step: Set(0),
            ..Default::default()
        };
        off.update(&txn).await?;
        recovery::forget(&txn, user.id).await?;
        if user.totp_enabled_at.is_some() {
            let mail = templates::SecondFactorOff { username: &user.username, link: &self.link("/forgot") }
                .mail_to(&user.email)?;
            self.finish(txn, mail).await
        } else {
            Ok(txn.commit().await?)
        }
    }

    /// Completes a sign-in with a code of the app or a recovery code. Each code works once.
    ///
    /// # Errors
    /// On [`Field::Code`]: [`ErrorKind::Required`], [`ErrorKind::WrongCredentials`], or [`ErrorKind::Expired`] if the
    /// password was entered too long ago or was changed since, or if the account or its second factor is gone.
    pub async fn enter_code(&self, pending: PendingSignIn, code: &str) -> Result<UserId> {
        // Counted apart from the codes that a signed-in user enters: who knows the password must not use those up.
        let account = RateLimitKey::Name(pending.user.to_string());
        self.domain.limit_of(self.client, LimitedAction::Code, Some(account))?;
        retry(|| self.enter_code_now(pending, code)).await
    }

    async fn enter_code_now(&self, pending: PendingSignIn, code: &str) -> Result<UserId> {
        let now = self.domain.now();
        let expired = || ErrorKind::Expired.on(Field::Code);
        let txn = self.domain.db().begin().await?;
        let is_there = user::Column::DeletedAt.is_null();
        let found = user::Entity::find_by_id(pending.user.uuid()).filter(is_there).one(&txn).await?;
        let user = found.ok_or_else(expired)?;
        let is_late = now >= pending.at.saturating_add(SECOND_FACTOR_WITHIN_MS);
        if is_late || user.password_changed_at > pending.at || user.totp_enabled_at.is_none() {
            return Err(expired().into());
        }
        let mail = self.take_any(&txn, &user, code).await?;
        match mail {
            Some(mail) => self.finish(txn, mail).await?,
            None => txn.commit().await?,
        }
        Ok(pending.user)
    }

    /// Consumes a code of the app or a recovery code. For a recovery code, returns the mail that reports its use.
    async fn take_any(&self, db: &impl ConnectionTrait, user: &user::Model, code: &str) -> Result<Option<Mail>> {
        let entered = digits(code)?;
        if take_code(db, user, &entered, self.domain.now()).await? {
            return Ok(None);
        }
        if !recovery::take(db, user.id, &entered).await? {
            return Err(ErrorKind::WrongCredentials.on(Field::Code).into());
        }
        let codes_left = recovery::left(db, user.id).await?;
        let (username, link) = (&user.username, &self.link("/forgot"));
        Ok(Some(templates::RecoveryCodeUsed { username, codes_left, link }.mail_to(&user.email)?))
    }

    async fn finish(&self, txn: crate::db::Transaction, mail: Mail) -> Result<()> {
        jobs::enqueue(&txn, self.domain.now(), &Job::Mail(mail)).await?;
        txn.commit().await?;
        self.domain.0.jobs.notify();
        Ok(())
    }
}

/// The number of steps from the current one back to the first whose code is no longer accepted.
const REACH: i64 = 2;

fn is_setting_up(user: &user::Model, now: Millis) -> bool {
    let age = totp::step_at(now) - user.totp_last_step - REACH;
    user.totp_secret.is_some() && user.totp_enabled_at.is_none() && age <= totp::step_at(SECOND_FACTOR_WITHIN_MS)
}

/// Returns the entered code without white space, which apps show and users copy.
fn digits(code: &str) -> Result<String> {
    let entered: String = code.chars().filter(|c| !c.is_whitespace()).take(100).collect();
    if entered.is_empty() { Err(ErrorKind::Required.on(Field::Code).into()) } else { Ok(entered) }
}

/// Consumes a code of the app, and with it the codes of all earlier steps (RFC 6238, section 5.2). Returns `false` if
/// the code is not accepted.
async fn take_code(db: &impl ConnectionTrait, user: &user::Model, code: &str, now: Millis) -> Result<bool> {
    let Some(secret) = &user.totp_secret else { return Ok(false) };
    let Some(step) = totp::step_of(secret, code, now)? else { return Ok(false) };
    let taken = user::Entity::update_many()
        .col_expr(user::Column::TotpLastStep, Expr::value(step))
        .filter(user::Column::Id.eq(user.id))
        .filter(user::Column::TotpLastStep.lt(step))
        // The second factor may have been disabled or set up again since the row was read.
        .filter(user::Column::TotpSecret.eq(secret.clone()))
        .exec(db)
        .await?;
    Ok(taken.rows_affected > 0)
}
