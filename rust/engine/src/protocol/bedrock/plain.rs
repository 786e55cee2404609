//! An answer of Converse's that is one text.

use super::reply::{COUNTED, REASONS, counted};
use super::{made_id, model};
use crate::protocol::Ask;
use crate::protocol::plain::{Members, Plain, Text};

/// The answer, if the reply is one.
pub fn plain<'a>(ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
    let reply: Members<'_> = Members::of(body)?;
    let message: Members<'_> = reply.read::<Members<'_>>("output")?.read("message")?;
    let [block]: [Members<'_>; 1] = message.read("content")?;
    let ended: &str = reply.read("stopReason")?;
    let (_, reason) = REASONS.iter().find(|(theirs, _)| *theirs == ended)?;
    let text = block.text("text")?;
    let usage: Members<'_> = reply.read("usage")?;
    block.are_among(&["text"]).then(|| Plain {
        id: Text::Made(made_id().into()),
        created: None,
        model: Text::Made(model::id(&ask.model).into()),
        text,
        reason: (reason, ended),
        usage: Some((counted(&usage), usage.without(&COUNTED))),
        rest: reply.without(&["output", "stopReason", "usage"]),
    })
}
