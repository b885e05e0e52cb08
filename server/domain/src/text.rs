//! Texts in every script: normalized, and compared as readers would compare them.
//!
//! Texts are stored composed (NFC, UAX #15). The checks begin with those of `protocol`, which the browser makes too,
//! and add those that need Unicode tables.

use icu_properties::{CodePointMapData, CodePointSetData, props};
use protocol::{
    Error, ErrorKind, Field,
    conversation::check_room_name,
    limits::{
        BIO_MAX, DISPLAY_NAME_MAX, MESSAGE_MAX, PRONOUNS_MAX, ROOM_NAME_MAX, ROOM_NAME_MIN, SEARCH_TEXT_MAX, STATUS_MAX,
    },
    message::check_body,
    presence::{Status, check_status},
    profile::{check_bio, check_display_name, check_pronouns},
    relationship::check_search,
    text::{check_length, length},
};
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};
use unicode_security::{MixedScript, is_potential_mixed_script_confusable_char};

/// Returns the text in the form that is stored, compared and hashed: letters with their accents as one character (NFC).
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Checks the text of a message.
///
/// # Errors
/// Returns an error on [`Field::Body`] if the text is invalid.
pub fn body(text: &str) -> Result<String, Error> {
    let body = at_most(&check_body(text)?, MESSAGE_MAX, Field::Body)?;
    if body.is_empty() { Err(ErrorKind::Required.on(Field::Body)) } else { Ok(body) }
}

/// Checks a display name, which may be empty.
///
/// # Errors
/// Returns an error on [`Field::DisplayName`] if the name is invalid.
pub fn display_name(text: &str) -> Result<String, Error> {
    at_most(&check_display_name(text)?, DISPLAY_NAME_MAX, Field::DisplayName)
}

/// Checks pronouns, which may be empty.
///
/// # Errors
/// Returns an error on [`Field::Pronouns`] if they are invalid.
pub fn pronouns(text: &str) -> Result<String, Error> {
    at_most(&check_pronouns(text)?, PRONOUNS_MAX, Field::Pronouns)
}

/// Checks a bio, which may be empty.
///
/// # Errors
/// Returns an error on [`Field::Bio`] if the bio is invalid.
pub fn bio(text: &str) -> Result<String, Error> {
    at_most(&check_bio(text)?, BIO_MAX, Field::Bio)
}

/// Checks a status. Its emoji must be in Unicode's list and is returned fully qualified. Both parts may be empty.
///
/// # Errors
/// Returns an error on [`Field::Status`] or [`Field::Emoji`] if one of them is invalid.
pub fn status(status: Status) -> Result<Status, Error> {
    let Status { emoji, text, until } = check_status(status)?;
    let text = at_most(&text, STATUS_MAX, Field::Status)?;
    let emoji = match emoji.as_str() {
        "" => String::new(),
        emoji => emojis::get(emoji).ok_or(ErrorKind::Malformed.on(Field::Emoji))?.as_str().to_owned(),
    };
    Ok(Status { emoji, text, until })
}

/// Checks the text of a search.
///
/// # Errors
/// Returns an error on [`Field::Search`] if the text is invalid.
pub fn search(text: &str) -> Result<String, Error> {
    at_most(&check_search(text)?, SEARCH_TEXT_MAX, Field::Search)
}

/// Checks the name of a room.
///
/// # Errors
/// Returns an error on [`Field::Room`] if the name is invalid.
pub fn room_name(text: &str) -> Result<String, Error> {
    let name = composed(&check_room_name(text)?);
    check_length(&name, ROOM_NAME_MIN, ROOM_NAME_MAX, Field::Room)?;
    let category = CodePointMapData::<props::GeneralCategory>::new();
    // Other users cannot read or type a character that is unassigned or has a private meaning.
    let is_unknown = |c| {
        use props::GeneralCategory::{PrivateUse, Unassigned};
        matches!(category.get(c), PrivateUse | Unassigned)
    };
    // Many names would share a key without a letter or digit.
    if name.chars().any(is_unknown) || !room_key(&name).contains(char::is_alphanumeric) {
        return Err(ErrorKind::Malformed.on(Field::Room));
    }
    Ok(name)
}

/// Returns the form in which room names are compared: `Tea House`, `tea-house` and `#tea_house` are one room, and so
/// are `Café` in both spellings, `Kids’` and `Kids'`, a name with joiners and without, and one in which letters of
/// another script stand for Latin ones that look the same.
pub fn room_key(name: &str) -> String {
    let spaced: String = caseless(name)
        .chars()
        .map(|c| match c {
            '_' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => ' ',
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '`' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let spaced = spaced.trim_start_matches(['#', ' ']);
    spaced.split_whitespace().map(undisguised).collect::<Vec<_>>().join("-")
}

/// Returns the form in which names are searched: `jose` finds `José`, and `lukasz` finds `Łukasz`.
///
/// Keeps marks that stand for vowels or turn a letter into another one, as in Hindi, Thai or Japanese.
pub fn search_key(text: &str) -> String {
    let plain: String = caseless(text).nfd().filter(|c| !is_accent(*c)).collect();
    let mut key = String::new();
    for c in plain.nfc() {
        match without_stroke(c) {
            Some(letters) => key.push_str(letters),
            None => key.push(c),
        }
    }
    key.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Composes a text that already passed the basic checks, and checks its length. A text of only blank and invisible
/// characters becomes empty.
fn at_most(text: &str, max: u32, field: Field) -> Result<String, Error> {
    let text = composed(text);
    if text.chars().all(is_blank) {
        return Ok(String::new());
    }
    if length(&text) > max { Err(ErrorKind::TooLong { max }.on(field)) } else { Ok(text) }
}

fn is_blank(c: char) -> bool {
    protocol::text::is_blank(c) || is_ignorable(c)
}

/// Returns whether a character is invisible unless a program knows its purpose.
fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<props::DefaultIgnorableCodePoint>().contains(c)
}

/// Returns the text without differences of case and width and without invisible characters: as `toNFKC_Casefold` of UAX
/// #44, but `ß` stays.
fn caseless(text: &str) -> String {
    let folded: String = text.nfkc().filter(|c| !is_ignorable(*c)).collect();
    // A final sigma has a different lower case.
    folded.to_lowercase().replace('ς', "σ").nfkc().collect()
}

/// Returns the word with Latin letters in place of letters of other scripts that look the same, if all its foreign
/// letters look Latin.
fn undisguised(word: &str) -> String {
    let looks_latin = |c: char| c.is_ascii() || !c.is_alphabetic() || is_potential_mixed_script_confusable_char(c);
    let is_disguise =
        word.contains(|c: char| c.is_ascii_alphabetic()) && !word.is_single_script() && word.chars().all(looks_latin);
    if !is_disguise {
        return word.to_owned();
    }
    let latin = |c: char| {
        let like = unicode_security::skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
        if !c.is_ascii() && like.chars().all(|c| c.is_ascii_alphabetic()) { like.to_lowercase() } else { c.into() }
    };
    word.chars().map(latin).collect()
}

/// Returns whether a mark is on, under or through a letter that can be read without it: accents, tones of Latin
/// letters, vowel signs of Hebrew and Arabic. Decided by the canonical combining class.
fn is_accent(c: char) -> bool {
    matches!(canonical_combining_class(c), 1 | 10..=36 | 202..=240)
}

/// Returns the plain letters for one that Unicode does not decompose.
const fn without_stroke(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ŋ' => "n",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
