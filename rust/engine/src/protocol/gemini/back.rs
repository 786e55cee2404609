//! An assistant message as Gemini's parts.
//!
//! A message of ours that is sent back becomes the parts that it came from, as long as it still says what they say.
//! Signatures of other providers never reach Gemini: thinking blocks are sent only with a signature that
//! `provider_specific_fields.thought_signatures` names.

use serde_json::{Value, json};

use super::parts::{MADE_ID, message};
use super::{content_text, media};
use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// The parts that an assistant message is.
///
/// # Errors
/// `BadRequest`: a call whose arguments are no JSON object.
pub fn of_message(sent: &Value, place: &str) -> Result<Vec<Value>> {
    let kept = sent.get("provider_specific_fields").and_then(|own| own.get("parts")).and_then(Value::as_array);
    if let Some(kept) = kept
        && gist(&Value::Object(message(kept))) == gist(sent)
    {
        return Ok(kept.clone());
    }
    rebuilt(sent, place)
}

/// What a program may have changed: the text, and the calls without the ids that are made here.
fn gist(message: &Value) -> (String, Vec<(String, String, Value)>) {
    let calls = message.get("tool_calls").and_then(Value::as_array).into_iter().flatten().map(|call| {
        let id = text(call, "id").filter(|id| !id.starts_with(MADE_ID)).unwrap_or_default();
        let function = call.get("function").unwrap_or(&Value::Null);
        let arguments = text(function, "arguments").and_then(|json| serde_json::from_str(json).ok());
        (id.to_owned(), text(function, "name").unwrap_or_default().to_owned(), arguments.unwrap_or_default())
    });
    (content_text(message), calls.collect())
}

/// The parts that the fields of a message say.
pub fn rebuilt(sent: &Value, place: &str) -> Result<Vec<Value>> {
    let list = |name: &str| sent.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let own = sent.get("provider_specific_fields");
    let known = own.and_then(|own| own.get("thought_signatures")).and_then(Value::as_array);
    let mut unused: Vec<&str> = known.into_iter().flatten().filter_map(Value::as_str).collect();
    let mut parts = Vec::new();
    for block in list("thinking_blocks") {
        if let Some(signature) = text(block, "signature").filter(|signature| unused.contains(signature)) {
            unused.retain(|other| *other != signature);
            let thought = text(block, "thinking").unwrap_or_default();
            parts.push(json!({"text": thought, "thought": true, "thoughtSignature": signature}));
        }
    }
    let place_of_text = parts.len();
    for image in list("images") {
        let url = image.get("image_url").and_then(|image| text(image, "url")).unwrap_or_default();
        if let Some((kind, data)) = url.strip_prefix("data:").and_then(|url| url.split_once(";base64,")) {
            parts.push(signed(json!({"inlineData": {"mimeType": kind, "data": data}}), image, &mut unused));
        }
    }
    for (index, call) in list("tool_calls").iter().enumerate() {
        let function = call.get("function").unwrap_or(&Value::Null);
        let place = format!("{place}.tool_calls[{index}].function");
        let mut made = called(function, &place)?;
        if let Some(id) = text(call, "id").filter(|id| !id.starts_with(MADE_ID)) {
            made.insert("id".into(), id.into());
        }
        parts.push(signed(json!({ "functionCall": made }), call, &mut unused));
    }
    if let Some(function) = sent.get("function_call").filter(|function| !function.is_null()) {
        parts.push(json!({"functionCall": called(function, &format!("{place}.function_call"))?}));
    }
    let mut told = content(sent, place)?;
    if let (Some(signature), Some(Value::Object(part))) = (unused.first(), told.last_mut()) {
        part.insert("thoughtSignature".into(), (*signature).into());
    }
    parts.splice(place_of_text..place_of_text, told);
    Ok(parts)
}

/// The text, and media that a program placed beside it. Reasoning of other providers is none of Gemini's.
fn content(sent: &Value, place: &str) -> Result<Vec<Value>> {
    let mut told = Vec::new();
    for (index, part) in sent.get("content").and_then(Value::as_array).into_iter().flatten().enumerate() {
        if !matches!(text(part, "type"), Some("text" | "refusal" | "thinking" | "redacted_thinking")) {
            told.push(media::part(part, &format!("{place}.content[{index}]"), &mut None)?);
        }
    }
    let said = content_text(sent);
    if !said.is_empty() {
        told.push(json!({ "text": said }));
    }
    Ok(told)
}

fn called(function: &Value, place: &str) -> Result<Object> {
    let args = match text(function, "arguments").map_or("", str::trim) {
        "" => json!({}),
        arguments => serde_json::from_str(arguments)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| bad(&format!("{place}.arguments"), "must be the text of a JSON object"))?,
    };
    let name = text(function, "name").ok_or_else(|| bad(place, "has no name"))?;
    let mut call = Object::new();
    call.insert("name".into(), name.into());
    call.insert("args".into(), args);
    Ok(call)
}

/// With the signature that a call or an image carries: ours, litellm's place in the function, or that of Google's
/// OpenAI-compatible endpoint (https://ai.google.dev/gemini-api/docs/thought-signatures#openai).
fn signed(mut part: Value, carrier: &Value, unused: &mut Vec<&str>) -> Value {
    let own = |place: &Value| {
        place.get("provider_specific_fields").and_then(|own| text(own, "thought_signature").map(str::to_owned))
    };
    let google = || text(carrier.get("extra_content")?.get("google")?, "thought_signature").map(str::to_owned);
    let signature = own(carrier).or_else(|| carrier.get("function").and_then(own)).or_else(google);
    if let (Some(signature), Value::Object(part)) = (signature, &mut part) {
        unused.retain(|other| *other != signature);
        part.insert("thoughtSignature".into(), signature.into());
    }
    part
}
