//! What becomes of files that are uploaded as pictures.

pub mod files;

use domain::users::pictures::{Rendition, render};
use image::{
    DynamicImage, Frame, GenericImageView, ImageFormat, Rgba, RgbaImage, codecs::gif::GifEncoder, load_from_memory,
};
use proptest::prelude::*;
use protocol::{
    ErrorKind, Field,
    limits::{PICTURE_MAX_BYTES, PICTURE_SIZES},
};

use self::files::*;

fn picture(upload: &[u8]) -> DynamicImage {
    pictures(upload).1
}

/// All sizes as they are, and the last one decoded.
fn pictures(upload: &[u8]) -> (Vec<Rendition>, DynamicImage) {
    let renditions = render(upload).unwrap();
    assert_eq!(renditions.iter().map(|made| made.size).collect::<Vec<_>>(), PICTURE_SIZES);
    for Rendition { size, jpeg } in &renditions {
        let image = load_from_memory(jpeg).unwrap();
        assert_eq!(image.dimensions(), (*size, *size));
        // Tables, frame, scan, and the header that every JPEG has.
        let known = |kind: &u8| [0xe0, 0xdb, 0xc0, 0xc4, 0xda].contains(kind);
        assert!(segments(jpeg).iter().all(known), "{:x?}", segments(jpeg));
    }
    let last = load_from_memory(&renditions[1].jpeg).unwrap();
    (renditions, last)
}

/// The colours of the middles of the quarters: above left, above right, below left, below right.
#[track_caller]
fn assert_colours(image: &DynamicImage, expected: [[u8; 3]; 4]) {
    let (near, far) = (image.width() / 4, image.width() * 3 / 4);
    for ((x, y), expected) in [(near, near), (far, near), (near, far), (far, far)].into_iter().zip(expected) {
        let Rgba([r, g, b, _]) = image.get_pixel(x, y);
        let is_near = [r, g, b].into_iter().zip(expected).all(|(is, should)| is.abs_diff(should) < 12);
        assert!(is_near, "at {x}, {y}: {:?} instead of {expected:?}", [r, g, b]);
    }
}

fn refusal(upload: &[u8]) -> ErrorKind {
    let error = render(upload).map(|_| ()).unwrap_err();
    assert_eq!(error.field, Some(Field::Picture));
    error.kind
}

const UPRIGHT: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

#[test]
fn a_photo_with_a_place_and_an_orientation_comes_out_upright_and_without_metadata() {
    // Smaller than what is averaged down first, and larger.
    let photos = (1..=8).map(|orientation| (orientation, 120, 200)).chain([(6, 1_400, 1_100), (7, 1_100, 1_200)]);
    for (orientation, width, height) in photos {
        let photo = with_metadata(&jpeg(&as_stored(&quarters(width, height), orientation)), orientation);
        assert!(photo.windows(4).any(|four| four == b"Exif"));
        let (all, last) = pictures(&photo);
        assert_colours(&last, UPRIGHT);
        for made in all {
            for word in ["Exif", "ICC_PROFILE", "Secret", "xmp", "Photoshop", "Adobe"] {
                assert!(!made.jpeg.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
            }
        }
    }
}

#[test]
fn every_format_that_is_offered_is_understood() {
    let upright = DynamicImage::ImageRgb8(quarters(300, 200));
    let sixteen = DynamicImage::ImageRgb16(upright.to_rgb16());
    for (image, format) in [
        (&upright, ImageFormat::Jpeg),
        (&upright, ImageFormat::Png),
        (&upright, ImageFormat::WebP),
        (&sixteen, ImageFormat::Png),
        (&DynamicImage::ImageRgba16(upright.to_rgba16()), ImageFormat::Png),
    ] {
        assert_colours(&picture(&encode(image, format)), UPRIGHT);
    }
    let grey = |image: DynamicImage, format| {
        let made = picture(&encode(&image, format));
        let Rgba([r, g, b, _]) = made.get_pixel(100, 100);
        assert!(r.abs_diff(g) < 3 && g.abs_diff(b) < 3, "{r} {g} {b}");
    };
    grey(DynamicImage::ImageLuma8(upright.to_luma8()), ImageFormat::Jpeg);
    grey(DynamicImage::ImageLuma8(upright.to_luma8()), ImageFormat::Png);
    grey(DynamicImage::ImageLuma16(upright.to_luma16()), ImageFormat::Png);
    grey(DynamicImage::ImageLumaA16(upright.to_luma_alpha16()), ImageFormat::Png);
}

#[test]
fn a_png_is_turned_too() {
    let png = encode(&as_stored(&quarters(300, 200), 6).into(), ImageFormat::Png);
    // After the header (PNG, third edition, section 11.3.4.5).
    let mut chunk = b"eXIf".to_vec();
    chunk.extend(tiff(6));
    let length = u32::try_from(chunk.len() - 4).unwrap().to_be_bytes();
    let file = [&png[..33], &length, &chunk, &crc(&chunk).to_be_bytes(), &png[33..]].concat();
    assert_colours(&picture(&file), UPRIGHT);
}

#[test]
fn four_inks_are_colours() {
    // 255 is no ink: magenta and yellow, which is red; and cyan with some black.
    assert_colours(&picture(&cmyk([255, 0, 0, 255])), [[255, 0, 0]; 4]);
    assert_colours(&picture(&cmyk([0, 255, 255, 128])), [[0, 128, 128]; 4]);
}

#[test]
fn what_is_transparent_is_white() {
    let see_through = |alpha| {
        let image = RgbaImage::from_fn(64, 64, |x, y| match (x < 32, y < 32) {
            (true, true) => Rgba([0, 0, 0, alpha]),
            _ => Rgba([RED[0], RED[1], RED[2], 255]),
        });
        DynamicImage::ImageRgba8(image)
    };
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        assert_colours(&picture(&encode(&see_through(0), format)), [[255; 3], RED, RED, RED]);
    }
    assert_colours(&picture(&encode(&see_through(128), ImageFormat::Png)), [[127; 3], RED, RED, RED]);
}

