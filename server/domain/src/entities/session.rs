//! The `sessions` table.
#![allow(missing_docs, reason = "a column is documented where it is made, in the migration")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_hash: Vec<u8>,
    pub user_id: Option<Uuid>,
    pub data: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub handle: Option<Uuid>,
    pub agent: String,
    pub used_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
