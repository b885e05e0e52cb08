//! The profile settings: picture, name, pronouns and bio.

sentences! {
    OPENING = "Opening your profile";

    ABOUT_YOU = "About you";
    NAME = "Name";
    name_hint(count: u32, username: &str) =
        "Up to {count} character. Without one you are shown as {username}."
        | "Up to {count} characters. Without one you are shown as {username}.";
    PRONOUNS = "Pronouns";
    PRONOUNS_HINT = "Such as she/her or they/them, if you like.";
    BIO = "Bio";
    BIO_HINT = "A few lines about you. Everybody on this server can read them.";

    PICTURE = "Picture";
    PHOTO = "Photo";
    photo_hint(megabytes: u32, megapixels: u32) =
        "JPEG, PNG, WebP or GIF, up to {megabytes} MB and {megapixels} megapixels. Where and when it was taken is not \
         kept.";
    SAVE_PICTURE = "Save picture";
    PICTURE_SAVED = "Saved. Others see it now.";

    PHOTO_POSITION = "Position of the photo";
    ZOOM = "Zoom";
    CROP_HELP = "Drag the photo, or move it with the arrow keys; + and − zoom. What is in the circle is shown.";

    REMOVE_PICTURE = "Remove picture";
    INITIALS_INSTEAD = "Others see your initials instead.";
    REMOVE_IT = "Remove it";
}
