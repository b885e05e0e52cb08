//! The pages that need no sign-in.

sentences! {
    WITHOUT_TLS =
        "This page came over a connection that is not encrypted. Others could read your password, and signing in does \
         not work here.";
    GO_TO_ENCRYPTED_PAGE = "Go to the encrypted page";

    WELCOME_BACK = "Welcome back";
    EMAIL_OR_USERNAME = "E-mail or username";
    NEW_HERE = "New here?";

    ENTER_YOUR_CODE = "Enter your code";
    ONE_MORE_STEP = "One more step";
    CODE = "Code";
    CODE_OF_APP = "Enter the code that your app shows for this server.";
    RECOVERY_CODE = "Recovery code";
    ONE_OF_RECOVERY_CODES = "Enter one of the recovery codes that you kept. Each gets you in once.";
    APP_NOT_AT_HAND = "Not at hand?";
    USE_RECOVERY_CODE = "Use a recovery code";
    HAVE_YOUR_PHONE = "Have your phone?";
    USE_APP = "Use the app";
    SOMEBODY_ELSE = "Somebody else?";
    START_OVER = "Start over";

    COME_ON_IN = "Come on in";
    ONE_ACCOUNT = "One account, on this server only.";
    EMAIL_HINT = "We send a link there to confirm it. Nobody else sees it.";
    USERNAME_HINT = "How others find you.";
    USERNAME_FREE = "It's yours to take.";
    CREATE_THIS_ACCOUNT = "Create account";
    HAVE_ACCOUNT = "Have an account?";

    password_hint(count: u32) =
        "At least {count} character. A few unrelated words are best."
        | "At least {count} characters. A few unrelated words are best.";
    PASSWORD_WEAK = "Easy to guess. Make it longer, or use several unrelated words.";
    PASSWORD_FAIR = "Not quite there. Add another word, or a few characters.";
    PASSWORD_GOOD = "Good.";
    PASSWORD_STRONG = "Strong.";

    CHECK_YOUR_MAIL = "Check your mail";
    link_sent(email: &str) = "We sent a link to {email}. Follow it within a day, and your account is ready.";
    LINK_SENT = "We sent a link to the address you gave. Follow it within a day, and your account is ready.";
    reset_link_sent(email: &str) =
        "If {email} has an account here, a link is on its way. Follow it within an hour to choose a new password.";
    RESET_LINK_SENT =
        "If the address you gave has an account here, a link is on its way. Follow it within an hour to choose a new \
         password.";
    MAIL_STAYS_HERE =
        "This server sends no mail yet. Whoever runs it finds the link in its log, and in its outbox, whose address it \
         printed when it started.";
    NOTHING_THERE = "Nothing there after a few minutes? Look into the spam folder.";
    TRY_OTHER_ADDRESS = "Try again with another address.";
    TRY_ADDRESS_OF_ACCOUNT = "Try again with the address you signed up with.";

    FORGOT_PASSWORD = "Forgot your password";
    FORGOT_PASSWORD_QUESTION = "Forgot your password?";
    IT_HAPPENS = "It happens. We send you a link with which you choose a new one.";
    ADDRESS_OF_ACCOUNT = "The address of your account.";
    SEND_LINK = "Send the link";
    REMEMBERED_IT = "Remembered it?";

    LINK_INCOMPLETE = "This link is incomplete. Copy the whole address from the mail.";
    ASK_FOR_NEW_LINK = "Ask for a new link";
    CHOOSE_PASSWORD = "Choose a new password";
    A_NEW_PASSWORD = "A new password";
    SIGNED_OUT_BY_RESET = "Wherever you are signed in now, you will have to sign in again.";

    CONFIRM_YOUR_EMAIL = "Confirm your e-mail";
    YOUR_NEW_EMAIL = "Your new e-mail address";
    NEW_EMAIL_IS_YOURS =
        "Confirm that this e-mail address is yours. From then on, mail about your account goes there.";
    CONFIRM = "Confirm";
    TO_YOUR_ACCOUNT = "To your account";
    ONE_LAST_STEP = "One last step";
    EMAIL_IS_YOURS = "Confirm that this e-mail address is yours, and you're in.";
    CONFIRM_AND_SIGN_IN = "Confirm and sign in";
    SIGN_UP_AGAIN = "Sign up again";
    signed_in_as(name: &str) = "You are signed in as @{name} in this browser. Confirming signs @{name} out here.";

    INVITATION = "Invitation";
    invites_you(name: &str) = "{name} invites you";
    YOU_INVITE = "You invite";
    OWN_INVITATION = "This is your own link. Send it to somebody you want as a friend.";
    TO_YOUR_PEOPLE = "To your people";
    FRIENDS_ALREADY = "You are friends already.";
    SEE_THEIR_CARD = "See their card";
    ACCEPT_INVITATION = "Accept, and you are friends at once.";
    BECOME_FRIENDS = "Become friends";
    SIGN_UP_AS_FRIEND = "Create an account, and you are friends from the start.";
    SIGN_IN_AS_FRIEND = "I have one: sign in";
    LINK_LEADS_NOWHERE = "This link leads nowhere";
    ASK_FOR_NEW_ONE = "Ask for a new one.";
    GO_TO_APP = "Go to WeConnect";
}
