//! Users, sessions, pending sign-ups, background jobs, and mails that were not sent.

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
        manager
            .create_table(
                Table::create()
                    .table("users")
                    .col(uuid("id").primary_key())
                    .col(string("username"))
                    .col(string("username_key").unique_key())
                    .col(string("email"))
                    .col(string("email_key").unique_key())
                    .col(string("password_hash"))
                    .col(boolean("is_admin"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        // A sign-up is not an account: it becomes one when its link is followed. Because sign-ups have a table of their
        // own, the response to a sign-up can be the same whether or not the address already has an account.
        manager
            .create_table(
                Table::create()
                    .table("sign_ups")
                    .col(uuid("id").primary_key())
                    .col(string("username"))
                    .col(string("username_key"))
                    .col(string("email"))
                    .col(string("email_key"))
                    .col(string("password_hash"))
                    .col(binary_len("token_hash", 32).unique_key())
                    .col(big_integer("created_at"))
                    .col(big_integer("expires_at"))
                    .to_owned(),
            )
            .await?;
        for column in ["username_key", "email_key", "expires_at"] {
            let name = format!("sign_ups_{column}");
            manager.create_index(Index::create().name(name).table("sign_ups").col(column).to_owned()).await?;
        }
        // The key is a hash of the cookie's value: somebody who reads the table cannot take over a session.
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(binary_len("id_hash", 32).primary_key())
                    .col(uuid_null("user_id"))
                    .col(text("data"))
                    .col(big_integer("created_at"))
                    .col(big_integer("expires_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("sessions", "user_id")
                            .to("users", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        for column in ["user_id", "expires_at"] {
            let name = format!("sessions_{column}");
            manager.create_index(Index::create().name(name).table("sessions").col(column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("jobs")
                    .col(uuid("id").primary_key())
                    .col(string("kind"))
                    .col(text("payload"))
                    .col(big_integer("created_at"))
                    .col(big_integer("run_at"))
                    .col(integer("attempts").default(0))
                    .col(text_null("last_error"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(Index::create().name("jobs_run_at").table("jobs").col("run_at").to_owned()).await?;
        // Mails that are stored because no SMTP server is set.
        manager
            .create_table(
                Table::create()
                    .table("outbox_mails")
                    .col(uuid("id").primary_key())
                    .col(string("recipient"))
                    .col(string("subject"))
                    .col(text("text"))
                    .col(text("html"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["outbox_mails", "jobs", "sessions", "sign_ups", "users"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
