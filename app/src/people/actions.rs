//! The actions on the relationship with a user, as forms of one button each.

use browser::page;
use leptos::prelude::*;
use protocol::{
    UserSummary,
    relationship::{FriendStatus, Relationship, RelationshipAction},
};

use crate::{
    api::{conversations::StartDirect, relationships::ChangeRelationship},
    forms::{ActionForm, FormError, action_error, navigate_on_success},
    live::{Connection, use_live},
    ui::{Button, ButtonKind, Icon, IconName, VisiblePart},
    words,
};

/// The relationship actions of a page. All users on the page share one server action of each kind, so that a refusal is
/// shown once, also without WASM.
#[derive(Clone, Copy)]
pub struct RelationshipActions {
    change: ServerAction<ChangeRelationship>,
    talk: ServerAction<StartDirect>,
    next: StoredValue<String>,
}

impl RelationshipActions {
    /// Creates the actions of the page at the address `next`, to which plain forms return. `reload` is called after a
    /// change that the live connection does not report.
    pub fn new(next: String, reload: impl Fn() + 'static) -> Self {
        let (change, talk) = (ServerAction::<ChangeRelationship>::new(), ServerAction::<StartDirect>::new());
        let live = use_live();
        navigate_on_success(move || talk.value().get());
        Effect::new(move |_| {
            if matches!(change.value().get(), Some(Ok(_))) {
                // The pressed button disappears. Keyboard users continue from the pane that contained it.
                if let Some(talk) = page::element("talk") {
                    page::focus(&talk);
                }
                if live.status().get_untracked() != Connection::Online {
                    reload();
                }
            }
        });
        Self { change, talk, next: StoredValue::new(next) }
    }

    /// Returns a form that makes this change to the relationship with a user.
    pub fn form(self, person: &UserSummary, change: RelationshipAction, kind: ButtonKind) -> AnyView {
        let (label, named) = words::people::action(change);
        let (id, named) = (person.id, named(person.name()));
        let next = self.next.get_value();
        let busy = Signal::derive(move || {
            self.change.input().with(|asked| asked.as_ref().is_some_and(|a| a.person == id && a.change == change))
        });
        let read = move |_: &browser::form::FormFields| ChangeRelationship { person: id, change, next: String::new() };
        view! {
            <ActionForm action=self.change read=read>
                <input type="hidden" name="person" value=id.to_string()/>
                <input type="hidden" name="change" value=change.name()/>
                <input type="hidden" name="next" value=next/>
                <Button behavior="submit" kind=kind class="!px-4" busy=busy>
                    <VisiblePart sentence=named part=label>
                        {label}
                    </VisiblePart>
                </Button>
            </ActionForm>
        }
        .into_any()
    }

    /// Returns a form that opens the direct conversation with a user.
    pub fn talk(self, person: &UserSummary, kind: ButtonKind) -> AnyView {
        let named = words::people::write_to(person.name());
        let username = StoredValue::new(person.username.clone());
        let read = move |_: &browser::form::FormFields| StartDirect { username: username.get_value() };
        view! {
            <ActionForm action=self.talk read=read>
                <input type="hidden" name="username" value=username.get_value()/>
                <Button behavior="submit" kind=kind class="!px-4" busy=self.talk.pending()>
                    <Icon name=IconName::Conversation/>
                    <VisiblePart sentence=named part=words::people::WRITE_TO>
                        {words::people::WRITE_TO}
                    </VisiblePart>
                </Button>
            </ActionForm>
        }
        .into_any()
    }

    /// Returns the forms that fit a relationship: to request, cancel, accept or decline a friendship, to unblock a
    /// user, or to write to a friend.
    pub fn forms(self, relationship: &Relationship) -> Vec<AnyView> {
        let form = |change, kind| self.form(&relationship.person, change, kind);
        if relationship.blocked {
            return vec![form(RelationshipAction::Unblock, ButtonKind::Plain)];
        }
        match relationship.friend_status {
            FriendStatus::None => vec![form(RelationshipAction::Request, ButtonKind::Plain)],
            FriendStatus::RequestSent => vec![form(RelationshipAction::Cancel, ButtonKind::Plain)],
            FriendStatus::RequestReceived => vec![
                form(RelationshipAction::Accept, ButtonKind::Primary),
                form(RelationshipAction::Decline, ButtonKind::Plain),
            ],
            FriendStatus::Friends => vec![self.talk(&relationship.person, ButtonKind::Plain)],
        }
    }

    /// Returns a view of the error of the last action, if it was refused.
    pub fn refusal(self) -> AnyView {
        let (change, talk) = (self.change, self.talk);
        let refused = action_error(move || change.value().get());
        let silent = action_error(move || talk.value().get());
        view! { <FormError error=Signal::derive(move || refused.get().or_else(|| silent.get()))/> }.into_any()
    }
}
