//! Files as people have them, and worse ones.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

pub const RED: [u8; 3] = [200, 30, 30];
pub const GREEN: [u8; 3] = [30, 160, 40];
pub const BLUE: [u8; 3] = [30, 50, 200];
pub const YELLOW: [u8; 3] = [230, 210, 40];

/// Red and green above, blue and yellow below.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => YELLOW,
        })
    })
}

pub fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 95).encode_image(image).unwrap();
    file
}

/// What a camera that was held this way would store: where row 0 and column 0 are seen (Exif 2.3, section 4.6.4).
pub fn as_stored(upright: &RgbImage, orientation: u8) -> RgbImage {
    let (width, height) = upright.dimensions();
    let (right, bottom) = (width - 1, height - 1);
    let (w, h) = if orientation < 5 { (width, height) } else { (height, width) };
    RgbImage::from_fn(w, h, |column, row| {
        let (x, y) = match orientation {
            1 => (column, row),
            2 => (right - column, row),
            3 => (right - column, bottom - row),
            4 => (column, bottom - row),
            5 => (row, column),
            6 => (right - row, column),
            7 => (right - row, bottom - column),
            8 => (row, bottom - column),
            _ => unreachable!(),
        };
        *upright.get_pixel(x, y)
    })
}

/// The same JPEG with an orientation, the place where it was taken, a colour profile, a comment and XMP.
pub fn with_metadata(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let segments = [
        segment(0xe1, &[b"Exif\0\0".as_slice(), &tiff(orientation)].concat()),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Secret garden</x:xmpmeta>"),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01not a profile at all"),
        segment(0xed, b"Photoshop 3.0\0 Secret garden"),
        segment(0xfe, b"Secret garden"),
    ];
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

pub fn segment(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, kind], &length[..], content].concat()
}

/// The inside of an Exif segment (TIFF 6.0, section 2): little-endian for odd orientations, big-endian for even ones.
pub fn tiff(orientation: u8) -> Vec<u8> {
    let big = orientation.is_multiple_of(2);
    let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&short(tag)[..], &short(kind), &long(count), &value].concat()
    };
    let [a, b] = short(orientation.into());
    let (gps, latitude) = (8 + 2 + 2 * 12 + 4, 8 + 2 + 2 * 12 + 4 + 2 + 2 * 12 + 4);
    let mut file = if big { b"MM\0\x2a".to_vec() } else { b"II\x2a\0".to_vec() };
    file.extend(long(8));
    file.extend(short(2));
    file.extend(entry(0x0112, 3, 1, [a, b, 0, 0]));
    file.extend(entry(0x8825, 4, 1, long(gps)));
    file.extend(long(0));
    file.extend(short(2));
    file.extend(entry(1, 2, 2, *b"N\0\0\0"));
    file.extend(entry(2, 5, 3, long(latitude)));
    file.extend(long(0));
    for (number, divisor) in [(47, 1), (33, 1), (5_678, 100)] {
        file.extend([long(number), long(divisor)].concat());
    }
    file
}

