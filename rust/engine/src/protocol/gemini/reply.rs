//! A whole reply as a chat completion.

use serde_json::{Value, json};

use super::partial::Joiner;
use super::{citations, invalid, parts, usage};
use crate::classify;
use crate::error::Result;
use crate::protocol::{Ask, Object, now};

/// The chat completion.
///
/// # Errors
/// `ResponseValidation`: it is no reply of Gemini's. What the reply reports, where a part of it is a failure.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let mut fields = match reply {
        Value::Array(pieces) => joined(pieces)?,
        Value::Object(fields) => fields,
        _ => return Err(invalid("it is no object")),
    };
    let choices = candidates(&mut fields).into_iter().map(choice).collect();
    let mut completion = head(ask, &fields, "chat.completion");
    completion.insert("choices".into(), choices);
    if let Some(counts) = fields.get("usageMetadata").filter(|counts| counts.is_object()) {
        completion.insert("usage".into(), usage::usage(counts));
    }
    completion.extend(left(fields));
    Ok(Value::Object(completion))
}

/// A stream that came as one array (asked for without `alt=sse`), as the reply that it adds up to.
fn joined(pieces: Vec<Value>) -> Result<Object> {
    let mut whole = Object::new();
    let mut all: Vec<Object> = Vec::new();
    for piece in pieces {
        if classify::is_failure(&piece) {
            return Err(classify::error_from_event(&piece));
        }
        let Value::Object(mut piece) = piece else {
            return Err(invalid("a piece of it is no object"));
        };
        for candidate in candidates(&mut piece) {
            match all.iter_mut().find(|known| index(known) == index(&candidate)) {
                Some(known) => merge(known, candidate),
                None => all.push(candidate),
            }
        }
        whole.extend(piece);
    }
    if !all.is_empty() {
        whole.insert("candidates".into(), all.into_iter().map(Value::Object).collect());
    }
    Ok(whole)
}

fn merge(known: &mut Object, mut more: Object) {
    let mut parts = take_parts(known);
    for part in take_parts(&mut more) {
        parts::join(&mut parts, part);
    }
    known.extend(more);
    known.insert("content".into(), json!({ "parts": parts }));
}

/// Takes the candidates; a prompt that was blocked has none, and is answered by an empty one.
pub fn candidates(reply: &mut Object) -> Vec<Object> {
    let given = match reply.shift_remove("candidates") {
        Some(Value::Array(candidates)) => candidates,
        _ => Vec::new(),
    };
    if !given.is_empty() {
        let objects = given.into_iter().filter_map(|candidate| match candidate {
            Value::Object(candidate) => Some(candidate),
            _ => None,
        });
        return objects.collect();
    }
    let feedback = reply.get("promptFeedback");
    let Some(reason) = feedback.and_then(|feedback| feedback.get("blockReason")) else {
        return Vec::new();
    };
    let mut blocked = Object::new();
    blocked.insert("finishReason".into(), reason.clone());
    blocked.insert(BLOCKED.into(), true.into());
    vec![blocked]
}

/// Marks a candidate that was made of a blocked prompt.
const BLOCKED: &str = "";

