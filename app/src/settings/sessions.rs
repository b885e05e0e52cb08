//! The sessions of the user.

use leptos::prelude::*;
use protocol::user::SessionInfo;

use super::Section;
use crate::{
    api::sessions::{EndOtherSessions, EndSession, sessions},
    forms::{ActionForm, FormError, LoadError, action_error, reload_on_success},
    ui::{Button, ButtonKind, Icon, IconName, Loading, Skeleton, Time, TimeStyle},
    words,
};

/// The list of the user's sessions, with buttons that end the other sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let list = Resource::new_blocking(|| (), |()| sessions());
    let drawn = move || {
        Suspend::new(async move {
            match list.await {
                Ok(list) => view! { <List list=list/> }.into_any(),
                Err(error) => view! { <LoadError error=error again=move |()| list.refetch()/> }.into_any(),
            }
        })
    };
    view! {
        <Section id="sessions" title=words::settings::WHERE_SIGNED_IN>
            <p class="mb-4 text-quiet">
                {words::settings::UNKNOWN_SESSION}
            </p>
            <Suspense fallback=|| {
                view! {
                    <Loading label=words::settings::LOADING_SESSIONS>
                        <Skeleton class="h-18 w-full"/>
                    </Loading>
                }
            }>{drawn}</Suspense>
        </Section>
    }
    .into_any()
}

#[component]
fn List(list: Vec<SessionInfo>) -> impl IntoView {
    let one = ServerAction::<EndSession>::new();
    let others = ServerAction::<EndOtherSessions>::new();
    let error = action_error(move || one.value().get());
    let error_of_others = action_error(move || others.value().get());
    reload_on_success(move || one.value().get());
    reload_on_success(move || others.value().get());
    let busy = Signal::derive(move || one.pending().get() || others.pending().get());
    let has_others = list.len() > 1;
    let rows = list.into_iter().map(|session| view! { <Row session=session action=one busy=busy/> }).collect_view();
    view! {
        <FormError error=error/>
        <FormError error=error_of_others/>
        <ul class="flex flex-col divide-y divide-line">{rows}</ul>
        {has_others
            .then(|| {
                view! {
                    <div class="mt-4">
                        <ActionForm action=others read=|_| EndOtherSessions {}>
                            <Button behavior="submit" kind=ButtonKind::Danger disabled=busy>
                                <Icon name=IconName::SignOut/>
                                {words::settings::SIGN_OUT_ELSEWHERE}
                            </Button>
                        </ActionForm>
                    </div>
                }
            })}
    }
    .into_any()
}

#[component]
fn Row(session: SessionInfo, action: ServerAction<EndSession>, busy: Signal<bool>) -> impl IntoView {
    let SessionInfo { handle, browser, system, current, since, used } = session;
    let device = words::settings::device(browser.as_deref(), system.as_deref());
    let label = words::settings::sign_out_device(&device);
    view! {
        <li class="flex flex-wrap items-center gap-3 py-3">
            <Icon name=IconName::Monitor class="text-quiet"/>
            <div class="min-w-0 flex-1">
                <p class="font-medium">{device}</p>
                <p class="text-sm text-quiet">
                    {if current {
                        words::settings::THIS_BROWSER.into_any()
                    } else {
                        view! { <Time at=used style=TimeStyle::Brief sentence=words::settings::last_used/> }.into_any()
                    }} " · " <Time at=since style=TimeStyle::Brief sentence=words::settings::signed_in/>
                </p>
            </div>
            {(!current)
                .then(|| {
                    view! {
                        <ActionForm
                            action=action
                            read=move |_| EndSession { handle }
                        >
                            <input type="hidden" name="handle" value=handle.to_string()/>
                            <Button
                                behavior="submit"
                                kind=ButtonKind::Plain
                                disabled=busy
                                attr:aria-label=label
                            >
                                {words::common::SIGN_OUT}
                            </Button>
                        </ActionForm>
                    }
                })}
        </li>
    }
    .into_any()
}
