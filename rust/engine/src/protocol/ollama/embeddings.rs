//! Embeddings (https://docs.ollama.com/api/embed).

use serde_json::{Value, json};

use super::{invalid, options, reply, take};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad};

/// OpenAI's parameters that Ollama has.
pub const PARAMS: &[&str] = &["dimensions", "encoding_format"];

/// The request.
///
/// # Errors
/// `BadRequest`: an input that is neither a text nor texts; `UnsupportedParams`.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let input = take(&mut body, "input").unwrap_or_default();
    let is_text = |texts: &Vec<Value>| texts.iter().all(Value::is_string);
    if !input.is_string() && !input.as_array().is_some_and(is_text) {
        return Err(bad("input", "must be a text or a list of texts; Ollama takes no token ids"));
    }
    body.shift_remove("model");
    // Rows are packed alike, whichever was asked for.
    body.shift_remove("encoding_format");
    let mut request = Object::new();
    request.insert("model".into(), ask.model.clone().into());
    request.insert("input".into(), input);
    request.extend(take(&mut body, "dimensions").map(|dimensions| ("dimensions".to_owned(), dimensions)));
    let options = options::options(&mut body)?;
    if !options.is_empty() {
        request.insert("options".into(), Value::Object(options));
    }
    ask.pass_on(body, &mut request)?;
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
    let rows = rows.into_iter().enumerate();
    let rows = rows.map(|(index, row)| json!({"object": "embedding", "index": index, "embedding": row}));
    let mut made = Object::new();
    made.insert("object".into(), "list".into());
    made.insert("model".into(), reply.shift_remove("model").unwrap_or_else(|| ask.model.clone().into()));
    made.insert("data".into(), rows.collect());
    made.insert("usage".into(), reply::usage(&mut reply));
    made.extend(reply);
    Ok(Value::Object(made))
}
