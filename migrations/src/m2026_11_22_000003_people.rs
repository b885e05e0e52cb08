//! Profile, presence, privacy, second factor, pictures, friends, blocks and invitations of users, and the columns for
//! the list of sessions.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, Statement},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // On SQLite as well: a server that is killed meanwhile starts again from where it was.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in users() {
            add_column(manager, "users", column).await?;
        }
        manager
            .create_index(
                Index::create().name("users_username_skeleton").table("users").col("username_skeleton").to_owned(),
            )
            .await?;
        copy_keys(manager).await?;
        add_column(manager, "sign_ups", string("username_skeleton").default("").take()).await?;
        // The invitation that led to the sign-up; its sender becomes a friend once the address is confirmed.
        add_column(manager, "sign_ups", string_null("invite").take()).await?;
        // The id by which the user names a session: the key itself stays on the server.
        add_column(manager, "sessions", uuid_null("handle").take()).await?;
        // The browser's `User-Agent` at sign-in.
        add_column(manager, "sessions", string("agent").default("").take()).await?;
        add_column(manager, "sessions", big_integer("used_at").default(0).take()).await?;
        tokens(manager).await?;
        pictures(manager).await?;
        relations(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["invites", "blocks", "ties", "pictures", "recovery_codes", "account_tokens"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for column in ["used_at", "agent", "handle"] {
            drop_column(manager, "sessions", column).await?;
        }
        for column in ["invite", "username_skeleton"] {
            drop_column(manager, "sign_ups", column).await?;
        }
        manager.drop_index(Index::drop().name("users_username_skeleton").table("users").to_owned()).await?;
        for column in users() {
            drop_column(manager, "users", &column.get_column_name()).await?;
        }
        Ok(())
    }
}

/// Returns the columns that `users` gains.
fn users() -> Vec<ColumnDef> {
    vec![
        // The form in which look-alike names are equal: `protocol::username::username_skeleton`.
        string("username_skeleton").default("").take(),
        string("display_name").default("").take(),
        string("bio").default("").take(),
        string("pronouns").default("").take(),
        uuid_null("picture_id").take(),
        string("status_emoji").default("").take(),
        string("status_text").default("").take(),
        big_integer_null("status_until").take(),
        // 0 automatic, 1 away, 2 do not disturb, 3 invisible.
        small_integer("availability").default(0).take(),
        big_integer_null("last_seen_at").take(),
        // The users who may send messages: 0 everyone, 1 people in a room or group with the user, 2 friends.
        small_integer("who_messages").default(0).take(),
        // The users who may see presence and last seen: 0 everyone, 1 friends, 2 nobody.
        small_integer("who_presence").default(0).take(),
        boolean("sends_receipts").default(true).take(),
        // Also set while a second factor is being set up; it only counts from `totp_enabled_at` on.
        binary_null("totp_secret").take(),
        big_integer_null("totp_enabled_at").take(),
        // The newest time step whose code was used: each code is valid once (RFC 6238, section 5.2).
        big_integer("totp_last_step").default(0).take(),
        big_integer("password_changed_at").default(0).take(),
        // The row of a deleted account remains as the author of its messages, without any personal data.
        big_integer_null("deleted_at").take(),
    ]
}

async fn add_column(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    // One column per statement: SQLite supports nothing else.
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

async fn drop_column(manager: &SchemaManager<'_>, table: &'static str, column: &str) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).drop_column(column.to_owned()).to_owned()).await
}

/// Fills in the skeletons of existing accounts. Their names were never checked for likeness, so the key is a good
/// enough value; it becomes exact when the name is next changed.
async fn copy_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let sql = "UPDATE users SET username_skeleton = username_key";
    db.execute_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(())
}

fn user(from: &'static str, column: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from, column).to("users", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}

async fn tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Links that change an account. As with sign-ups, only a hash of the token in the mail is stored.
    manager
        .create_table(
            Table::create()
                .table("account_tokens")
                .col(binary_len("token_hash", 32).primary_key())
                // 0 resets the password, 1 confirms a new address.
                .col(small_integer("kind"))
                .col(uuid("user_id"))
                // The new address.
                .col(string("payload").default(""))
                .col(big_integer("created_at"))
                .col(big_integer("expires_at"))
                .foreign_key(&mut user("account_tokens", "user_id"))
                .to_owned(),
        )
        .await?;
    for column in ["user_id", "expires_at"] {
        let name = format!("account_tokens_{column}");
        manager.create_index(Index::create().name(name).table("account_tokens").col(column).to_owned()).await?;
    }
    manager
        .create_table(
            Table::create()
                .table("recovery_codes")
                .col(uuid("user_id"))
                .col(binary_len("code_hash", 32))
                .primary_key(Index::create().col("user_id").col("code_hash"))
                .foreign_key(&mut user("recovery_codes", "user_id"))
                .to_owned(),
        )
        .await
}

async fn pictures(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // In the database and not in files: they are small, backed up with everything else, and available on every node.
    manager
        .create_table(
            Table::create()
                .table("pictures")
                .col(uuid("id"))
                // The length of an edge, in pixels.
                .col(small_integer("size"))
                .col(uuid("user_id"))
                .col(blob("bytes"))
                .col(big_integer("created_at"))
                .primary_key(Index::create().col("id").col("size"))
                .foreign_key(&mut user("pictures", "user_id"))
                .to_owned(),
        )
        .await?;
    manager.create_index(Index::create().name("pictures_user_id").table("pictures").col("user_id").to_owned()).await
}

async fn relations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // One row per pair, with the lower id first: two users who ask each other at the same time meet in the same row.
    manager
        .create_table(
            Table::create()
                .table("ties")
                .col(uuid("low_id"))
                .col(uuid("high_id"))
                // 0 asked, 1 friends, 2 asked and declined, which the user who asked is not told, 3 declined and then
                // withdrawn.
                .col(small_integer("state"))
                .col(uuid("asked_by"))
                .col(big_integer("created_at"))
                .col(big_integer("changed_at"))
                .primary_key(Index::create().col("low_id").col("high_id"))
                .foreign_key(&mut user("ties", "low_id"))
                .foreign_key(&mut user("ties", "high_id"))
                .to_owned(),
        )
        .await?;
    manager.create_index(Index::create().name("ties_high_id").table("ties").col("high_id").to_owned()).await?;
    manager
        .create_table(
            Table::create()
                .table("blocks")
                .col(uuid("blocker_id"))
                .col(uuid("blocked_id"))
                .col(big_integer("created_at"))
                .primary_key(Index::create().col("blocker_id").col("blocked_id"))
                .foreign_key(&mut user("blocks", "blocker_id"))
                .foreign_key(&mut user("blocks", "blocked_id"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(Index::create().name("blocks_blocked_id").table("blocks").col("blocked_id").to_owned())
        .await?;
    // Links for inviting friends. Stored in clear, because they are displayed to their owner again.
    manager
        .create_table(
            Table::create()
                .table("invites")
                .col(string("code").primary_key())
                .col(uuid("user_id").unique_key())
                .col(big_integer("created_at"))
                .foreign_key(&mut user("invites", "user_id"))
                .to_owned(),
        )
        .await
}