/// The kinds of the segments before the data of a JPEG.
pub fn segments(jpeg: &[u8]) -> Vec<u8> {
    assert_eq!(&jpeg[..2], [0xff, 0xd8]);
    let (mut at, mut kinds) = (2, Vec::new());
    loop {
        assert_eq!(jpeg[at], 0xff);
        kinds.push(jpeg[at + 1]);
        if jpeg[at + 1] == 0xda {
            return kinds;
        }
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
}

/// A JPEG of sixteen by sixteen pixels of one colour in four inks, as photo programs save for print: Adobe's way, where
/// 255 is no ink (ITU T.81, annexes B and F; Adobe Technical Note 5116).
pub fn cmyk(colour: [u8; 4]) -> Vec<u8> {
    let quantisation = [&[0][..], &[1; 64]].concat();
    let frame = [8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0];
    // Twelve codes of four bits for the differences, and one of a bit: "nothing more in this block".
    let differences = [&[0x00, 0, 0, 0, 12][..], &[0; 12], &(0..12).collect::<Vec<u8>>()].concat();
    let rest = [&[0x10, 1][..], &[0; 15], &[0]].concat();
    let scan = [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0];
    let mut bits = String::new();
    for block in 0..4 {
        for sample in colour {
            // The mean of a block, times eight; for all blocks but the first it has not changed.
            let difference = if block == 0 { (i32::from(sample) - 128) * 8 } else { 0 };
            let length = usize::try_from(i32::BITS - difference.unsigned_abs().leading_zeros()).unwrap();
            let low = if difference < 0 { difference - 1 } else { difference };
            bits.push_str(&format!("{length:04b}"));
            let all = format!("{low:032b}");
            bits.push_str(&all[32 - length..]);
            bits.push('0');
        }
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    let byte = |n: usize| u8::from_str_radix(&bits[8 * n..8 * n + 8], 2).unwrap();
    let data = (0..bits.len() / 8).map(byte).flat_map(|byte| if byte == 0xff { vec![0xff, 0] } else { vec![byte] });
    [
        vec![0xff, 0xd8],
        segment(0xee, b"Adobe\0\x64\0\0\0\0\0"),
        segment(0xdb, &quantisation),
        segment(0xc0, &frame),
        segment(0xc4, &differences),
        segment(0xc4, &rest),
        segment(0xda, &scan),
        data.collect(),
        vec![0xff, 0xd9],
    ]
    .concat()
}

/// A JPEG that says that it has this size.
pub fn jpeg_of_size(width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg(&quarters(16, 16));
    let frame = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    file
}

/// A PNG that says that it has this size.
pub fn png_of_size(width: u32, height: u32) -> Vec<u8> {
    let mut file = encode(&quarters(16, 16).into(), ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    mend_header(&mut file);
    file
}

/// Makes the sum of a PNG's header right again.
pub fn mend_header(png: &mut [u8]) {
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
}

/// A GIF that says that it has this size.
pub fn gif_of_size(width: u16, height: u16) -> Vec<u8> {
    let mut file = encode(&quarters(16, 16).into(), ImageFormat::Gif);
    file[6..8].copy_from_slice(&width.to_le_bytes());
    file[8..10].copy_from_slice(&height.to_le_bytes());
    file
}

/// The sum at the end of a PNG's chunk (PNG 1.2, annex D).
pub fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 })
    })
}

/// A progressive JPEG that says that it has this size, with a component for each pair of sampling factors.
pub fn progressive_of_size(width: u16, height: u16, factors: &[u8]) -> Vec<u8> {
    framed(0xc2, width, height, factors, &[1, 1, 0, 0, 0, 0])
}

/// A JPEG with a scan for each of three colours.
pub fn one_colour_after_the_other(width: u16, height: u16) -> Vec<u8> {
    framed(0xc0, width, height, &[0x11; 3], &[1, 1, 0, 0, 63, 0])
}

fn framed(kind: u8, width: u16, height: u16, factors: &[u8], scan: &[u8]) -> Vec<u8> {
    let mut frame =
        [&[8], &height.to_be_bytes()[..], &width.to_be_bytes(), &[factors.len().try_into().unwrap()]].concat();
    for (n, factors) in (1_u8..).zip(factors) {
        frame.extend([n, *factors, 0]);
    }
    let table = [&[0][..], &[1; 64]].concat();
    let end = vec![0xff, 0xd9];
    [vec![0xff, 0xd8], segment(0xdb, &table), segment(kind, &frame), segment(0xda, scan), end].concat()
}

/// A chunk of a WebP (RFC 9649, section 2.3).
pub fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    let padding = &[0][..content.len() % 2];
    [&name[..], &length.to_le_bytes(), content, padding].concat()
}

/// An extended WebP that says that it has this size, with alpha, and animated if it has such a chunk.
pub fn webp_of_size(width: u32, height: u32, chunks: &[&[u8]]) -> Vec<u8> {
    let is_animated = chunks.iter().any(|chunk| chunk.starts_with(b"ANIM"));
    let flags = if is_animated { 0x12 } else { 0x10 };
    let edge = |edge: u32| (edge - 1).to_le_bytes()[..3].to_vec();
    let header = chunk(b"VP8X", &[vec![flags, 0, 0, 0], edge(width), edge(height)].concat());
    let content = [b"WEBP".to_vec(), header, chunks.concat()].concat();
    chunk(b"RIFF", &content)
}
