//! What kind of file bytes are, by how they begin.

/// (offset, bytes there, media type), the first that fits holds.
/// <https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern>; HEIC, AVIF and the like by the brand of their box
/// (<https://mp4ra.org/registered-types/brands>).
const MAGIC: [(usize, &[u8], &str); 32] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/avi"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"OggS\0", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"AIFF", "audio/aiff"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\0\x01\xb3", "video/mpeg"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
];

/// The media type; `None` where the beginning tells none (text has no mark).
pub fn media_type(content: &[u8]) -> Option<&'static str> {
    let fits = |at: usize, magic: &[u8]| content.get(at..).is_some_and(|rest| rest.starts_with(magic));
    MAGIC.iter().find(|(at, magic, _)| fits(*at, magic)).map(|(_, _, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn the_beginning_tells() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(media_type(b"RIFF\x10\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(media_type(b"RIFF\x10\0\0\0WAVEfmt "), Some("audio/wav"));
        assert_eq!(media_type(b"\0\0\0\x18ftypheic"), Some("image/heic"));
        assert_eq!(media_type(b"\0\0\0\x18ftypisom"), Some("video/mp4"));
        assert_eq!(media_type(b"<html>"), None);
        assert_eq!(media_type(b""), None);
    }
}
