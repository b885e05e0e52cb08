//! Errors. [`error`](super::error) chooses among them.

sentences! {
    REQUIRED = "Fill in this field.";
    BODY_REQUIRED = "Write a message first.";
    SEARCH_REQUIRED = "Enter a name to search for.";
    CONFIRMATION_REQUIRED = "Tick the box to confirm.";
    PICTURE_REQUIRED = "Choose a photo first.";
    EMAIL_REQUIRED = "Enter your email address.";
    // In some forms, another user's.
    USERNAME_REQUIRED = "Enter a username.";
    // In some forms, a new one.
    PASSWORD_REQUIRED = "Enter a password.";
    CURRENT_PASSWORD_REQUIRED = "Enter your current password.";
    CODE_REQUIRED = "Enter your code.";
    LOGIN_REQUIRED = "Enter your email address or username.";
    ROOM_REQUIRED = "Enter a room name.";

    too_short(count: u32) = "Enter at least {count} character." | "Enter at least {count} characters.";
    username_too_short(count: u32) =
        "A username needs at least {count} character." | "A username needs at least {count} characters.";
    password_too_short(count: u32) =
        "A password needs at least {count} character." | "A password needs at least {count} characters.";
    room_too_short(count: u32) =
        "A room name needs at least {count} character." | "A room name needs at least {count} characters.";
    /// The text to search for.
    name_too_short(count: u32) =
        "Enter at least {count} character of the name." | "Enter at least {count} characters of the name.";

    too_long(count: u32) = "Enter at most {count} character." | "Enter at most {count} characters.";
    email_too_long(count: u32) =
        "An email address can have up to {count} character." | "An email address can have up to {count} characters.";
    username_too_long(count: u32) =
        "A username can have up to {count} character." | "A username can have up to {count} characters.";
    password_too_long(count: u32) =
        "A password can have up to {count} character." | "A password can have up to {count} characters.";
    /// The display name, or the text to search for.
    name_too_long(count: u32) =
        "A name can have up to {count} character." | "A name can have up to {count} characters.";
    bio_too_long(count: u32) =
        "Your bio can have up to {count} character." | "Your bio can have up to {count} characters.";
    pronouns_too_long(count: u32) =
        "Your pronouns can have up to {count} character." | "Your pronouns can have up to {count} characters.";
    status_too_long(count: u32) =
        "Your status can have up to {count} character." | "Your status can have up to {count} characters.";
    room_too_long(count: u32) =
        "A room name can have up to {count} character." | "A room name can have up to {count} characters.";
    body_too_long(count: u32) =
        "A message can have up to {count} character." | "A message can have up to {count} characters.";

    MALFORMED = "This doesn’t look right. Check it and try again.";
    EMAIL_MALFORMED = "This isn’t an email address. Check it for typos.";
    USERNAME_MALFORMED =
        "Use letters from a to z, digits, dots, hyphens and underscores. Start and end with a letter or digit.";
    ROOM_MALFORMED = "A room name needs a letter or a digit, and can’t contain / \\ < or >.";
    EMOJI_MALFORMED = "Enter a single emoji.";
    BODY_MALFORMED = "This message can’t be sent as it is. Check it and try again.";
    REQUEST_MALFORMED = "The server didn’t understand this. Reload the page and try again.";

    TAKEN = "This is already taken.";
    USERNAME_TAKEN = "This username is taken, or looks too much like one that is.";
    WEAK = "This password is easy to guess. Make it longer, or use several unrelated words.";

    UNAUTHENTICATED = "Sign in to continue.";
    WRONG_CREDENTIALS = "Wrong email, username or password. Check them and try again.";
    WRONG_PASSWORD = "This isn’t your current password.";
    /// Of the app, or a recovery code.
    WRONG_CODE = "This code is wrong or was already used. Try another one.";
    UNVERIFIED = "Confirm your email address first: open the link in the email we sent you.";
    other_account(username: &str) =
        "You’re now signed in as @{username} in this browser. Nothing was changed. Reload the page to continue as \
         @{username}.";
    OTHER_ACCOUNT =
        "You’re now signed in with another account in this browser. Nothing was changed. Reload the page to continue.";
    CODE_EXPIRED = "That took too long. Start again.";
    LINK_EXPIRED = "This link has expired or was already used.";

    FORBIDDEN = "You can’t do this.";
    OWN_USERNAME = "This is you. Choose someone else.";
    /// One text for every reason (settings, a block, a deleted account), so that it does not disclose which one.
    MESSAGE_FORBIDDEN = "This person only accepts messages from certain people.";
    NOT_FOUND = "This doesn’t exist, or you can’t see it.";
    USERNAME_NOT_FOUND = "Nobody here has this username. Check the spelling.";
    CONFLICT = "This has changed in the meantime. Reload the page and try again.";
    FRIEND_CONFLICT = "You already sent a friend request, or you’re already friends.";
    limit_reached(max: u32) = "You’ve reached the limit of {max}. Remove some first.";
    FRIEND_LIMIT_REACHED = "This person can’t add any more friends.";

    UNDELIVERABLE = "We can’t deliver email to this address. Check it for typos.";
    FILE_UNSUPPORTED = "This file can’t be used as a picture. Choose a JPEG, PNG, WebP or GIF.";
    file_too_large(megabytes: u32) = "This file is too large. Choose one of up to {megabytes} MB.";
    too_many_pixels(megapixels: u32) = "This picture is too large. Choose one of up to {megapixels} megapixels.";
    REQUEST_TOO_LARGE = "This is too long to send. Go back and shorten it.";

    retry_in_seconds(count: u32) =
        "Too many attempts. Try again in {count} second." | "Too many attempts. Try again in {count} seconds.";
    retry_in_minutes(count: u32) =
        "Too many attempts. Try again in {count} minute." | "Too many attempts. Try again in {count} minutes.";
    UNAVAILABLE = "The server can’t do this right now. Nothing was lost. Try again in a moment.";
    INTERNAL = "Something went wrong.";
    internal(id: &str) = "Something went wrong. If you report it, mention the number {id}.";
}
