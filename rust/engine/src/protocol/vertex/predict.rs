//! Embeddings of the models before Gemini's
//! (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api).

use serde_json::{Value, json};

use crate::error::{Error, Kind, Result};
use crate::protocol::gemini::{embeddings, take};
use crate::protocol::{Ask, Object, bad};

/// What is said of every text, and what of all together.
const OF_EACH: [(&str, &str); 4] =
    [("task_type", "task_type"), ("taskType", "task_type"), ("input_type", "task_type"), ("title", "title")];
const OF_ALL: [(&str, &str); 4] = [
    ("dimensions", "outputDimensionality"),
    ("outputDimensionality", "outputDimensionality"),
    ("auto_truncate", "autoTruncate"),
    ("autoTruncate", "autoTruncate"),
];

/// The request.
///
/// # Errors
/// `BadRequest`: an input that is no text; `UnsupportedParams`.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let inputs = embeddings::inputs(&mut body)?;
    let mut move_to = |names: &[(&str, &str)]| {
        let mut moved = Object::new();
        for (from, to) in names {
            moved.extend(take(&mut body, from).map(|value| ((*to).to_owned(), value)));
        }
        moved
    };
    let (of_each, parameters) = (move_to(&OF_EACH), move_to(&OF_ALL));
    let instances = inputs.into_iter().enumerate().map(|(index, input)| {
        if !input.is_string() {
            return Err(bad(&format!("input[{index}]"), "must be a text"));
        }
        let mut instance = Object::new();
        instance.insert("content".into(), input);
        instance.extend(of_each.clone());
        Ok(Value::Object(instance))
    });
    let mut request = Object::new();
    request.insert("instances".into(), instances.collect::<Result<_>>()?);
    if !parameters.is_empty() {
        request.insert("parameters".into(), Value::Object(parameters));
    }
    ask.pass_on(body, &mut request)?;
    Ok(request)
}

/// The vectors in OpenAI's shape. Each counts its own tokens, now and then as a number with a point.
///
/// # Errors
/// `ResponseValidation`: there are none.
pub fn reply(ask: &Ask, mut reply: Value) -> Result<Value> {
    let invalid =
        |why: &str| Error::new(Kind::ResponseValidation, format!("The reply is not what predict says: {why}"));
    let mut tokens = 0;
    let mut data = Vec::new();
    for (index, row) in reply.get_mut("predictions").and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
        let mut row = row.get_mut("embeddings").map(Value::take).ok_or_else(|| invalid("a row has no embeddings"))?;
        let values = row.get_mut("values").map(Value::take).ok_or_else(|| invalid("an embedding has no values"))?;
        let counted = row.pointer("/statistics/token_count").and_then(Value::as_f64);
        tokens += counted.map_or(0, |count| count as u64);
        data.push(json!({
            "object": "embedding",
            "index": index,
            "embedding": values,
            "statistics": row.get("statistics"),
        }));
    }
    let mut made = Object::new();
    made.insert("object".into(), "list".into());
    made.insert("model".into(), ask.model.clone().into());
    made.insert("data".into(), Value::Array(data));
    made.insert("usage".into(), json!({"prompt_tokens": tokens, "total_tokens": tokens}));
    made.extend(reply.get_mut("metadata").map(|metadata| ("metadata".to_owned(), metadata.take())));
    Ok(Value::Object(made))
}
