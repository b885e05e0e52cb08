//! Words that several pages share.

sentences! {
    APP_NAME = "WeConnect";

    USERNAME = "Username";
    PASSWORD = "Password";

    TRY_AGAIN = "Try again";

    SETTINGS = "Settings";
    SKIP_TO_CONTENT = "Skip to content";
}
