//! The settings of two-step sign-in.

sentences! {
    BACK_TO_SECURITY = "Back to security";
    CODE_FROM_APP = "Code from the app";
    CODE_OR_RECOVERY_CODE = "Code from the app, or a recovery code";

    WHAT_IT_IS =
        "Somebody who learns your password still can't get in when signing in takes a code from your phone as well. \
         You need an authenticator app there; any will do.";

    TELL_YOUR_APP = "1. Tell your app";
    SCAN_THIS = "Scan this with the app, within ten minutes.";
    QR_CODE = "QR code with the key that is written below";
    IS_APP_HERE = "Is the app on this device?";
    OPEN_APP = "Open it.";
    OR_TYPE_KEY = "Or type this key:";
    ENTER_ITS_CODE = "2. Enter its code";
    SWITCH_ON = "Switch on";
    NOT_NOW = "Not now";

    YOUR_RECOVERY_CODES = "Your recovery codes";
    WRITE_CODES_DOWN =
        "Write them down or print them now: they are shown this once. Each gets you in once without your phone. \
         Earlier codes no longer work.";
    IS_ON = "Two-step sign-in is on.";
    codes_left(count: u32) = "Recovery codes that are left: {count}.";
    NEW_CODES = "New recovery codes";
    OLD_CODES_STOP = "The ones you have stop working.";
    MAKE_NEW_CODES = "Make new codes";

    SWITCH_IT_OFF = "Switch it off";
    PASSWORD_IS_ENOUGH = "Signing in takes nothing but your password then.";
    SWITCH_OFF = "Switch off";
    IS_OFF = "Two-step sign-in is off.";
}
