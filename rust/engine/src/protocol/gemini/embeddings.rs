//! Embeddings, always asked for in one batch (https://ai.google.dev/api/embeddings#method:-models.batchembedcontents).

use serde_json::{Value, json};

use super::{invalid, media, resource, take, usage};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad};

/// OpenAI's parameters that Gemini can be told.
pub const PARAMS: &[&str] = &["dimensions", "encoding_format"];

/// The request.
///
/// # Errors
/// `BadRequest`: an input that is neither a text, nor parts, nor a list of these; `UnsupportedParams`.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let inputs = match take(&mut body, "input") {
        Some(Value::Array(inputs)) => inputs,
        Some(input @ Value::String(_)) => vec![input],
        _ => return Err(bad("input", "must be a text or a list of texts")),
    };
    body.shift_remove("model");
    // Rows are packed alike, whichever of the two was asked for.
    body.shift_remove("encoding_format");
    let mut common = Object::new();
    common.insert("model".into(), resource(&ask.model).into());
    if let Some(dimensions) = take(&mut body, "dimensions") {
        common.insert("outputDimensionality".into(), dimensions);
    }
    ask.pass_on(body, &mut common)?;
    let requests = inputs.iter().enumerate().map(|(index, input)| {
        let mut request = common.clone();
        let content = json!({"content": input});
        let parts = match input {
            Value::String(_) | Value::Array(_) => media::parts(&content, &format!("input[{index}]"), &mut None)?,
            Value::Object(_) => vec![media::part(input, &format!("input[{index}]"), &mut None)?],
            _ => return Err(bad(&format!("input[{index}]"), "must be a text; Gemini takes no token ids")),
        };
        request.insert("content".into(), json!({ "parts": parts }));
        Ok(Value::Object(request))
    });
    let mut request = Object::new();
    request.insert("requests".into(), requests.collect::<Result<_>>()?);
    Ok(request)
}

/// The vectors in OpenAI's shape.
///
/// # Errors
/// `ResponseValidation`: there are none.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(invalid("it is no object"));
    };
    let Some(Value::Array(rows)) = reply.shift_remove("embeddings") else {
        return Err(invalid("it holds no embeddings"));
    };
    let rows = rows.into_iter().enumerate().map(|(index, row)| {
        let Value::Object(mut row) = row else {
            return Err(invalid("an embedding is no object"));
        };
        let values = row.shift_remove("values").ok_or_else(|| invalid("an embedding has no values"))?;
        let mut made = Object::new();
        made.insert("object".into(), "embedding".into());
        made.insert("index".into(), index.into());
        made.insert("embedding".into(), values);
        made.extend(row);
        Ok(Value::Object(made))
    });
    let mut made = Object::new();
    made.insert("object".into(), "list".into());
    made.insert("model".into(), ask.model.clone().into());
    made.insert("data".into(), rows.collect::<Result<_>>()?);
    if let Some(counts) = reply.shift_remove("usageMetadata") {
        made.insert("usage".into(), usage::usage(&counts));
    }
    made.extend(reply);
    Ok(Value::Object(made))
}
