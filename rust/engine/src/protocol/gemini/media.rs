//! Parts of OpenAI messages as Gemini's: text, and media inline or by reference.
//!
//! Gemini fetches most `https` and all `gs` addresses itself. Marks of where a prompt may be cached are left out: Gemini caches on
//! its own.

use serde_json::{Value, json};

use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// Where what is Google's own is found.
const OWN: [&str; 4] = [
    "https://generativelanguage.googleapis.com/",
    "https://www.youtube.com/",
    "https://youtube.com/",
    "https://youtu.be/",
];

/// Whether a model fetches what is at an http address: uploaded files and YouTube's films always, others by https and
/// not before Gemini 2.5 (<https://ai.google.dev/gemini-api/docs/file-input-methods>).
pub fn is_fetched(model: &str, url: &str) -> bool {
    let is_old = ["gemini-1", "gemini-2.0"].iter().any(|old| model.contains(old));
    OWN.iter().any(|own| url.starts_with(own)) || (url.starts_with("https://") && !is_old)
}

/// The finest resolution.
pub const HIGH: &str = "MEDIA_RESOLUTION_HIGH";

/// Kinds of files by the end of their names, for references that do not say what they are.
const KINDS: [(&str, &str); 26] = [
    ("aac", "audio/aac"),
    ("aiff", "audio/aiff"),
    ("csv", "text/csv"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("m4a", "audio/m4a"),
    ("md", "text/markdown"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mp3"),
    ("mp4", "video/mp4"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("ogg", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
];

/// The parts of a message's content. `detail` becomes the finest resolution that an image asks for.
///
/// # Errors
/// `BadRequest` naming the part that is none of OpenAI's.
pub fn parts(message: &Value, place: &str, detail: &mut Option<&'static str>) -> Result<Vec<Value>> {
    match message.get("content") {
        None | Some(Value::Null) => Ok(vec![json!({"text": ""})]),
        Some(Value::String(text)) => Ok(vec![json!({ "text": text })]),
        Some(Value::Array(parts)) => parts
            .iter()
            .enumerate()
            .map(|(index, given)| part(given, &format!("{place}.content[{index}]"), detail))
            .collect(),
        Some(_) => Err(bad(&format!("{place}.content"), "must be text or a list of parts")),
    }
}

/// One part.
pub fn part(part: &Value, place: &str, detail: &mut Option<&'static str>) -> Result<Value> {
    let kind = text(part, "type").unwrap_or_default();
    let inner = part.get(kind);
    let member = |name: &str| inner.and_then(|inner| text(inner, name));
    let missing = |name: &str| bad(&format!("{place}.{kind}"), &format!("{name} is missing"));
    match kind {
        "text" => Ok(json!({"text": text(part, "text").ok_or_else(|| missing("text"))?})),
        "image_url" | "video_url" => {
            let url = member("url").or(inner.and_then(Value::as_str)).ok_or_else(|| missing("url"))?;
            let mut media = reference(url, member("format"), place)?;
            if let Some(resolution) = resolution(member("detail")) {
                media.insert("mediaResolution".into(), json!({ "level": resolution }));
                *detail = if *detail == Some(HIGH) { *detail } else { Some(resolution) };
            }
            Ok(Value::Object(media))
        }
        "input_audio" => {
            let data = member("data").ok_or_else(|| missing("data"))?;
            Ok(
                json!({"inlineData": {"mimeType": format!("audio/{}", member("format").unwrap_or("wav")), "data": data}}),
            )
        }
        "file" => {
            let url = member("file_data").or(member("file_id")).ok_or_else(|| missing("file_data"))?;
            let kind = member("format").or(member("filename").and_then(kind_of));
            reference(url, kind, place).map(Value::Object)
        }
        _ => Err(bad(place, &format!("Gemini is not told parts of type {kind:?}"))),
    }
}

fn resolution(detail: Option<&str>) -> Option<&'static str> {
    match detail? {
        "low" => Some("MEDIA_RESOLUTION_LOW"),
        "medium" => Some("MEDIA_RESOLUTION_MEDIUM"),
        "high" => Some(HIGH),
        _ => None,
    }
}

/// Media at an address: a data URL travels inline.
fn reference(url: &str, kind: Option<&str>, place: &str) -> Result<Object> {
    let mut media = Object::new();
    if let Some(data) = url.strip_prefix("data:") {
        let (head, data) = data.split_once(',').ok_or_else(|| bad(place, "a data URL without data"))?;
        let Some(said) = head.strip_suffix(";base64") else {
            return Err(bad(place, "a data URL that is not base64"));
        };
        let kind = kind.filter(|_| said.is_empty()).unwrap_or(said);
        media.insert("inlineData".into(), json!({"mimeType": kind, "data": data}));
        return Ok(media);
    }
    let is_reference = ["https://", "http://", "gs://", "files/"].iter().any(|start| url.starts_with(start));
    if !is_reference {
        return Err(bad(place, "must be a data URL or an https, http or gs address"));
    }
    let mut file = Object::new();
    file.extend(kind.or_else(|| kind_of(url)).map(|kind| ("mimeType".to_owned(), kind.into())));
    file.insert("fileUri".into(), url.into());
    media.insert("fileData".into(), Value::Object(file));
    Ok(media)
}

fn kind_of(name: &str) -> Option<&'static str> {
    let name = name.split(['?', '#']).next()?;
    let (_, end) = name.rsplit_once('.')?;
    KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(end)).map(|(_, kind)| *kind)
}
