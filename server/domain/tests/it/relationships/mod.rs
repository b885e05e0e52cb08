//! Friends, blocks, search, invitations: what each of two people sees of them.

mod blocks;
mod friends;
mod invites;
mod search;

use domain::{
    Actor, Domain,
    live::{Connection, Outgoing},
};
use protocol::{
    UserId,
    live::ServerFrame,
    relationship::{FriendStatus, Relationship},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::common::TestDomain;

async fn pair(t: &TestDomain) -> (Actor, Actor) {
    (t.with_user("ada").await, t.with_user("ben").await)
}

async fn tie(t: &Domain, actor: &Actor, name: &str) -> FriendStatus {
    t.relationships().profile(actor, name).await.unwrap().friend_status
}

/// What this person's sockets are told about others, as far as it was told by now.
fn told(socket: &mut Connection) -> Vec<(String, FriendStatus, bool, u32)> {
    let mut told = Vec::new();
    while let Some(Outgoing::Text(text)) = socket.try_recv() {
        if let ServerFrame::RelationshipChanged { relationship: relation, requests } =
            serde_json::from_slice(&text).unwrap()
        {
            told.push((relation.person.username, relation.friend_status, relation.blocked, requests));
        }
    }
    told
}

fn names(relations: &[Relationship]) -> Vec<&str> {
    relations.iter().map(|relation| relation.person.username.as_str()).collect()
}

/// Many people at once, in one statement.
async fn crowd(t: &TestDomain, count: u32) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
    let mut values: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        values.extend([(*id).into(), format!("crowd{n}").into()]);
        let [a, b] = [values.len() - 1, values.len()];
        rows.push(format!("(${a}, ${b}, ${b}, ${b}, ${b}, 'x', false, 0)"));
    }
    let columns = "id, username, username_key, email, email_key, password_hash, is_admin, created_at";
    t.execute(&format!("INSERT INTO users ({columns}) VALUES {}", rows.join(", ")), values).await;
    ids
}

async fn store_ties(t: &TestDomain, me: UserId, others: &[Uuid], state: i16) {
    let me = me.uuid();
    let mut values: Vec<Value> = vec![me.into()];
    let mut rows = Vec::new();
    for other in others {
        values.extend([me.min(*other).into(), me.max(*other).into()]);
        rows.push(format!("(${}, ${}, {state}, $1, 0, 0)", values.len() - 1, values.len()));
    }
    let columns = "low_id, high_id, state, asked_by, created_at, changed_at";
    t.execute(&format!("INSERT INTO friendships ({columns}) VALUES {}", rows.join(", ")), values).await;
}
