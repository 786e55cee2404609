//! A reply.
use crate::error::Result;
use serde_json::Value;
pub fn reply(reply: &Value) -> Result<Value> {
    Ok(reply.clone())
}
