//! Embeddings of texts, pictures, and of both together (https://docs.cohere.com/reference/embed).

use serde_json::{Value, json};

use super::{invalid, take};
use crate::error::Result;
use crate::protocol::usage::Counts;
use crate::protocol::{Ask, Object, bad};

/// OpenAI's parameters that v2/embed has a word for.
pub const PARAMS: &[&str] = &["dimensions", "encoding_format"];

/// The request.
///
/// # Errors
/// `BadRequest`: an input that is neither a text, nor a picture, nor parts; `UnsupportedParams`.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let inputs = match take(&mut body, "input") {
        Some(Value::Array(inputs)) => inputs,
        Some(input @ Value::String(_)) => vec![input],
        _ => return Err(bad("input", "must be a text or a list of texts")),
    };
    let mut to = Object::new();
    to.insert("model".into(), take(&mut body, "model").unwrap_or_else(|| ask.model.clone().into()));
    // What litellm says of texts, and the API wants of pictures.
    let kind = if inputs.iter().all(is_picture) { "image" } else { "search_document" };
    to.insert("input_type".into(), take(&mut body, "input_type").unwrap_or_else(|| kind.into()));
    if inputs.iter().all(is_picture) {
        to.insert("images".into(), inputs.into());
    } else if inputs.iter().all(|input| input.is_string() && !is_picture(input)) {
        to.insert("texts".into(), inputs.into());
    } else {
        let inputs = inputs.into_iter().enumerate().map(|(at, input)| mixed(&format!("input[{at}]"), input));
        to.insert("inputs".into(), inputs.collect::<Result<Vec<_>>>()?.into());
    }
    if let Some(format) = take(&mut body, "encoding_format") {
        to.insert("embedding_types".into(), json!([format]));
    }
    if let Some(dimensions) = take(&mut body, "dimensions") {
        to.insert("output_dimension".into(), dimensions);
    }
    ask.pass_on(body, &mut to)?;
    Ok(to)
}

/// A picture comes as a data URL.
fn is_picture(input: &Value) -> bool {
    input.as_str().is_some_and(|input| input.starts_with("data:image/"))
}

/// An input of parts; Cohere's own `{"content": [...]}` as it is.
fn mixed(place: &str, input: Value) -> Result<Value> {
    let parts = match input {
        Value::Object(input) if input.contains_key("content") => return Ok(input.into()),
        part @ Value::Object(_) => vec![part],
        Value::String(url) if url.starts_with("data:image/") => {
            vec![json!({"type": "image_url", "image_url": {"url": url}})]
        }
        Value::String(said) => vec![json!({"type": "text", "text": said})],
        Value::Array(parts) if parts.iter().all(Value::is_object) => parts,
        _ => return Err(bad(place, "must be a text or parts; Cohere takes no token ids")),
    };
    Ok(json!({ "content": parts }))
}

/// The vectors in OpenAI's shape. Of several types that were asked for the first is `embedding`, floats before others;
/// these stand beside by their names.
///
/// # Errors
/// `ResponseValidation`: there are none.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(invalid("it is no object"));
    };
    let mut types = match reply.shift_remove("embeddings") {
        Some(Value::Object(types)) => types,
        Some(rows @ Value::Array(_)) => Object::from_iter([("float".to_owned(), rows)]),
        _ => return Err(invalid("it holds no embeddings")),
    };
    types.retain(|_, rows| rows.as_array().is_some_and(|rows| !rows.is_empty()));
    let first = types.shift_remove_entry("float").or_else(|| {
        let name = types.keys().next().cloned()?;
        types.shift_remove_entry(&name)
    });
    let Some((_, Value::Array(rows))) = first else {
        return Err(invalid("it holds no embeddings"));
    };
    let rows = rows.into_iter().enumerate().map(|(index, row)| {
        let mut made = Object::new();
        made.insert("object".into(), "embedding".into());
        made.insert("index".into(), index.into());
        made.insert("embedding".into(), row);
        let others = types.iter().filter_map(|(name, rows)| Some((name.clone(), rows.get(index)?.clone())));
        made.extend(others);
        Value::Object(made)
    });
    let mut made = Object::new();
    made.insert("object".into(), "list".into());
    made.insert("model".into(), ask.model.clone().into());
    made.insert("data".into(), rows.collect());
    let billed = reply.get("meta").and_then(|meta| meta.get("billed_units")).unwrap_or(&Value::Null);
    let counts = ["input_tokens", "image_tokens"].map(|name| billed.given(name));
    if counts.iter().any(Option::is_some) {
        let tokens: u64 = counts.into_iter().flatten().sum();
        made.insert("usage".into(), json!({"prompt_tokens": tokens, "total_tokens": tokens}));
    }
    // The texts are the caller's own.
    made.extend(reply.into_iter().filter(|(name, value)| name != "texts" && !value.is_null()));
    Ok(Value::Object(made))
}
