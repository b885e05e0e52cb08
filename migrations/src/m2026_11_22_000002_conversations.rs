//! Conversations, members and messages.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // On SQLite as well: a server that is killed meanwhile starts again from where it was.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let user = |from: &'static str, column: &'static str| {
            ForeignKey::create().from(from, column).to("users", "id").on_delete(ForeignKeyAction::Restrict).to_owned()
        };
        let conversation = |from: &'static str| {
            ForeignKey::create()
                .from(from, "conversation_id")
                .to("conversations", "id")
                .on_delete(ForeignKeyAction::Cascade)
                .to_owned()
        };
        manager
            .create_table(
                Table::create()
                    .table("conversations")
                    .col(uuid("id").primary_key())
                    // 0 direct, 1 group, 2 room.
                    .col(small_integer("kind"))
                    .col(string_null("name"))
                    // The key by which a room's name or a pair of users is unique; see `domain::conversations`.
                    .col(string_null("unique_key").unique_key())
                    .col(big_integer("rev").default(0))
                    .col(big_integer("last_seq").default(0))
                    .col(uuid("created_by"))
                    .col(big_integer("created_at"))
                    .foreign_key(&mut user("conversations", "created_by"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("members")
                    .col(uuid("conversation_id"))
                    .col(uuid("user_id"))
                    // 0 member, 1 admin, 2 owner.
                    .col(small_integer("role"))
                    .col(boolean("present"))
                    .col(big_integer("joined_at"))
                    .col(big_integer("delivered_seq").default(0))
                    .col(big_integer("seen_seq").default(0))
                    .col(big_integer("rev"))
                    .primary_key(Index::create().col("conversation_id").col("user_id"))
                    .foreign_key(&mut conversation("members"))
                    .foreign_key(&mut user("members", "user_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("members_user_id").table("members").col("user_id").to_owned())
            .await?;
        manager
            .create_index(
                Index::create().name("members_rev").table("members").col("conversation_id").col("rev").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("messages")
                    .col(uuid("id").primary_key())
                    .col(uuid("conversation_id"))
                    .col(uuid("author_id"))
                    .col(big_integer("seq"))
                    .col(big_integer("rev"))
                    .col(big_integer("created_at"))
                    .col(text("body"))
                    // The author is or was a member. The reference to the member's row also covers the conversation and
                    // the user, with one check per message instead of two.
                    .foreign_key(
                        ForeignKey::create()
                            .from("messages", ("conversation_id", "author_id"))
                            .to("members", ("conversation_id", "user_id"))
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("messages_seq")
                    .table("messages")
                    .col("conversation_id")
                    .col("seq")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("messages_rev").table("messages").col("conversation_id").col("rev").to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["messages", "members", "conversations"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
