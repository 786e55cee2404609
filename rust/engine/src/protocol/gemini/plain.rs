//! An answer that is one text.

use super::parts::made_id;
use super::reply::{PLACED, unix_time};
use super::usage::{COUNTED, counted};
use crate::protocol::Ask;
use crate::protocol::plain::{Members, Plain, Text};

/// The reasons to end that such answers have.
const REASONS: [(&str, &str); 2] = [("STOP", "stop"), ("MAX_TOKENS", "length")];

/// The answer, if the reply is one.
pub fn plain<'a>(ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
    let reply: Members<'_> = Members::of(body)?;
    let [candidate]: [Members<'_>; 1] = reply.read("candidates")?;
    let [part]: [Members<'_>; 1] = candidate.read::<Members<'_>>("content")?.read("parts")?;
    let ended: &str = candidate.read("finishReason")?;
    let (_, reason) = REASONS.iter().find(|(theirs, _)| *theirs == ended)?;
    let text = part.text("text")?;
    let usage: Members<'_> = reply.read("usageMetadata")?;
    let is_first = candidate.get("index").is_none_or(|index| index.get() == "0");
    if !is_first || !candidate.are_among(&["content", "finishReason", "index"]) || !part.are_among(&["text"]) {
        return None;
    }
    let id = reply.text("responseId").filter(|_| !reply.is("responseId", ""));
    Some(Plain {
        id: id.unwrap_or_else(|| Text::Made(made_id("chatcmpl-").into())),
        created: reply.read("createTime").and_then(unix_time),
        model: reply.text("modelVersion").unwrap_or_else(|| Text::Made((&*ask.model).into())),
        text,
        reason: (reason, ended),
        usage: Some((counted(&usage), usage.without(&COUNTED))),
        rest: reply.without(&PLACED),
    })
}
