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
    let inputs = inputs(&mut body)?;
    let mut common = Object::new();
    common.insert("model".into(), resource(&ask.model).into());
    if let Some(dimensions) = take(&mut body, "dimensions") {
        common.insert("outputDimensionality".into(), dimensions);
    }
    ask.pass_on(body, &mut common)?;
    let requests = contents(&inputs)?.into_iter().map(|content| {
        let mut request = common.clone();
        request.insert("content".into(), content);
        Value::Object(request)
    });
    Ok(Object::from_iter([("requests".to_owned(), requests.collect())]))
}

/// Vertex AI's, whose models are named in the path and whose parameters stand in a place of their own: one input for
/// embedContent, several for batchEmbedContents
/// (https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-multimodal-embeddings and google-genai 3.6.1).
///
/// # Errors
/// As above.
pub fn request_of_vertex(ask: &Ask, mut body: Object) -> Result<Object> {
    let inputs = inputs(&mut body)?;
    let mut config = Object::new();
    for (name, own) in [
        ("dimensions", "outputDimensionality"),
        ("outputDimensionality", "outputDimensionality"),
        ("task_type", "taskType"),
        ("taskType", "taskType"),
        ("input_type", "taskType"),
        ("title", "title"),
        ("auto_truncate", "autoTruncate"),
        ("autoTruncate", "autoTruncate"),
    ] {
        config.extend(take(&mut body, name).map(|value| (own.to_owned(), value)));
    }
    let mut common = Object::new();
    if !config.is_empty() {
        common.insert("embedContentConfig".into(), Value::Object(config));
    }
    ask.pass_on(body, &mut common)?;
    let mut requests = contents(&inputs)?.into_iter().map(|content| {
        let mut request = common.clone();
        request.insert("content".into(), content);
        request
    });
    match (requests.len(), requests.next()) {
        (1, Some(request)) => Ok(request),
        (_, first) => {
            let requests = first.into_iter().chain(requests).map(Value::Object).collect();
            Ok(Object::from_iter([("requests".to_owned(), requests)]))
        }
    }
}

/// Takes what is to be embedded, and what is said of it elsewhere.
pub fn inputs(body: &mut Object) -> Result<Vec<Value>> {
    body.shift_remove("model");
    // Rows are packed alike, whichever of the two was asked for.
    body.shift_remove("encoding_format");
    match take(body, "input") {
        Some(Value::Array(inputs)) => Ok(inputs),
        Some(input @ Value::String(_)) => Ok(vec![input]),
        _ => Err(bad("input", "must be a text or a list of texts")),
    }
}

fn contents(inputs: &[Value]) -> Result<Vec<Value>> {
    let content = |(index, input): (usize, &Value)| {
        let content = json!({"content": input});
        let parts = match input {
            Value::String(_) | Value::Array(_) => media::parts(&content, &format!("input[{index}]"), &mut None)?,
            Value::Object(_) => vec![media::part(input, &format!("input[{index}]"), &mut None)?],
            _ => return Err(bad(&format!("input[{index}]"), "must be a text; Gemini takes no token ids")),
        };
        Ok(json!({ "parts": parts }))
    };
    inputs.iter().enumerate().map(content).collect()
}

/// The vectors in OpenAI's shape.
///
/// # Errors
/// `ResponseValidation`: there are none.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(invalid("it is no object"));
    };
    // `embedding` is the reply to a single one.
    let rows = match (reply.shift_remove("embeddings"), reply.shift_remove("embedding")) {
        (Some(Value::Array(rows)), _) => rows,
        (None, Some(row)) => vec![row],
        _ => return Err(invalid("it holds no embeddings")),
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
