use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use proptest::prelude::*;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::*;

fn said(emoji: &str, text: &str) -> Result<Status, Error> {
    status(Status { emoji: emoji.into(), text: text.into(), until: None })
}

#[test]
fn one_room_however_it_is_spelt() {
    for (key, names) in [
        ("tea-house", &["Tea House", "tea-house", "#TEA_house", " tea  house ", "Ｔea\u{3000}Ｈouse", "Tea—House"][..]),
        ("café", &["Café", "Cafe\u{301}", "CAFÉ"]),
        ("q&a", &["Q&A", "q＆a"]),
        ("c++", &["C++"]),
        ("c#", &["#C#"]),
        ("kids'-room", &["Kids’ room", "Kids' Room"]),
        ("नमस्ते", &["नमस्ते"]),
        ("क्ष", &["क्ष", "क्\u{200d}ष", "क्\u{200c}ष"]),
        ("οδοσ", &["ΟΔΟΣ", "οδος"]),
        // Cyrillic letters between Latin ones.
        ("general", &["General", "Gеnеral", "gene\u{ad}ral"]),
        // Words of a script of their own, and words whose letters can be told apart, are no disguise.
        ("сосо", &["Сосо"]),
        ("яndex", &["Яndex"]),
        ("東京abc", &["東京ABC"]),
    ] {
        for name in names {
            let name = room_name(name).unwrap();
            assert_eq!(room_key(&name), key, "{name}");
        }
    }
}

#[test]
fn rooms_have_names_in_every_script() {
    for name in [
        "हिन्दी चैट",
        "தமிழ் அறை",
        "বাংলা আড্ডা",
        "తెలుగు",
        "ಕನ್ನಡ",
        "മലയാളം",
        "සිංහල",
        "ภาษาไทย",
        "ລາວ",
        "မြန်မာ",
        "ភាសាខ្មែរ",
        "བོད་ཡིག",
        "فارسی\u{200c}ها",
        "اَلْعَرَبِيَّة",
        "עִבְרִית",
        "አማርኛ",
        "ქართული",
        "日本語",
        "한국어",
        "Tiếng Việt",
        "ދިވެހި",
        "ᏣᎳᎩ",
    ] {
        assert_eq!(room_name(name).unwrap(), composed(name));
        assert_eq!(room_key(&room_name(&name.nfd().collect::<String>()).unwrap()), room_key(name), "{name}");
    }
    for (name, kind) in [
        ("\u{ad}\u{200d}", ErrorKind::Required),
        ("a\u{ad}", ErrorKind::Malformed),
        ("e\u{301}", ErrorKind::TooShort { min: 2 }),
        ("tea \u{e000}", ErrorKind::Malformed),
        ("tea \u{378}", ErrorKind::Malformed),
        ("a/b", ErrorKind::Malformed),
    ] {
        // Long enough by its characters, and yet one letter.
        if name == "a\u{ad}" {
            assert_eq!(room_key(&room_name(name).unwrap()), "a");
            continue;
        }
        assert_eq!(room_name(name).unwrap_err(), kind.on(Field::Room), "{name:?}");
    }
}

