//! Words that several pages share.

sentences! {
    APP_NAME = "WeConnect";
    page_title(page: &str) = "{page} · WeConnect";

    SIGN_IN = "Sign in";
    SIGN_IN_AGAIN = "Sign in again";
    SIGN_OUT = "Sign out";
    CREATE_ACCOUNT = "Create an account";
    SESSION_ENDED = "You’ve been signed out.";

    EMAIL = "Email";
    USERNAME = "Username";
    PASSWORD = "Password";
    CURRENT_PASSWORD = "Current password";
    NEW_PASSWORD = "New password";
    CHANGE_PASSWORD = "Change password";

    SAVE = "Save";
    SAVED = "Saved";
    CANCEL = "Cancel";
    TRY_AGAIN = "Try again";
    LOADING = "Loading";
    NOT_KEPT_HERE = "You’re offline, and this isn’t saved in this browser. It will load when you’re back online.";

    SETTINGS = "Settings";
    TWO_STEP_SIGN_IN = "Two-step sign-in";
    SET_UP_TWO_STEP_SIGN_IN = "Set up two-step sign-in";
    DELETE_YOUR_ACCOUNT = "Delete your account";
    DOWNLOAD_YOUR_DATA = "Download your data";
    SKIP_TO_CONTENT = "Skip to content";
}
