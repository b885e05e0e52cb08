//! Users as others see them wherever a name is shown.

use protocol::UserSummary;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use crate::{Result, entities::user, sql::Sql};

/// Makes a summary of its columns.
pub(crate) fn user_summary(id: Uuid, username: String, display_name: String, picture: Option<Uuid>) -> UserSummary {
    UserSummary {
        id: id.into(),
        username,
        display_name: Some(display_name).filter(|name| !name.is_empty()),
        picture: picture.map(Into::into),
    }
}

/// Makes a summary of the columns of an outer join, which may have found nobody.
pub(crate) fn joined_user_summary(
    id: Option<Uuid>,
    username: Option<String>,
    display_name: Option<String>,
    picture: Option<Uuid>,
) -> Option<UserSummary> {
    Some(user_summary(id?, username?, display_name.unwrap_or_default(), picture))
}

impl From<user::Model> for UserSummary {
    fn from(user: user::Model) -> Self {
        user_summary(user.id, user.username, user.display_name, user.picture_id)
    }
}

/// Returns the summaries of these users, in no order.
pub(crate) async fn user_summaries(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<UserSummary>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<[Value; 1]> = ids.into_iter().map(|id| [id.into()]).collect();
    let sql = Sql::new("SELECT id, username, display_name, picture_id FROM users WHERE id IN (SELECT column1 FROM ")
        .table(ids, "v")
        .push(")")
        .build(db.get_database_backend());
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        username: String,
        display_name: String,
        picture_id: Option<Uuid>,
    }
    let rows = Row::find_by_statement(sql).all(db).await?;
    Ok(rows.into_iter().map(|row| user_summary(row.id, row.username, row.display_name, row.picture_id)).collect())
}
