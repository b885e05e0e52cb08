//! The `users` table: user accounts.
#![allow(missing_docs, reason = "a column is documented where it is made, in the migration")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    pub username_key: String,
    pub email: String,
    pub email_key: String,
    pub password_hash: String,
    pub is_admin: bool,
    pub created_at: i64,
    pub username_skeleton: String,
    pub display_name: String,
    pub bio: String,
    pub pronouns: String,
    pub picture_id: Option<Uuid>,
    pub status_emoji: String,
    pub status_text: String,
    pub status_until: Option<i64>,
    pub availability: i16,
    pub last_seen_at: Option<i64>,
    pub who_messages: i16,
    pub who_presence: i16,
    pub sends_receipts: bool,
    pub totp_secret: Option<Vec<u8>>,
    pub totp_enabled_at: Option<i64>,
    pub totp_last_step: i64,
    pub password_changed_at: i64,
    pub deleted_at: Option<i64>,
    pub display_key: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
