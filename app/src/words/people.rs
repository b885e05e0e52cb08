//! Contacts, relationships and profiles.

use protocol::relationship::{FriendStatus, RelationshipAction};

sentences! {
    PEOPLE = "People";
    // The link to the page of contacts, while friend requests are pending.
    people_with_requests(count: u32) = "People, {count} friend request" | "People, {count} friend requests";

    // The page of contacts.
    LOADING_PEOPLE = "Loading people";
    FIND_PEOPLE = "Find people";
    FIND_HINT = "By username or name.";
    SEARCH = "Search";
    NOBODY_FOUND = "Nobody here goes by that name.";
    REQUESTS_RECEIVED = "Friend requests";
    FRIENDS = "Friends";
    REQUESTS_SENT = "Requests you sent";
    BLOCKED = "Blocked";
    NO_FRIENDS = "No friends here yet";
    NO_FRIENDS_HINT = "Find someone above, or share your invitation link.";

    // The invitation link.
    YOUR_INVITATION_LINK = "Your invitation link";
    INVITATION_LINK_HINT =
        "Anyone with this link can become your friend right away, even if they don’t have an account yet.";
    COPY = "Copy link";
    COPIED = "Copied";
    NOT_COPIED = "This browser doesn’t let us copy. The link is selected, so you can copy it yourself.";
    NEW_LINK = "Create new link";
    NEW_LINK_HINT = "When you create a new link, the old one stops working.";

    // Buttons; screen readers hear the label with the user's name.
    ADD_FRIEND = "Add friend";
    add_friend(name: &str) = "Add friend {name}";
    CANCEL_REQUEST = "Cancel request";
    cancel_request(name: &str) = "Cancel request to {name}";
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
    OPENING_PROFILE = "Loading profile";
    // The date follows.
    MEMBER_SINCE = "Member since";
    YOU_ARE_FRIENDS = "You’re friends.";
    REQUEST_SENT = "You sent a friend request. It hasn’t been answered yet.";
    request_received(name: &str) = "{name} sent you a friend request.";
    REMOVE_FRIEND = "Remove friend";
    REMOVE_FRIEND_HINT = "To become friends again, one of you has to send a new request.";
    block_hint(name: &str) =
        "You and {name} won’t be able to message or call each other, and you’ll no longer be friends. {name} won’t be \
         told. In rooms you’ll still see each other’s messages, but {name}’s will be folded for you.";
    blocked_by_you(name: &str) =
        "You blocked {name}. You can’t message or call each other. {name} wasn’t told.";
    YOUR_OWN_PROFILE = "This is how others see you.";
    EDIT_PROFILE = "Edit profile";
    NO_SUCH_PROFILE = "Nobody here has this username";
    NO_SUCH_PROFILE_HINT = "They may have left or changed their username.";
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

/// Returns the sentence about a friendship with the user of this name, or `None` if there is none and nobody asked for
/// one.
pub fn friend_status(status: FriendStatus, name: &str) -> Option<String> {
    match status {
        FriendStatus::Friends => Some(YOU_ARE_FRIENDS.to_owned()),
        FriendStatus::RequestSent => Some(REQUEST_SENT.to_owned()),
        FriendStatus::RequestReceived => Some(request_received(name)),
        FriendStatus::None => None,
    }
}
