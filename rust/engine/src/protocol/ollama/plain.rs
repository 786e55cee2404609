//! An answer that is one text.

use super::reply::{ANSWER_ID, COUNTED, DURATIONS, counted};
use crate::protocol::Ask;
use crate::protocol::gemini::{made_id, unix_time};
use crate::protocol::plain::{Members, Plain, Text};

/// The reasons to end that such answers have.
const REASONS: [&str; 2] = ["stop", "length"];
const PLACED: [&str; 5] = ["model", "created_at", "message", "done", "done_reason"];

/// The answer, if the reply is one.
pub fn plain<'a>(ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
    let reply: Members<'_> = Members::of(body)?;
    let message: Members<'_> = reply.read("message")?;
    let ended: &str = reply.read("done_reason")?;
    let reason = REASONS.into_iter().find(|known| *known == ended)?;
    // An empty text is none.
    let text = message.text("content").filter(|_| !message.is("content", ""))?;
    if reply.says("logprobs") || !message.are_among(&["role", "content"]) {
        return None;
    }
    let created = reply.read("created_at").and_then(unix_time).filter(|created| *created > 0);
    Some(Plain {
        id: Text::Made(made_id(ANSWER_ID).into()),
        created,
        model: reply.text("model").unwrap_or_else(|| Text::Made((&*ask.model).into())),
        text,
        reason: (reason, ended),
        usage: Some((counted(&reply), reply.clone().only(&DURATIONS))),
        rest: reply.without(&PLACED).without(&COUNTED).without(&DURATIONS),
    })
}
