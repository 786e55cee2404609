//! A message that is one text.

use super::reply::{COUNTED, REASONS, counted};
use crate::protocol::plain::{Members, Plain};

/// What has a place of its own in the completion, or none.
const PLACED: [&str; 11] =
    ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage", "object", "created", "choices"];

/// The answer, if the reply is one.
pub fn plain(body: &[u8]) -> Option<Plain<'_>> {
    let reply: Members<'_> = Members::of(body)?;
    let [block]: [Members<'_>; 1] = reply.read("content")?;
    let ended: &str = reply.read("stop_reason")?;
    let (_, reason) = REASONS.iter().find(|(theirs, _)| *theirs == ended)?;
    if reply.says("stop_sequence") || !block.is("type", "text") {
        return None;
    }
    let (id, model, usage): (_, _, Members<'_>) = (reply.text("id")?, reply.text("model")?, reply.read("usage")?);
    let text = block.text("text")?;
    let is_plain = !block.says("citations") && block.are_among(&["type", "text", "citations"]);
    let usage = Some((counted(&usage), usage.without(&COUNTED)));
    let rest = reply.without(&PLACED);
    is_plain.then_some(Plain { id, created: None, model, text, reason: (reason, ended), usage, rest })
}
