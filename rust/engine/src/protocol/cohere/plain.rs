//! An answer that is one text.

use super::reply::REASONS;
use super::usage::{COUNTED, counted};
use crate::protocol::Ask;
use crate::protocol::plain::{Members, Plain, Text};

/// What has a place of its own in the completion, or says that the reply is another.
const PLACED: [&str; 4] = ["id", "message", "finish_reason", "usage"];

/// The answer, if the reply is one.
pub fn plain<'a>(ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
    let reply: Members<'_> = Members::of(body)?;
    let message: Members<'_> = reply.read("message")?;
    let [block]: [Members<'_>; 1] = message.read("content")?;
    let ended: &str = reply.read("finish_reason")?;
    let (_, reason) = REASONS.iter().find(|(theirs, _)| *theirs == ended)?;
    let text = block.text("text").filter(|_| block.is("type", "text"))?;
    let usage: Members<'_> = reply.read("usage")?;
    let has_more = reply.says("error") || reply.says("logprobs");
    if has_more || !message.are_among(&["role", "content"]) || !block.are_among(&["type", "text"]) {
        return None;
    }
    Some(Plain {
        id: reply.text("id")?,
        created: None,
        model: Text::Made((&*ask.model).into()),
        text,
        reason: (reason, ended),
        usage: Some((counted(&usage), usage.without(&COUNTED))),
        rest: reply.without(&PLACED),
    })
}
