//! Pictures, documents, sound and film as blocks: bytes as base64, or an object of S3's. Bedrock fetches no other address.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::error::Result;
use crate::protocol::{bad, text};

/// The kind of block and the format, by media type and by the end of a name
/// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html and the pages of its members).
const FORMATS: [(&str, &str, &str, &str); 35] = [
    ("image/png", "png", "image", "png"),
    ("image/jpeg", "jpeg", "image", "jpeg"),
    ("image/jpg", "jpg", "image", "jpeg"),
    ("image/gif", "gif", "image", "gif"),
    ("image/webp", "webp", "image", "webp"),
    ("application/pdf", "pdf", "document", "pdf"),
    ("text/csv", "csv", "document", "csv"),
    ("application/msword", "doc", "document", "doc"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "document", "docx"),
    ("application/vnd.ms-excel", "xls", "document", "xls"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "document", "xlsx"),
    ("text/html", "html", "document", "html"),
    ("text/plain", "txt", "document", "txt"),
    ("text/markdown", "md", "document", "md"),
    ("video/x-matroska", "mkv", "video", "mkv"),
    ("video/quicktime", "mov", "video", "mov"),
    ("video/mp4", "mp4", "video", "mp4"),
    ("video/webm", "webm", "video", "webm"),
    ("video/x-flv", "flv", "video", "flv"),
    ("video/mpeg", "mpeg", "video", "mpeg"),
    ("video/mpg", "mpg", "video", "mpg"),
    ("video/x-ms-wmv", "wmv", "video", "wmv"),
    ("video/3gpp", "3gp", "video", "three_gp"),
    ("audio/mpeg", "mp3", "audio", "mp3"),
    ("audio/mp3", "mp3", "audio", "mp3"),
    ("audio/wav", "wav", "audio", "wav"),
    ("audio/x-wav", "wav", "audio", "wav"),
    ("audio/aac", "aac", "audio", "aac"),
    ("audio/flac", "flac", "audio", "flac"),
    ("audio/ogg", "ogg", "audio", "ogg"),
    ("audio/opus", "opus", "audio", "opus"),
    ("audio/mp4", "m4a", "audio", "mp4"),
    ("audio/x-m4a", "m4a", "audio", "m4a"),
    ("audio/webm", "weba", "audio", "webm"),
    ("audio/pcm", "pcm", "audio", "pcm"),
];

/// The longest name of a document.
const MAX_NAME: usize = 200;

/// Makes blocks, and knows which names of documents are taken: a name may occur once.
#[derive(Default)]
pub struct Media {
    names: HashSet<String>,
}

impl Media {
    /// The block of a part of OpenAI's.
    ///
    /// # Errors
    /// `BadRequest` naming the part: an address that Bedrock does not fetch, a format that it does not take.
    pub fn block(&mut self, place: &str, kind: &str, part: &Value) -> Result<Value> {
        let inner = part.get(kind);
        let member = |name: &str| inner.and_then(|inner| text(inner, name));
        let place = format!("{place}['{kind}']");
        let missing = |name: &str| bad(&place, &format!("must have a '{name}'"));
        match kind {
            "image_url" | "video_url" | "audio_url" => {
                let url = member("url").or(inner.and_then(Value::as_str)).ok_or_else(|| missing("url"))?;
                self.referred(&place, url, member("format"), None)
            }
            "input_audio" => {
                let data = member("data").ok_or_else(|| missing("data"))?;
                let format = member("format").ok_or_else(|| missing("format"))?;
                Ok(json!({"audio": {"format": format, "source": {"bytes": data}}}))
            }
            "file" => {
                let url = member("file_data").or(member("file_id")).ok_or_else(|| missing("file_data"))?;
                self.referred(&place, url, member("format"), member("filename"))
            }
            _ => Err(bad(&place, "is no part that Bedrock has")),
        }
    }

    fn referred(&mut self, place: &str, url: &str, format: Option<&str>, name: Option<&str>) -> Result<Value> {
        let (media_type, source) = match url.strip_prefix("data:").map(|data| data.split_once(',')) {
            Some(Some((head, data))) if head.ends_with(";base64") => {
                (head.split(';').next().unwrap_or_default(), json!({ "bytes": data }))
            }
            Some(_) => return Err(bad(place, "the data URL is not base64")),
            None if url.starts_with("s3://") => ("", json!({"s3Location": {"uri": url}})),
            None => return Err(bad(place, "Bedrock fetches no address but s3://: send a data URL")),
        };
        let ending = |name: &str| name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let ending = ending(url.strip_prefix("s3://").unwrap_or_default()).or_else(|| name.and_then(ending));
        let known = |wanted: &str| {
            FORMATS.iter().find(|(media_type, ending, _, format)| [*media_type, *ending, *format].contains(&wanted))
        };
        // What the caller says wins over what the address says, and both over a name.
        let found = format.and_then(known).or_else(|| known(media_type)).or_else(|| ending.as_deref().and_then(known));
        let Some((_, _, kind, format)) = found else {
            let unknown = format.unwrap_or(media_type);
            return Err(bad(place, &format!("Bedrock takes no {unknown:?}; 'format' may say what it is")));
        };
        let mut block = json!({"format": format, "source": source});
        if let Some(block) = block.as_object_mut().filter(|_| *kind == "document") {
            block.insert("name".into(), self.name(name).into());
        }
        Ok(json!({ *kind: block }))
    }

    /// A name that Bedrock takes: letters, digits, single spaces, hyphens, parentheses, brackets
    /// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html).
    fn name(&mut self, given: Option<&str>) -> String {
        let stem = given.map_or("", |name| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        let taken = |c: char| if c.is_ascii_alphanumeric() || "-()[]".contains(c) { c } else { ' ' };
        let words: String = stem.chars().map(taken).collect();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().take(MAX_NAME - 8).collect();
        let stem = if words.is_empty() { "document" } else { words.trim_end() };
        let mut name = stem.to_owned();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{stem} {number}");
            number += 1;
        }
        name
    }
}
