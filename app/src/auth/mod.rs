//! The pages that need no sign-in: signing up and in, links from mails, forgotten passwords, and invitations.

mod confirm_email;
mod forgot_password;
mod invitation;
mod layout;
mod link_page;
mod mail_sent;
mod reset_password;
mod second_factor;
mod sign_in;
mod sign_up;
mod verify_email;

pub use self::{
    confirm_email::ConfirmEmailPage,
    forgot_password::ForgotPage,
    invitation::Invitation,
    layout::{AuthLayout, GuestOnly},
    mail_sent::{ResetSent, Sent},
    reset_password::ResetPage,
    second_factor::CodePage,
    sign_in::SignInPage,
    sign_up::SignUpPage,
    verify_email::VerifyPage,
};
