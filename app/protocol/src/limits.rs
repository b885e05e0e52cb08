//! Every limit, in one place. Lengths are counted in characters (Unicode scalar values) unless a name says bytes.

/// Shortest username.
pub const USERNAME_MIN: u32 = 3;
/// Longest username.
pub const USERNAME_MAX: u32 = 32;
/// Longest e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: u32 = 254;
/// Shortest password. NIST SP 800-63B asks for 8 as a floor; length is what makes a password strong.
pub const PASSWORD_MIN: u32 = 10;
/// Longest password: long enough for any passphrase, short enough that hashing it cannot overload the server.
pub const PASSWORD_MAX: u32 = 200;
/// Longest message.
pub const MESSAGE_MAX: u32 = 8_000;
/// Shortest room name.
pub const ROOM_NAME_MIN: u32 = 2;
/// Longest room name.
pub const ROOM_NAME_MAX: u32 = 48;

/// Longest display name.
pub const DISPLAY_NAME_MAX: u32 = 50;
/// Longest pronouns.
pub const PRONOUNS_MAX: u32 = 30;
/// Longest bio.
pub const BIO_MAX: u32 = 300;
/// Longest text of a custom status.
pub const STATUS_MAX: u32 = 100;
/// Most scalar values in one emoji; the longest families and flags have fewer.
pub const STATUS_EMOJI_MAX: u32 = 14;
/// Largest accepted picture file, in bytes.
pub const PICTURE_MAX_BYTES: u32 = 20 * 1024 * 1024;
/// Most pixels in a picture, in millions: decoding takes four bytes for each.
pub const PICTURE_MAX_MEGAPIXELS: u32 = 50;
/// Sizes in which users' pictures are stored, in pixels along an edge: for lists, and for a profile.
pub const PICTURE_SIZES: [u32; 2] = [96, 512];
/// Most friend requests that a user may have open.
pub const FRIEND_REQUESTS_MAX: u32 = 50;
/// Most friends that a user may have.
pub const FRIENDS_MAX: u32 = 2_000;
/// Most users that a user may have blocked.
pub const BLOCKS_MAX: u32 = 2_000;
/// Shortest search text.
pub const SEARCH_TEXT_MIN: u32 = 2;
/// Longest search text: a display name.
pub const SEARCH_TEXT_MAX: u32 = DISPLAY_NAME_MAX;
/// Most users that a search returns.
pub const SEARCH_MAX: u32 = 20;
/// Most users whose presence one socket may subscribe to.
pub const PRESENCE_SUBSCRIPTIONS_MAX: u32 = 500;
/// Longest time for which a user still appears online after leaving, whether a tab, the network or a server failed. In
/// milliseconds.
pub const PRESENCE_STALE_MAX_MS: u64 = 45_000;
/// Time without a key press, a touch or a pointer movement after which a user is no longer active on a page. In
/// milliseconds.
pub const IDLE_AFTER_MS: i64 = 5 * 60 * 1_000;

/// Largest frame that a client may send, in bytes. A message of [`MESSAGE_MAX`] characters fits, whatever its script
/// and however JSON escapes it (at most six bytes per character).
pub const FRAME_MAX_BYTES: u32 = 64 * 1024;
/// Most characters of a message in the list of conversations, besides an ellipsis: about two lines.
pub const PREVIEW_MAX: u32 = 160;
/// Size at which the server splits a delta, in bytes: a little below [`FRAME_MAX_BYTES`].
pub const DELTA_SPLIT_BYTES: u32 = 48 * 1024;
/// Most messages that one socket may have sent without a response. More wait in the client's queue.
pub const SENDS_IN_FLIGHT: u32 = 64;
/// Most live sockets that a user may have open on one server; each tab or window has one. One more closes the oldest
/// socket on which the user is not active or, if they are active on all, the oldest one.
pub const SOCKETS_MAX: u32 = 30;
/// Most conversations in one `Sync` frame: so many that they fit, however long their numbers.
pub const SYNC_MAX: u32 = 500;
/// Most messages in one page of history.
pub const PAGE_MAX: u32 = 100;
/// Messages in a page if the request does not name a number.
pub const PAGE_DEFAULT: u32 = 50;
/// Most changes in one response. A client that missed more loads the newest page instead of replaying.
pub const CHANGES_MAX: u32 = 300;
/// Highest number up to which unread messages are counted; shown as "999+".
pub const UNREAD_MAX: u32 = 1_000;

/// Lifetime of a verification link, in milliseconds (24 hours).
pub const VERIFICATION_LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;
/// Lifetime of a link that resets a password, in milliseconds (one hour).
pub const RESET_LIFETIME_MS: i64 = 60 * 60 * 1_000;
/// Lifetime of a link that confirms a new e-mail address, in milliseconds (24 hours).
pub const EMAIL_CHANGE_LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;
/// Time after the password within which the code of the second factor must be entered, in milliseconds (10 minutes).
pub const SECOND_FACTOR_WITHIN_MS: i64 = 10 * 60 * 1_000;
/// Number of recovery codes that are generated at once.
pub const RECOVERY_CODES: u32 = 10;
/// Lifetime of a session without use, in milliseconds (30 days).
pub const SESSION_LIFETIME_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
