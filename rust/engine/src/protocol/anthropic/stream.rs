//! A stream.
use crate::chunk::Meaning;
use crate::error::Result;
use crate::protocol::{Ask, EventReader};
use crate::sse::Event;
pub struct Reader;
impl Reader {
    pub fn new(_ask: &Ask) -> Self {
        Self
    }
}
impl EventReader for Reader {
    fn read(&mut self, _event: &Event) -> Result<Vec<Meaning>> {
        Ok(Vec::new())
    }
}
