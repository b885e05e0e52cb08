//! The pages that need no sign-in.

sentences! {
    WITHOUT_TLS =
        "This connection isn’t encrypted, so others could read your password. Signing in doesn’t work here.";
    GO_TO_ENCRYPTED_PAGE = "Go to the encrypted page";

    WELCOME_BACK = "Welcome back";
    EMAIL_OR_USERNAME = "Email or username";
    NEW_HERE = "New here?";

    ENTER_YOUR_CODE = "Enter your code";
    ONE_MORE_STEP = "One more step";
    CODE = "Code";
    CODE_OF_APP = "Enter the code from your authenticator app.";
    RECOVERY_CODE = "Recovery code";
    ONE_OF_RECOVERY_CODES = "Enter one of the recovery codes you saved. Each code works once.";
    APP_NOT_AT_HAND = "Don’t have your phone?";
    USE_RECOVERY_CODE = "Use a recovery code";
    HAVE_YOUR_PHONE = "Have your phone?";
    USE_APP = "Use your authenticator app";
    SOMEBODY_ELSE = "Not you?";
    START_OVER = "Start over";

    COME_ON_IN = "Come on in";
    ONE_ACCOUNT = "Your account works on this server only.";
    EMAIL_HINT = "We’ll send a confirmation link. Nobody else sees your address.";
    USERNAME_HINT = "Others find you by this name.";
    USERNAME_FREE = "This username is available.";
    CREATE_THIS_ACCOUNT = "Create account";
    HAVE_ACCOUNT = "Already have an account?";

    password_hint(count: u32) =
        "At least {count} character. A few unrelated words work best."
        | "At least {count} characters. A few unrelated words work best.";
    PASSWORD_WEAK = "Easy to guess. Make it longer, or use several unrelated words.";
    PASSWORD_FAIR = "Not strong enough yet. Add another word or a few characters.";
    PASSWORD_GOOD = "Good password";
    PASSWORD_STRONG = "Strong password";

    CHECK_YOUR_MAIL = "Check your email";
    link_sent(email: &str) = "We sent a link to {email}. Open it within a day to finish creating your account.";
    LINK_SENT = "We sent a link to the address you entered. Open it within a day to finish creating your account.";
    reset_link_sent(email: &str) =
        "If there’s an account for {email}, we sent a link to that address. Open it within an hour to choose a new \
         password.";
    RESET_LINK_SENT =
        "If there’s an account for the address you entered, we sent a link there. Open it within an hour to choose a \
         new password.";
    MAIL_STAYS_HERE =
        "This server doesn’t send email yet. If you run it, you’ll find the link in the outbox, at the address that \
         the server printed when it started.";
    NOTHING_THERE = "Nothing after a few minutes? Check your spam folder.";
    TRY_OTHER_ADDRESS = "Try another address";
    TRY_ADDRESS_OF_ACCOUNT = "Try the address you signed up with";

    FORGOT_PASSWORD_QUESTION = "Forgot your password?";
    IT_HAPPENS = "It happens. We’ll send you a link to choose a new one.";
    ADDRESS_OF_ACCOUNT = "The email address of your account.";
    SEND_LINK = "Send link";
    REMEMBERED_IT = "Remembered it?";

    LINK_INCOMPLETE = "This link is incomplete. Copy the whole link from the email.";
    ASK_FOR_NEW_LINK = "Request a new link";
    A_NEW_PASSWORD = "Choose a new password";
    SIGNED_OUT_BY_RESET = "You’ll be signed out everywhere. Sign in again with your new password.";

    CONFIRM_YOUR_EMAIL = "Confirm your email address";
    YOUR_NEW_EMAIL = "Your new email address";
    NEW_EMAIL_IS_YOURS = "Confirm that this address is yours. We’ll then send all email about your account there.";
    CONFIRM = "Confirm email address";
    TO_YOUR_ACCOUNT = "Go to account settings";
    ONE_LAST_STEP = "One last step";
    EMAIL_IS_YOURS = "Confirm your email address, and you’re in.";
    CONFIRM_AND_SIGN_IN = "Confirm and sign in";
    SIGN_UP_AGAIN = "Sign up again";
    signed_in_as(name: &str) = "You’re signed in as @{name} in this browser. Confirming signs @{name} out.";

    INVITATION = "Invitation";
    invites_you(name: &str) = "{name} invited you";
    YOU_INVITE = "Your invitation";
    OWN_INVITATION = "This is your own invitation link. Send it to someone you’d like to be friends with.";
    TO_YOUR_PEOPLE = "Go to People";
    FRIENDS_ALREADY = "You’re already friends.";
    VIEW_PROFILE = "View profile";
    ACCEPT_INVITATION = "Accept to become friends right away.";
    BECOME_FRIENDS = "Accept invitation";
    SIGN_UP_AS_FRIEND = "Create an account, and you’ll be friends right away.";
    SIGN_IN_AS_FRIEND = "Sign in instead";
    LINK_LEADS_NOWHERE = "This link doesn’t work";
    ASK_FOR_NEW_ONE = "Ask for a new one.";
    GO_TO_APP = "Open WeConnect";
}
