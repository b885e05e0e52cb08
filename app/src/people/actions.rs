//! What can be done about somebody, as forms of one button.

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
    ui::{Button, ButtonKind, Icon, IconName, VisuallyHidden, isolated},
};

/// What can be done about people on a page: one action of each sort for all of them, so that a refusal is said once,
/// also without WASM.
#[derive(Clone, Copy)]
pub struct RelationshipActions {
    change: ServerAction<ChangeRelationship>,
    talk: ServerAction<StartDirect>,
    next: StoredValue<String>,
}

impl RelationshipActions {
    /// Those of a page at this address. `reload` is called after a change of which the live connection does not tell.
    pub fn new(next: String, reload: impl Fn() + 'static) -> Self {
        let (change, talk) = (ServerAction::<ChangeRelationship>::new(), ServerAction::<StartDirect>::new());
        let live = use_live();
        navigate_on_success(move || talk.value().get());
        Effect::new(move |_| {
            if matches!(change.value().get(), Some(Ok(_))) {
                // The button that was pressed goes; who goes by keyboard goes on from the page it was on.
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

    /// A form that does this about somebody.
    pub fn form(
        self,
        person: &UserSummary,
        change: RelationshipAction,
        label: &'static str,
        kind: ButtonKind,
    ) -> AnyView {
        let (id, name) = (person.id, person.name().to_owned());
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
                    {label}
                    <VisuallyHidden>" " {isolated(&name)}</VisuallyHidden>
                </Button>
            </ActionForm>
        }
        .into_any()
    }

    /// A form that opens the conversation with somebody.
    pub fn talk(self, person: &UserSummary, kind: ButtonKind) -> AnyView {
        let name = person.name().to_owned();
        let username = StoredValue::new(person.username.clone());
        let read = move |_: &browser::form::FormFields| StartDirect { username: username.get_value() };
        view! {
            <ActionForm action=self.talk read=read>
                <input type="hidden" name="username" value=username.get_value()/>
                <Button behavior="submit" kind=kind class="!px-4" busy=self.talk.pending()>
                    <Icon name=IconName::Conversation/>
                    "Message"
                    <VisuallyHidden>" " {isolated(&name)}</VisuallyHidden>
                </Button>
            </ActionForm>
        }
        .into_any()
    }

    /// The forms that fit what somebody is: to be asked, answered, talked to.
    pub fn forms(self, relation: &Relationship) -> Vec<AnyView> {
        let form = |change, label, kind| self.form(&relation.person, change, label, kind);
        if relation.blocked {
            return vec![form(RelationshipAction::Unblock, "Unblock", ButtonKind::Plain)];
        }
        match relation.friend_status {
            FriendStatus::None => vec![form(RelationshipAction::Request, "Add friend", ButtonKind::Plain)],
            FriendStatus::RequestSent => vec![form(RelationshipAction::Cancel, "Cancel request", ButtonKind::Plain)],
            FriendStatus::RequestReceived => vec![
                form(RelationshipAction::Accept, "Accept", ButtonKind::Primary),
                form(RelationshipAction::Decline, "Decline", ButtonKind::Plain),
            ],
            FriendStatus::Friends => vec![self.talk(&relation.person, ButtonKind::Plain)],
        }
    }

    /// Why the last one was refused.
    pub fn refusal(self) -> AnyView {
        let (change, talk) = (self.change, self.talk);
        let refused = action_error(move || change.value().get());
        let silent = action_error(move || talk.value().get());
        view! { <FormError error=Signal::derive(move || refused.get().or_else(|| silent.get()))/> }.into_any()
    }
}
