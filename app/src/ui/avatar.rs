//! Avatars: a picture, or initials on a colour that stays the same for one user or room.

use leptos::prelude::*;
use protocol::{PictureId, limits::PICTURE_SIZES, presence::Presence, profile::picture_path};

use super::PresenceDot;

/// The size of an avatar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    /// 32 pixels, next to a message.
    Small,
    /// 44 pixels, in a list.
    #[default]
    Medium,
    /// 72 pixels, on a page about a user.
    Large,
}

/// An avatar. It is hidden from screen readers, because the name stands next to it; the presence is announced.
#[component]
pub fn Avatar(
    /// The name, from which the initials are taken.
    #[prop(into)]
    name: String,
    /// The seed of the colour: an id, so that the colour survives a change of name.
    #[prop(into)]
    seed: String,
    /// The size.
    #[prop(optional)]
    size: AvatarSize,
    /// Whether the avatar is of a room or group rather than a user.
    #[prop(optional)]
    place: bool,
    /// The presence of the user, where it is shown.
    #[prop(optional_no_strip)]
    presence: Option<Signal<Option<Presence>>>,
    /// The picture. It covers the initials, which are visible until it is loaded, and if it cannot be loaded.
    #[prop(default = None)]
    picture: Option<PictureId>,
) -> impl IntoView {
    let [for_lists, for_cards] = PICTURE_SIZES;
    // A screen may have two or three device pixels per CSS pixel.
    let (size, pixels, source) = match size {
        AvatarSize::Small => ("avatar-small", "32", for_lists),
        AvatarSize::Medium => ("avatar-medium", "44", for_lists),
        AvatarSize::Large => ("avatar-large", "72", for_cards),
    };
    let shape = if place { "avatar-place" } else { "" };
    let face = view! {
        <span class=format!("avatar {shape} {size} {}", ground(&seed)) aria-hidden="true">
            {initials(&name)}
            {picture
                .map(|id| {
                    view! {
                        <img
                            class="avatar-picture"
                            alt=""
                            width=pixels
                            height=pixels
                            loading="lazy"
                            decoding="async"
                            src=picture_path(id, source)
                        />
                    }
                })}
        </span>
    };
    match presence {
        Some(presence) => {
            view! { <span class="avatar-frame">{face} <PresenceDot presence=presence/></span> }.into_any()
        }
        None => face.into_any(),
    }
}

/// The number of user colours in `tokens.css`.
const COLOURS: usize = 8;
const GROUNDS: [&str; COLOURS] =
    ["person-0", "person-1", "person-2", "person-3", "person-4", "person-5", "person-6", "person-7"];
const TEXTS: [&str; COLOURS] = [
    "person-text-0",
    "person-text-1",
    "person-text-2",
    "person-text-3",
    "person-text-4",
    "person-text-5",
    "person-text-6",
    "person-text-7",
];

/// Returns the class that writes a user's name in the colour of the avatar.
pub fn person_text(seed: &str) -> &'static str {
    pick(&TEXTS, seed)
}

fn ground(seed: &str) -> &'static str {
    pick(&GROUNDS, seed)
}

/// Spreads seeds over the colours with FNV-1a, which is stable across builds, unlike the standard library's hasher.
fn pick(classes: &[&'static str; COLOURS], seed: &str) -> &'static str {
    let hash = seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // The low bits of FNV mix least.
    let index = usize::try_from((hash ^ (hash >> 15)) % 8).unwrap_or(0);
    classes.get(index).copied().unwrap_or("person-0")
}

/// Returns one or two initials: the first letter of the first word, and that of the last word if there are several.
fn initials(name: &str) -> String {
    // Marks and joiners, which are neither white space nor ASCII, belong to the word that contains them.
    let parts = name.split(|c: char| c.is_whitespace() || c.is_ascii() && !c.is_ascii_alphanumeric());
    let mut words = parts.filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_ends() {
        for (name, expected) in [
            ("ada", "A"),
            ("ada.lovelace", "AL"),
            ("Tea House Late", "TL"),
            ("x_1", "X1"),
            ("日本語", "日"),
            ("हिन्दी", "ह"),
            ("हिन्दी चैट", "हच"),
            ("כִּתָּה", "כ"),
            ("🎉 Party", "P"),
            ("", ""),
            ("--", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn colours_are_stable_and_spread() {
        assert_eq!(ground("ada"), ground("ada"));
        let seen: std::collections::HashSet<_> = (0..100).map(|n| ground(&format!("user-{n}"))).collect();
        assert_eq!(seen.len(), COLOURS);
    }
}