#[test]
fn people_are_found_without_accents() {
    for (name, key) in [
        ("José", "jose"),
        ("JOSE\u{301}", "jose"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Ångström Ærø", "angstrom aero"),
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("Groß", "gross"),
        ("İstanbul Işık", "istanbul isik"),
        ("Ёлка", "елка"),
        ("Άννα", "αννα"),
        ("Ａｄａ", "ada"),
        ("a\u{ad}da  K\u{336}ing", "ada king"),
        ("مُحَمَّد", "محمد"),
        // Without these marks they would be other words.
        ("हिन्दी", "हिन्दी"),
        ("ข้าว", "ข้าว"),
        ("ガ", "ガ"),
        ("한국", "한국"),
    ] {
        assert_eq!(search_key(name), key, "{name}");
    }
    assert_eq!(search_key("\u{301}\u{302}"), "");
}

#[test]
fn every_ignorable_character_is_nothing_alone_and_stays_within_a_word() {
    for range in CodePointSetData::new::<DefaultIgnorableCodePoint>().iter_ranges() {
        for c in range.filter_map(char::from_u32) {
            let alone = format!("{c} {c}");
            assert_eq!(body(&alone).unwrap_err(), ErrorKind::Required.on(Field::Body), "{c:?}");
            assert_eq!((display_name(&alone).unwrap(), bio(&alone).unwrap()), (String::new(), String::new()), "{c:?}");
            assert_eq!(said("", &alone).unwrap().text, "", "{c:?}");
            if !protocol::text::is_deceptive(c) {
                let word = format!("a{c}b");
                assert_eq!((body(&word).unwrap(), display_name(&word).unwrap()), (word.clone(), word));
            }
        }
    }
}

#[test]
fn texts_are_stored_composed() {
    assert_eq!(body("cafe\u{301}").unwrap(), "café");
    // Fifty letters of two characters each.
    assert_eq!(display_name(&"e\u{301}".repeat(50)).unwrap(), "é".repeat(50));
    assert_eq!(display_name(&"é".repeat(51)).unwrap_err().kind, ErrorKind::TooLong { max: 50 });
    // As one character, which composition takes apart.
    assert_eq!(bio(&"\u{958}".repeat(300)).unwrap_err().kind, ErrorKind::TooLong { max: 300 });
    assert_eq!(search("Jose\u{301}").unwrap(), "José");
}

#[test]
fn a_status_has_an_emoji_of_the_list() {
    for emoji in emojis::iter() {
        let toned = emoji.skin_tones().into_iter().flatten();
        for emoji in std::iter::once(emoji).chain(toned) {
            assert_eq!(said(emoji.as_str(), "").unwrap().emoji, emoji.as_str());
        }
    }
    // Without the selector that a keyboard may leave out.
    assert_eq!(said("❤", "").unwrap().emoji, "❤\u{fe0f}");
    assert_eq!(said("", "Lunch").unwrap().emoji, "");
    for text in ["x", "1", "#", "🌴 x", "🌴🌴", "<b>", "日", "→", "\u{1fae8}\u{1fae8}", "♔", "\u{1f1e9}"] {
        assert_eq!(said(text, "").unwrap_err(), ErrorKind::Malformed.on(Field::Emoji), "{text}");
    }
}

#[test]
fn the_browser_counts_what_may_join_leniently() {
    // Every pair that becomes one character: its second may be the second of a longer run, too.
    for composed in ('\0'..=char::MAX).filter(|c| is_nfc(c.encode_utf8(&mut [0; 4]))) {
        let parts: Vec<char> = composed.to_string().nfd().collect();
        assert!(parts.len() <= 4);
        assert!(parts.iter().skip(1).all(|c| protocol::text::may_join(*c)), "{composed:?}");
    }
}

/// Texts in which marks, joiners, overrides and letters of many scripts meet.
fn texts() -> impl Strategy<Value = String> {
    let odd =
        "[e\u{301}\u{323}क\u{93c}\u{958}\u{1100}\u{1161}\u{200d}\u{ad}\u{202e}\u{feff} \t#/Sς\u{345}가🎉\u{fe0f}İ]";
    prop_oneof![proptest::string::string_regex(&format!("{odd}{{0,60}}")).unwrap(), "\\PC{0,60}", ".{0,60}"]
}

proptest! {
    #[test]
    fn a_checked_text_is_composed_and_checks_again_to_itself(text in texts()) {
        for check in [body, display_name, pronouns, bio, search, room_name] {
            if let Ok(checked) = check(&text) {
                prop_assert!(is_nfc(&checked));
                prop_assert!(!checked.chars().any(protocol::text::is_deceptive));
                prop_assert_eq!(check(&checked).unwrap(), checked);
            }
        }
    }

    #[test]
    fn the_browser_refuses_nothing_that_the_server_takes(text in texts()) {
        prop_assert!(body(&text).is_err() || check_body(&text).is_ok());
        prop_assert!(display_name(&text).is_err() || check_display_name(&text).is_ok());
        prop_assert!(bio(&text).is_err() || check_bio(&text).is_ok());
        prop_assert!(search(&text).is_err() || check_search(&text).is_ok());
        prop_assert!(room_name(&text).is_err() || check_room_name(&text).is_ok());
    }

    #[test]
    fn keys_are_those_of_every_spelling(text in texts()) {
        for spelling in [text.nfc().collect::<String>(), text.nfd().collect()] {
            prop_assert_eq!(room_key(&spelling), room_key(&text));
            prop_assert_eq!(search_key(&spelling), search_key(&text));
        }
    }
}
