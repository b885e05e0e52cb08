//! Errors. [`error`](super::error) chooses among them.

sentences! {
    REQUIRED = "Fill this in.";
    BODY_REQUIRED = "Write something first.";
    SEARCH_REQUIRED = "Enter a name to look for.";
    CONFIRMATION_REQUIRED = "Tick the box to say that you mean it.";
    PICTURE_REQUIRED = "Choose a picture first.";
    EMAIL_REQUIRED = "Enter your e-mail address.";
    USERNAME_REQUIRED = "Enter your username.";
    PASSWORD_REQUIRED = "Enter your password.";
    CURRENT_PASSWORD_REQUIRED = "Enter your current password.";
    CODE_REQUIRED = "Enter your code.";
    LOGIN_REQUIRED = "Enter your e-mail address or username.";
    ROOM_REQUIRED = "Enter your room name.";

    too_short(count: u32) =
        "This needs at least {count} character." | "This needs at least {count} characters.";
    username_too_short(count: u32) =
        "The username needs at least {count} character." | "The username needs at least {count} characters.";
    password_too_short(count: u32) =
        "The password needs at least {count} character." | "The password needs at least {count} characters.";
    room_too_short(count: u32) =
        "The room name needs at least {count} character." | "The room name needs at least {count} characters.";
    /// The text to search for.
    name_too_short(count: u32) =
        "The name needs at least {count} character." | "The name needs at least {count} characters.";

    too_long(count: u32) =
        "This can have at most {count} character." | "This can have at most {count} characters.";
    email_too_long(count: u32) =
        "The e-mail address can have at most {count} character."
        | "The e-mail address can have at most {count} characters.";
    username_too_long(count: u32) =
        "The username can have at most {count} character." | "The username can have at most {count} characters.";
    password_too_long(count: u32) =
        "The password can have at most {count} character." | "The password can have at most {count} characters.";
    /// The display name, or the text to search for.
    name_too_long(count: u32) =
        "The name can have at most {count} character." | "The name can have at most {count} characters.";
    bio_too_long(count: u32) =
        "The bio can have at most {count} character." | "The bio can have at most {count} characters.";
    pronouns_too_long(count: u32) =
        "The pronouns can have at most {count} character." | "The pronouns can have at most {count} characters.";
    status_too_long(count: u32) =
        "The status can have at most {count} character." | "The status can have at most {count} characters.";
    room_too_long(count: u32) =
        "The room name can have at most {count} character." | "The room name can have at most {count} characters.";
    body_too_long(count: u32) =
        "The message can have at most {count} character." | "The message can have at most {count} characters.";

    MALFORMED = "This could not be understood.";
    EMAIL_MALFORMED = "This is not an e-mail address.";
    USERNAME_MALFORMED =
        "Use letters a to z, digits, dots, hyphens and underscores; start and end with a letter or digit.";
    ROOM_MALFORMED = "A room name needs a letter or a digit, and can't contain / \\ < or >.";
    EMOJI_MALFORMED = "Choose one emoji.";
    BODY_MALFORMED = "The message could not be understood.";
    REQUEST_MALFORMED = "The request could not be understood.";

    TAKEN = "This is taken.";
    USERNAME_TAKEN = "This username is taken, or looks like one that is.";
    WEAK = "This password is easy to guess. Make it longer, or use several unrelated words.";

    UNAUTHENTICATED = "Sign in to go on.";
    WRONG_CREDENTIALS = "The name or the password is wrong.";
    WRONG_PASSWORD = "This is not your password.";
    WRONG_CODE = "This code is wrong, or was used already. Wait for the next one.";
    UNVERIFIED = "Confirm your e-mail address first: follow the link in the mail we sent you.";
    other_account(username: &str) =
        "You are now signed in as @{username} in this browser. Nothing was changed; reload the page to go on as \
         @{username}.";
    OTHER_ACCOUNT = "This browser is signed in to another account now. Reload the page to go on.";
    CODE_EXPIRED = "That took too long. Begin again.";
    LINK_EXPIRED = "This link was used already or is too old.";

    FORBIDDEN = "You can't do this.";
    OWN_USERNAME = "This is you. Look for somebody else.";
    /// One text for every reason (settings, a block, a deleted account), so that it does not disclose which one.
    MESSAGE_FORBIDDEN = "This person takes messages from certain people only.";
    NOT_FOUND = "This does not exist, or you can't see it.";
    USERNAME_NOT_FOUND = "Nobody here has this username.";
    CONFLICT = "This contradicts what is already stored.";
    FRIEND_CONFLICT = "You have asked them already, or are friends.";
    limit_reached(max: u32) = "There can be {max} at most. Remove some first.";
    FRIEND_LIMIT_REACHED = "This person has as many friends as there can be.";

    UNDELIVERABLE = "No mail gets through to this address. Look for a typing mistake in it.";
    FILE_UNSUPPORTED = "This file is no picture that can be used here. Take a JPEG, PNG, WebP or GIF.";
    file_too_large(megabytes: u32) = "This file is too large. It can have {megabytes} MB at most.";
    too_many_pixels(megapixels: u32) =
        "This picture has too many pixels. It can have {megapixels} megapixels at most.";
    REQUEST_TOO_LARGE = "This is too long to be sent. Go back, and shorten it there.";

    retry_in_seconds(count: u32) =
        "Too many tries. Try again in {count} second." | "Too many tries. Try again in {count} seconds.";
    retry_in_minutes(count: u32) =
        "Too many tries. Try again in {count} minute." | "Too many tries. Try again in {count} minutes.";
    UNAVAILABLE = "The server can't do this right now. Nothing was lost; try again in a moment.";
    INTERNAL = "Something went wrong.";
    internal(id: &str) = "Something went wrong. Its number is {id}.";
}