#[test]
fn of_an_animation_the_first_picture_is_taken() {
    let mut file = Vec::new();
    let mut gif = GifEncoder::new(&mut file);
    let first = DynamicImage::ImageRgb8(quarters(100, 80)).to_rgba8();
    gif.encode_frame(Frame::new(first)).unwrap();
    gif.encode_frame(Frame::new(RgbaImage::from_pixel(100, 80, Rgba([0, 0, 0, 255])))).unwrap();
    drop(gif);
    assert_colours(&picture(&file), UPRIGHT);
}

#[test]
fn the_square_in_the_middle_is_taken() {
    let mut wide = quarters(900, 300);
    for (x, _, pixel) in wide.enumerate_pixels_mut() {
        if !(300..600).contains(&x) {
            *pixel = image::Rgb([0, 0, 0]);
        }
    }
    assert_colours(&picture(&jpeg(&wide)), UPRIGHT);
    picture(&jpeg(&quarters(1, 1)));
    picture(&encode(&quarters(1, 3_000).into(), ImageFormat::Png));
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let photo = jpeg(&quarters(64, 64));
    for (file, what) in [
        (b"Hello, I am a text in a file called photo.jpg".as_slice(), "text"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "SVG"),
        (b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG with a prologue"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "BMP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"II\x2a\0\x08\0\0\0", "TIFF"),
        (&[0xff, 0xd8, 0xff], "the beginning of a JPEG"),
        (b"\x89PNG\r\n\x1a\n", "the beginning of a PNG"),
        (b"GIF89a", "the beginning of a GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "the beginning of a WebP"),
        (&[0; 1_000], "nothing"),
        (&photo[3..], "a JPEG without its beginning"),
    ] {
        assert_eq!(refusal(file), ErrorKind::Unsupported, "{what}");
    }
    assert_eq!(refusal(b""), ErrorKind::Required);
}

#[test]
fn what_stops_half_way_is_refused() {
    let image = DynamicImage::ImageRgb8(quarters(400, 400));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        // Noise, so that what is left out matters.
        let noise = image::RgbImage::from_fn(400, 400, |x, y| {
            let n = (x * 7_919 + y * 104_729) ^ (x * y);
            image::Rgb([0, 8, 16].map(|shift| u8::try_from((n >> shift) & 0xff).unwrap()))
        });
        let noise = DynamicImage::ImageRgb8(noise);
        for whole in [encode(&image, format), encode(&noise, format)] {
            render(&whole).unwrap();
            for share in [30, 60, 90] {
                let part = &whole[..whole.len() * share / 100];
                assert_eq!(refusal(part), ErrorKind::Unsupported, "{share} % of a {format:?}");
            }
        }
    }
}

#[test]
fn what_follows_a_picture_does_not_matter() {
    // As the video of a "live" photo.
    let mut photo = jpeg(&quarters(64, 64));
    photo.extend(b"\0\0\0\x18ftypmp42");
    assert_colours(&picture(&photo), UPRIGHT);
}

#[test]
fn a_file_can_be_so_large() {
    let max = usize::try_from(PICTURE_MAX_BYTES).unwrap();
    let mut photo = jpeg(&quarters(64, 64));
    photo.resize(max, 0);
    picture(&photo);
    photo.push(0);
    assert_eq!(refusal(&photo), ErrorKind::TooLarge { max: PICTURE_MAX_BYTES });
}

