//! The settings of two-step sign-in.

sentences! {
    BACK_TO_SECURITY = "Back to security";
    CODE_FROM_APP = "Code from your app";
    CODE_OR_RECOVERY_CODE = "Code from your app, or a recovery code";

    WHAT_IT_IS =
        "Signing in will take your password and a code from your phone, so nobody gets in with your password alone. \
         You need an authenticator app; any will do.";

    TELL_YOUR_APP = "1. Add this account to your app";
    SCAN_THIS = "Scan this code with your authenticator app within ten minutes.";
    QR_CODE = "QR code with the key that is written below";
    IS_APP_HERE = "Is the app on this device?";
    OPEN_APP = "Open it.";
    OR_TYPE_KEY = "Or enter this key:";
    ENTER_ITS_CODE = "2. Enter the code it shows";
    SWITCH_ON = "Turn on";
    NOT_NOW = "Not now";

    YOUR_RECOVERY_CODES = "Your recovery codes";
    WRITE_CODES_DOWN =
        "Write them down or print them now: they’re shown only once. Each lets you sign in once without your phone. \
         Earlier codes no longer work.";
    IS_ON = "Two-step sign-in is on.";
    codes_left(count: u32) = "Recovery codes left: {count}.";
    NEW_CODES = "New recovery codes";
    OLD_CODES_STOP = "Your current codes will stop working.";
    MAKE_NEW_CODES = "Create new codes";

    SWITCH_IT_OFF = "Turn off two-step sign-in";
    PASSWORD_IS_ENOUGH = "You’ll then sign in with your password only.";
    SWITCH_OFF = "Turn off";
    IS_OFF = "Two-step sign-in is off.";
}
