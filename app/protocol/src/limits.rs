//! Every limit, in one place. Lengths are counted in characters (Unicode scalar values) unless a name says bytes.

/// Shortest username.
pub const USERNAME_MIN: u32 = 3;
/// Longest username.
pub const USERNAME_MAX: u32 = 32;
/// Longest e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: u32 = 254;
/// Shortest password. NIST SP 800-63B asks for 8 as a floor; length is what makes a password strong.
pub const PASSWORD_MIN: u32 = 10;
/// Longest password: long enough for any passphrase, short enough that hashing it is no attack.
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
/// Scalar values of one emoji: the longest families and flags have fewer.
pub const STATUS_EMOJI_MAX: u32 = 14;
/// Largest picture that is taken, in bytes.
pub const PICTURE_MAX_BYTES: u32 = 20 * 1024 * 1024;
/// Pixels of a picture, in millions: decoding takes four bytes for each.
pub const PICTURE_MAX_MEGAPIXELS: u32 = 50;
/// The sizes in which pictures of people are kept, in pixels of an edge: for lists, and for a card.
pub const PICTURE_SIZES: [u32; 2] = [96, 512];
/// Friend requests that a person may have open.
pub const FRIEND_REQUESTS_MAX: u32 = 50;
/// Friends that a person may have.
pub const FRIENDS_MAX: u32 = 2_000;
/// People that one may have blocked.
pub const BLOCKS_MAX: u32 = 2_000;
/// Shortest text that is looked for.
pub const SEARCH_TEXT_MIN: u32 = 2;
/// Longest text that is looked for: a name.
pub const SEARCH_TEXT_MAX: u32 = DISPLAY_NAME_MAX;
/// People that a search shows.
pub const SEARCH_MAX: u32 = 20;
/// People whose presence one socket may follow.
pub const PRESENCE_SUBSCRIPTIONS_MAX: u32 = 500;
/// Nobody is seen as there for longer than this after they are gone, whatever died: a tab, a network, a server. In
/// milliseconds.
pub const PRESENCE_STALE_MAX_MS: u64 = 45_000;
/// Without a key, a finger or a pointer for so long, nobody is in front of a page. In milliseconds.
pub const IDLE_AFTER_MS: i64 = 5 * 60 * 1_000;

/// Largest frame a client may send, in bytes. A message of [`MESSAGE_MAX`] characters fits, whatever its script and
/// however JSON escapes it (six bytes a character at most).
pub const FRAME_MAX_BYTES: u32 = 64 * 1024;
/// Where the server splits a frame of events, in bytes: a little below [`FRAME_MAX_BYTES`].
pub const EVENTS_SPLIT_BYTES: u32 = 48 * 1024;
/// Messages that one socket may have sent without an answer. More wait in the client's queue.
pub const SENDS_IN_FLIGHT: u32 = 64;
/// Live sockets that a person may have open on one server: a tab or window has one each. With another, the one that was
/// not used for the longest time gives way.
pub const SOCKETS_MAX: u32 = 30;
/// Conversations that a client may name in one `Sync` frame: so many that they fit, however long their numbers.
pub const SYNC_MAX: u32 = 500;
/// Messages in one page of history, at most.
pub const PAGE_MAX: u32 = 100;
/// Messages in a page when nobody asks for a number.
pub const PAGE_DEFAULT: u32 = 50;
/// Changes that one answer carries. A client that missed more loads the newest page instead of replaying.
pub const CHANGES_MAX: u32 = 300;
/// Unread messages are counted up to here, and shown as "999+" beyond.
pub const UNREAD_MAX: u32 = 1_000;

/// How long a verification link is good for, in milliseconds (24 hours).
pub const VERIFICATION_LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long a link that resets a password is good for, in milliseconds (one hour).
pub const RESET_LIFETIME_MS: i64 = 60 * 60 * 1_000;
/// How long a link that confirms a new e-mail address is good for, in milliseconds (24 hours).
pub const EMAIL_CHANGE_LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long after the password one may enter the code of the second factor, in milliseconds (10 minutes).
pub const SECOND_FACTOR_WITHIN_MS: i64 = 10 * 60 * 1_000;
/// Recovery codes that are given out at once.
pub const RECOVERY_CODES: u32 = 10;
/// How long a session lasts without use, in milliseconds (30 days).
pub const SESSION_LIFETIME_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
