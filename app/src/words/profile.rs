//! The profile settings: picture, name, pronouns and bio.

sentences! {
    OPENING = "Loading your profile";

    ABOUT_YOU = "About you";
    NAME = "Name";
    name_hint(count: u32, username: &str) =
        "Up to {count} character. If you leave it empty, others see {username}."
        | "Up to {count} characters. If you leave it empty, others see {username}.";
    PRONOUNS = "Pronouns";
    PRONOUNS_HINT = "Such as she/her or they/them.";
    BIO = "Bio";
    BIO_HINT = "A few lines about you. Everyone on this server can read them.";

    PICTURE = "Picture";
    PHOTO = "Photo";
    photo_hint(megabytes: u32, megapixels: u32) =
        "JPEG, PNG, WebP or GIF, up to {megabytes} MB and {megapixels} megapixels. We don’t keep where or when it was \
         taken.";
    SAVE_PICTURE = "Save picture";
    PICTURE_SAVED = "Picture saved. Others can see it now.";

    PHOTO_POSITION = "Photo position";
    ZOOM = "Zoom";
    CROP_HELP =
        "Drag the photo or use the arrow keys to move it, and + and − to zoom. Others see what’s inside the circle.";

    REMOVE_PICTURE = "Remove picture";
    INITIALS_INSTEAD = "Others will see your initials instead.";
    REMOVE_IT = "Remove it";
}
