//! The list of conversations, the open conversation, and the page that starts one.

use protocol::Content;

sentences! {
    CONVERSATION = "Conversation";
    CONVERSATIONS = "Conversations";
    about(title: &str) = "About {title}";
    NEW_CONVERSATION = "New conversation";
    TO_YOUR_CONVERSATIONS = "To your conversations";

    // The list. The last message of a room stands beside its author, or beside `YOU`.
    NO_CONVERSATIONS = "No conversations yet";
    FIND_SOMEBODY_OR_ENTER_ROOM = "Find somebody by their username, or enter a room.";
    START_CONVERSATION = "Start a conversation";
    SAY_HELLO = "Say hello";
    NOBODY_ELSE_HERE = "Nobody else is here yet";
    // The count may be "999+".
    unread(count: &str) = "{count} unread";

    // Beside the list, while no conversation is open.
    NOTHING_OPEN = "Nothing open";
    CHOOSE_OR_START = "Choose a conversation, or start one.";

    // The open conversation.
    OPENING_CONVERSATION = "Opening the conversation";
    NOTHING_FOR_YOU = "There is nothing here for you";
    NO_SUCH_CONVERSATION = "This conversation does not exist, or you are not in it.";
    NO_LONGER_MEMBER = "You are no longer in this conversation.";
    members(count: u32) = "{count} member" | "{count} members";
    ABOUT_ROOM = "About this room";
    room_is_open(room: &str) = "Everybody on this server can enter “{room}” by its name and read it.";
    LEAVE_ROOM = "Leave room";

    // The messages of a conversation.
    HISTORY = "History";
    MESSAGES = "Messages";
    NOTHING_SAID = "Nothing said yet";
    OTHER_SEES_FIRST_MESSAGE = "The other sees this conversation with your first message.";
    QUIET_ROOM = "A quiet room";
    READ_BY_WHOEVER_COMES = "Whoever comes in reads what you say now.";
    BEGINNING = "This is where it begins.";
    LOAD_OLDER = "Load older messages";
    LOAD_NEWER = "Load newer messages";
    older_not_loaded(reason: &str) = "Older messages could not be loaded. {reason}";
    NEW_MESSAGES = "New messages";
    new_messages(count: u32) = "{count} new message" | "{count} new messages";
    new_messages_jump_to_latest(count: u32) =
        "{count} new message, jump to latest" | "{count} new messages, jump to latest";
    LATEST = "Latest";
    JUMP_TO_LATEST = "Jump to latest";

    // The page that starts a conversation.
    TALK_TO_SOMEBODY = "Talk to somebody";
    ONLY_TWO_OF_YOU = "Only the two of you see what is said.";
    USERNAME_HINT = "Exactly as they chose it; capitals don't matter.";
    START_TALKING = "Start talking";
    ENTER_A_ROOM = "Enter a room";
    ROOMS_ARE_OPEN = "Rooms are open to everybody on this server. If there is none of that name, you open it.";
    ROOM_NAME = "Room name";
    room_name_hint(min: u32, max: u32) = "{min} to {max} characters, such as “Tea house”.";
    ENTER_ROOM = "Enter room";

    // A message, and the form that writes one.
    YOU = "You";
    // The author of a message, while their name is unknown.
    SOMEBODY = "Somebody";
    MESSAGE = "Message";
    MESSAGE_DELETED = "Message deleted";
    MESSAGE_UNKNOWN = "This page is too old to show this message. Reload it.";
    MESSAGE_OF_BLOCKED = "Message from somebody you blocked";
    EDITED = "edited";
    SEND = "Send";
    WAITING_TO_BE_SENT = "Waiting to be sent";
    SENDING = "Sending";
    SENT = "Sent";
    SEEN = "Seen";
    NOT_SENT = "Not sent";
    not_sent(reason: &str) = "Not sent. {reason}";
    DISCARD = "Discard";
    characters_left(count: u32) = "{count} character left" | "{count} characters left";
    characters_too_many(count: u32) = "{count} character too many" | "{count} characters too many";
}

/// Returns a message's content in words: its text, or what is said in place of one.
pub fn content_text(content: &Content) -> &str {
    match content {
        Content::Text(text) => text,
        Content::Deleted => MESSAGE_DELETED,
        Content::Unknown => MESSAGE_UNKNOWN,
    }
}