#[test]
fn a_picture_can_have_so_many_pixels_and_nobody_decodes_it_to_find_out() {
    // There is less in the files than they say: who decodes them finds that out first.
    for file in [
        jpeg_of_size(20_000, 10_000),
        jpeg_of_size(65_535, 65_535),
        png_of_size(10_000, 5_001),
        png_of_size(60_000, 60_000),
        png_of_size(0x7fff_ffff, 0x7fff_ffff),
        gif_of_size(65_535, 65_535),
    ] {
        assert_eq!(refusal(&file), ErrorKind::TooManyPixels { max: 50 }, "{:?}", &file[..32]);
    }
    // Sixteen bits a colour: half as many.
    let mut deep = png_of_size(6_000, 4_200);
    deep[24..26].copy_from_slice(&[16, 6]);
    mend_header(&mut deep);
    assert_eq!(refusal(&deep), ErrorKind::TooManyPixels { max: 25 });
}

/// Each takes more memory than its pixels do, while it is decoded.
#[test]
fn what_takes_more_memory_can_have_fewer_pixels() {
    let progressive = |factors: &[u8]| progressive_of_size(8_000, 6_000, factors);
    let webp = |chunks: &[&[u8]]| webp_of_size(6_000, 5_000, chunks);
    let lossy = [0, 0, 0, 0x9d, 0x01, 0x2a, 0x70, 0x17, 0x88, 0x13, 0, 0];
    for (file, max) in [
        (progressive(&[0x11, 0x11, 0x11]), 22),
        (progressive(&[0x22, 0x11, 0x11]), 33),
        (progressive(&[0x11, 0x11, 0x11, 0x11]), 18),
        (one_colour_after_the_other(8_000, 6_000), 22),
        (webp(&[&chunk(b"ALPH", &[0; 10]), &chunk(b"VP8 ", &lossy)]), 18),
        (webp(&[&chunk(b"VP8L", &[0x2f, 0, 0, 0, 0, 0])]), 25),
        (webp(&[&chunk(b"ANIM", &[0; 6]), &chunk(b"ANMF", &[&[0; 16], &chunk(b"VP8 ", &lossy)[..]].concat())]), 10),
    ] {
        assert_eq!(refusal(&file), ErrorKind::TooManyPixels { max }, "{:?}", &file[..40]);
    }
}

/// The part would be decoded at its own size before anybody finds that it does not fit.
#[test]
fn a_small_picture_with_a_large_part_is_refused() {
    let part = chunk(b"VP8 ", &[0, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0]);
    for chunks in [vec![part.clone()], vec![chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &[&[0; 16], &part[..]].concat())]] {
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        assert_eq!(refusal(&webp_of_size(64, 64, &chunks)), ErrorKind::Unsupported);
    }
}

/// The peak of this process while it makes pictures of the largest files of each sort that are taken.
#[cfg(target_os = "linux")]
#[test]
fn no_file_takes_more_memory_than_there_is() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<i64>().unwrap() / 1024
    };
    // In a process of its own: others of these tests decode at the same time.
    const ALONE: &str = "PICTURES_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "pictures::no_file_takes_more_memory_than_there_is", "--nocapture"]);
        let done = again.env(ALONE, "1").output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
        return;
    }
    // Long ones, of which only the little square in the middle is looked at.
    for (image, format) in [
        (DynamicImage::new_rgb8(48_000, 1_000), ImageFormat::Jpeg),
        (DynamicImage::new_rgba8(48_000, 1_000), ImageFormat::Png),
        (DynamicImage::new_rgb8(16_000, 1_700), ImageFormat::WebP),
    ] {
        let file = encode(&image, format);
        drop(image);
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = peak();
        render(&file).unwrap();
        let taken = peak() - before;
        assert!(taken < 220, "{taken} MiB for a {format:?}");
    }
}

#[test]
fn a_small_file_with_many_pixels_is_fine() {
    let blank = DynamicImage::new_luma8(3_000, 2_000);
    let file = encode(&blank, ImageFormat::Png);
    assert!(file.len() < 100_000);
    assert_colours(&picture(&file), [[0; 3]; 4]);
}

fn formats() -> impl Strategy<Value = Vec<u8>> {
    let image = || DynamicImage::ImageRgb8(quarters(40, 30));
    let file = |format| encode(&image(), format);
    prop::sample::select(vec![
        with_metadata(&file(ImageFormat::Jpeg), 6),
        file(ImageFormat::Png),
        file(ImageFormat::WebP),
        file(ImageFormat::Gif),
        cmyk([1, 2, 3, 4]),
    ])
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = render(&bytes);
    }

    #[test]
    fn nor_what_begins_like_a_picture(
        mut file in formats(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(renditions) = render(&file) {
            prop_assert_eq!(renditions.len(), PICTURE_SIZES.len());
        }
    }
}