/// Takes the parts of a candidate.
pub fn take_parts(candidate: &mut Object) -> Vec<Value> {
    match candidate.shift_remove("content") {
        Some(Value::Object(mut content)) => match content.shift_remove("parts") {
            Some(Value::Array(parts)) => parts,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Takes what a candidate says of its end.
pub fn take_ending(candidate: &mut Object) -> Object {
    let members = ["finishReason", BLOCKED].map(|name| candidate.shift_remove_entry(name));
    members.into_iter().flatten().collect()
}

/// Which candidate it is.
pub fn index(candidate: &Object) -> u64 {
    candidate.get("index").and_then(Value::as_u64).unwrap_or(0)
}

/// What a completion and a chunk say of themselves.
pub fn head(ask: &Ask, reply: &Object, object: &str) -> Object {
    let mut head = Object::new();
    let text = |name: &str| reply.get(name).and_then(Value::as_str);
    let id = text("responseId").filter(|id| !id.is_empty());
    head.insert("id".into(), id.map_or_else(|| parts::made_id("chatcmpl-"), str::to_owned).into());
    head.insert("object".into(), object.into());
    let created = text("createTime").and_then(unix_time);
    head.insert("created".into(), created.unwrap_or_else(now).into());
    head.insert("model".into(), text("modelVersion").unwrap_or(&ask.model).into());
    head
}

/// What has a place of its own in a completion.
pub const PLACED: [&str; 5] = ["candidates", "createTime", "modelVersion", "responseId", "usageMetadata"];

/// What a reply says besides: it has no place of its own and keeps its name (`promptFeedback`).
pub fn left(mut reply: Object) -> Object {
    reply.retain(|name, value| !value.is_null() && !PLACED.contains(&name.as_str()));
    reply
}

fn choice(mut candidate: Object) -> Value {
    let mut joiner = Joiner::default();
    let mut whole = Vec::new();
    for part in take_parts(&mut candidate) {
        whole.extend(joiner.add(part));
    }
    whole.extend(joiner.close());
    let mut message = parts::message(&whole);
    let mut joined = Vec::new();
    whole.into_iter().for_each(|part| parts::join(&mut joined, part));
    parts::keep(&mut message, joined);
    let said = message.get("content").and_then(Value::as_str).unwrap_or_default();
    let annotations = citations::annotations(&candidate, said);
    if !annotations.is_empty() {
        message.insert("annotations".into(), Value::Array(annotations));
    }
    let finish = finish_reason(&candidate, message.contains_key("tool_calls"));
    let mut choice = Object::new();
    choice.insert("index".into(), index(&candidate).into());
    choice.insert("message".into(), Value::Object(message));
    choice.insert("finish_reason".into(), finish.unwrap_or("stop").into());
    choice.extend(citations::logprobs(&candidate).map(|logprobs| ("logprobs".to_owned(), logprobs)));
    let own = own_fields(&candidate, finish);
    if !own.is_empty() {
        choice.insert("provider_specific_fields".into(), Value::Object(own));
    }
    Value::Object(choice)
}

/// What a candidate says that has no place in a choice, and its reason to end in its own word.
pub fn own_fields(candidate: &Object, finish: Option<&str>) -> Object {
    const PLACED: [&str; 5] = ["content", "index", "logprobsResult", "finishReason", BLOCKED];
    let own = candidate.iter().filter(|(name, _)| !PLACED.contains(&name.as_str()));
    let mut own: Object = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some(reason) = candidate.get("finishReason").filter(|reason| !reason.is_null() && reason.as_str() != finish)
    {
        own.insert("finish_reason".into(), reason.clone());
    }
    own
}

/// OpenAI's word for why a candidate ended (https://ai.google.dev/api/generate-content#FinishReason); `None` while it goes
/// on. Clients may have asked for numbers instead of words.
pub fn finish_reason(candidate: &Object, has_calls: bool) -> Option<&'static str> {
    let reason = candidate.get("finishReason").filter(|reason| !reason.is_null())?;
    let number = reason.as_u64();
    Some(match reason.as_str().unwrap_or_default() {
        _ if candidate.contains_key(BLOCKED) => "content_filter",
        "MAX_TOKENS" => "length",
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR" => "content_filter",
        _ if number == Some(2) => "length",
        _ if matches!(number, Some(3 | 4 | 6..=9 | 11)) => "content_filter",
        _ if has_calls => "tool_calls",
        _ => "stop",
    })
}

/// Seconds since 1970 of a moment in UTC, as RFC 3339 writes it.
pub fn unix_time(stamp: &str) -> Option<u64> {
    let (date, time) = stamp.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-').map(|number| number.parse::<u64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.split('.').next()?.splitn(3, ':').map(|number| number.parse::<u64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // 719,468 days lie between the first of March of the year 0 and 1970.
    (days.checked_sub(719_468)? * 86_400).checked_add(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        assert_eq!(unix_time("2026-05-27T16:53:45.443719Z"), Some(1_779_900_825));
        assert_eq!(unix_time("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(unix_time("2024-02-29T23:59:59Z"), Some(1_709_251_199));
        assert_eq!(unix_time("yesterday"), None);
    }
}
