//! The list of conversations, the open conversation, and the page that starts one.

use protocol::Content;

sentences! {
    CONVERSATION = "Conversation";
    CONVERSATIONS = "Conversations";
    about(title: &str) = "About {title}";
    NEW_CONVERSATION = "New conversation";
    TO_YOUR_CONVERSATIONS = "Go to your conversations";

    // The list. The last message of a room stands beside its author, or beside `YOU`.
    NO_CONVERSATIONS = "No conversations yet";
    FIND_SOMEBODY_OR_ENTER_ROOM = "Message someone by their username, or join a room.";
    START_CONVERSATION = "Start a conversation";
    SAY_HELLO = "Say hello";
    NOBODY_ELSE_HERE = "Nobody else is here yet";
    // The count may be "999+".
    unread(count: &str) = "{count} unread";

    // Beside the list, while no conversation is open.
    NOTHING_OPEN = "No conversation open";
    CHOOSE_OR_START = "Choose a conversation, or start a new one.";

    // The open conversation.
    OPENING_CONVERSATION = "Loading conversation";
    NOTHING_FOR_YOU = "Conversation not found";
    NO_SUCH_CONVERSATION = "It doesn’t exist, or you’re not in it.";
    NO_LONGER_MEMBER = "You’re no longer in this conversation.";
    members(count: u32) = "{count} member" | "{count} members";
    ABOUT_ROOM = "About this room";
    room_is_open(room: &str) = "Anyone on this server can join “{room}” by its name and read its messages.";
    LEAVE_ROOM = "Leave room";

    // The messages of a conversation.
    HISTORY = "History";
    MESSAGES = "Messages";
    NOTHING_SAID = "No messages yet";
    sees_first_message(name: &str) = "{name} will see this conversation once you send a message.";
    QUIET_ROOM = "It’s quiet in here";
    READ_BY_WHOEVER_COMES = "Everyone who joins can read what you write.";
    BEGINNING = "This is the beginning of the conversation.";
    LOAD_OLDER = "Load older messages";
    LOAD_NEWER = "Load newer messages";
    older_not_loaded(reason: &str) = "Older messages couldn’t be loaded. {reason}";
    NEW_MESSAGES = "New messages";
    new_messages(count: u32) = "{count} new message" | "{count} new messages";
    new_messages_jump_to_latest(count: u32) =
        "{count} new message, jump to latest" | "{count} new messages, jump to latest";
    LATEST = "Latest";
    JUMP_TO_LATEST = "Jump to latest";

    // The page that starts a conversation.
    TALK_TO_SOMEBODY = "Message someone";
    ONLY_TWO_OF_YOU = "Only the two of you can read your messages.";
    USERNAME_HINT = "Their exact username; capitals don’t matter.";
    START_TALKING = "Start conversation";
    ENTER_A_ROOM = "Join a room";
    ROOMS_ARE_OPEN = "Rooms are open to everyone on this server. Joining a room that doesn’t exist yet creates it.";
    ROOM_NAME = "Room name";
    room_name_hint(min: u32, max: u32) = "{min} to {max} characters, such as “Tea house”.";
    ENTER_ROOM = "Join room";

    // A message, and the form that writes one.
    YOU = "You";
    // The author of a message, while their name is unknown.
    SOMEBODY = "Someone";
    MESSAGE = "Message";
    MESSAGE_DELETED = "Message deleted";
    MESSAGE_UNKNOWN = "This page is too old to show this message. Reload the page.";
    MESSAGE_OF_BLOCKED = "Message from someone you blocked";
    EDITED = "edited";
    SEND = "Send";
    WAITING_TO_BE_SENT = "Waiting to send";
    SENDING = "Sending";
    SENT = "Sent";
    SEEN = "Seen";
    NOT_SENT = "Not sent";
    not_sent(reason: &str) = "Not sent. {reason}";
    DISCARD = "Discard";
    characters_left(count: u32) = "{count} character left" | "{count} characters left";
    characters_too_many(count: u32) = "{count} character over the limit" | "{count} characters over the limit";
}

/// Returns a message's content in words: its text, or what is said in place of one.
pub fn content_text(content: &Content) -> &str {
    match content {
        Content::Text(text) => text,
        Content::Deleted => MESSAGE_DELETED,
        Content::Unknown => MESSAGE_UNKNOWN,
    }
}
