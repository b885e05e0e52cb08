//! Contacts, relationships and profiles.

use protocol::relationship::{FriendStatus, RelationshipAction};

sentences! {
    PEOPLE = "People";
    // The link to the page of contacts, while friend requests are pending.
    people_with_requests(count: u32) = "People, {count} request" | "People, {count} requests";

    // The page of contacts.
    LOADING_PEOPLE = "Loading people";
    FIND_PEOPLE = "Find people";
    FIND_HINT = "By username or name.";
    SEARCH = "Search";
    NOBODY_FOUND = "Nobody here goes by that name.";
    REQUESTS_RECEIVED = "Waiting for your answer";
    FRIENDS = "Friends";
    REQUESTS_SENT = "Asked by you";
    BLOCKED = "Blocked";
    NO_FRIENDS = "No friends here yet";
    NO_FRIENDS_HINT = "Look for somebody above, or send them your link.";

    // The invitation link.
    YOUR_INVITATION_LINK = "Your invitation link";
    INVITATION_LINK_HINT = "Whoever follows it becomes your friend at once, also after signing up.";
    COPY = "Copy";
    COPIED = "Copied.";
    NOT_COPIED = "Your browser does not let us copy. The link is selected: copy it from there.";
    NEW_LINK = "New link";
    NEW_LINK_HINT = "A new link makes the old one useless.";

    // Buttons; screen readers hear the label with the user's name.
    ADD_FRIEND = "Add friend";
    add_friend(name: &str) = "Add friend {name}";
    CANCEL_REQUEST = "Cancel request";
    cancel_request(name: &str) = "Cancel request {name}";
    ACCEPT = "Accept";
    accept(name: &str) = "Accept {name}";
    DECLINE = "Decline";
    decline(name: &str) = "Decline {name}";
    REMOVE = "Remove";
    remove(name: &str) = "Remove {name}";
    BLOCK = "Block";
    block(name: &str) = "Block {name}";
    UNBLOCK = "Unblock";
    unblock(name: &str) = "Unblock {name}";
    // "Message" is a verb here.
    WRITE_TO = "Message";
    write_to(name: &str) = "Message {name}";

    // A profile.
    PROFILE = "Profile";
    OPENING_PROFILE = "Opening the profile";
    // The date follows.
    MEMBER_SINCE = "Member since";
    YOU_ARE_FRIENDS = "You are friends.";
    REQUEST_SENT = "You asked to be friends. There is no answer yet.";
    REQUEST_RECEIVED = "Asks to be your friend.";
    REMOVE_FRIEND = "Remove friend";
    REMOVE_FRIEND_HINT = "You can become friends again when one of you asks.";
    BLOCK_HINT =
        "Neither of you can write to or call the other then, and you are no longer friends. They are not told. In \
         rooms you both still see each other’s messages; theirs are folded for you.";
    blocked_by_you(name: &str) =
        "You blocked {name}. Neither of you can write to or call the other. They were not told.";
    YOUR_OWN_PROFILE = "This is you, as others see you.";
    EDIT_PROFILE = "Edit profile";
    NO_SUCH_PROFILE = "Nobody here has this name";
    NO_SUCH_PROFILE_HINT = "They may have left, or go by another username now.";
}

/// A button's label, and the function that returns the label with a user's name.
pub type Label = (&'static str, fn(&str) -> String);

/// Returns the label of the button that makes this change.
pub fn action(change: RelationshipAction) -> Label {
    match change {
        RelationshipAction::Request => (ADD_FRIEND, add_friend),
        RelationshipAction::Cancel => (CANCEL_REQUEST, cancel_request),
        RelationshipAction::Accept => (ACCEPT, accept),
        RelationshipAction::Decline => (DECLINE, decline),
        RelationshipAction::Remove => (REMOVE, remove),
        RelationshipAction::Block => (BLOCK, block),
        RelationshipAction::Unblock => (UNBLOCK, unblock),
    }
}

/// Returns the sentence about a friendship, or `None` if there is none and nobody asked for one.
pub const fn friend_status(status: FriendStatus) -> Option<&'static str> {
    match status {
        FriendStatus::Friends => Some(YOU_ARE_FRIENDS),
        FriendStatus::RequestSent => Some(REQUEST_SENT),
        FriendStatus::RequestReceived => Some(REQUEST_RECEIVED),
        FriendStatus::None => None,
    }
}
