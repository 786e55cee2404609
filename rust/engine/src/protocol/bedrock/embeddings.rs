//! Embeddings through invoke, in the words of each maker: Titan
//! (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html), Nova
//! (https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html) and Cohere
//! (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html).

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::invalid;
use super::model::{Model, id};
use crate::call::header;
use crate::error::{Error, Kind, Result};
use crate::protocol::{Ask, Object, bad};

/// Where the tokens are counted that a body does not count.
const COUNT: &str = "x-amzn-bedrock-input-token-count";

/// Whether the model takes one text a call: Amazon's do, and each text is a call of its own (see [`crate::several`]).
pub fn takes_one(model: Model<'_>) -> bool {
    model.maker == "amazon"
}

/// OpenAI's parameters that can be said, to some models at least.
pub const PARAMS: &[&str] = &["dimensions", "encoding_format"];

/// The request.
///
/// # Errors
/// `BadRequest`: an input that is no text; `UnsupportedParams`.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    take("model");
    // Rows are packed alike, whichever of the two was asked for.
    take("encoding_format");
    let input = take("input").unwrap_or_default();
    let dimensions = take("dimensions");
    let model = Model::of(&ask.model);
    let mut to = Object::new();
    match model.maker {
        "cohere" => {
            to.insert("texts".into(), Value::Array(texts(input)?));
            // It must be said, and documents are what most embed.
            to.insert("input_type".into(), take("input_type").unwrap_or_else(|| "search_document".into()));
            to.insert("embedding_types".into(), take("embedding_types").unwrap_or_else(|| json!(["float"])));
            to.extend(dimensions.map(|dimensions| ("output_dimension".to_owned(), dimensions)));
        }
        "amazon" if model.is_nova() => {
            let text = json!({"truncationMode": "END", "value": single(ask, input)?});
            let mut params = Object::new();
            params
                .insert("embeddingPurpose".into(), take("embeddingPurpose").unwrap_or_else(|| "GENERIC_INDEX".into()));
            params.extend(dimensions.map(|dimensions| ("embeddingDimension".to_owned(), dimensions)));
            params.insert("text".into(), text);
            to.insert("taskType".into(), "SINGLE_EMBEDDING".into());
            to.insert("singleEmbeddingParams".into(), Value::Object(params));
        }
        "amazon" => {
            to.insert("inputText".into(), single(ask, input)?);
            let is_image = model.name.starts_with("titan-embed-image");
            to.extend(dimensions.map(|dimensions| match is_image {
                true => ("embeddingConfig".to_owned(), json!({"outputEmbeddingLength": dimensions})),
                false => ("dimensions".to_owned(), dimensions),
            }));
        }
        _ => {
            let why = format!("{} embeds with models of amazon and cohere, not with {}", ask.provider, id(&ask.model));
            return Err(Error::new(Kind::UnsupportedParams, why));
        }
    }
    ask.pass_on(body, &mut to)?;
    Ok(to)
}

fn texts(input: Value) -> Result<Vec<Value>> {
    let texts = match input {
        Value::Array(texts) => texts,
        text @ Value::String(_) => vec![text],
        _ => return Err(bad("input", "must be a text or a list of texts")),
    };
    match texts.iter().position(|text| !text.is_string()) {
        Some(at) => Err(bad(&format!("input[{at}]"), "must be a text; Bedrock takes no token ids")),
        None => Ok(texts),
    }
}

fn single(ask: &Ask, input: Value) -> Result<Value> {
    let mut texts = texts(input)?;
    match (texts.pop(), texts.is_empty()) {
        (Some(text), true) => Ok(text),
        _ => Err(bad("input", &format!("{} takes one text a call", id(&ask.model)))),
    }
}

/// The vectors in OpenAI's shape.
///
/// # Errors
/// `ResponseValidation`: there are none.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(invalid("it is no object"));
    };
    let rows = match (reply.shift_remove("embedding"), reply.shift_remove("embeddings")) {
        (Some(vector), _) => vec![vector],
        // Nova's rows say their kind, Cohere's are by type where types were asked for.
        (None, Some(Value::Array(rows))) => rows
            .into_iter()
            .map(|row| match row {
                Value::Object(mut row) => {
                    row.shift_remove("embedding").ok_or_else(|| invalid("a row has no embedding"))
                }
                row => Ok(row),
            })
            .collect::<Result<_>>()?,
        (None, Some(Value::Object(mut types))) => match types.shift_remove("float").or_else(|| first(types)) {
            Some(Value::Array(rows)) => rows,
            _ => return Err(invalid("it holds no embeddings")),
        },
        _ => return Err(invalid("it holds no embeddings")),
    };
    let rows = rows.into_iter().enumerate();
    let rows = rows.map(|(index, row)| json!({"object": "embedding", "index": index, "embedding": row})).collect();
    let counted = reply.shift_remove("inputTextTokenCount");
    let mut made = Object::new();
    made.insert("object".into(), "list".into());
    made.insert("model".into(), id(&ask.model).into());
    made.insert("data".into(), Value::Array(rows));
    made.extend(counted.map(|tokens| ("usage".to_owned(), json!({"prompt_tokens": tokens, "total_tokens": tokens}))));
    // What else was told keeps its name; the texts are the caller's own.
    made.extend(reply.into_iter().filter(|(name, _)| !matches!(name.as_str(), "texts" | "embeddingsByType")));
    Ok(Value::Object(made))
}

fn first(types: Object) -> Option<Value> {
    types.into_iter().next().map(|(_, rows)| rows)
}

/// The tokens, where a header counts them and the body does not.
pub fn count(reply: &mut Value, headers: &HeaderMap) {
    let counted = header(headers, COUNT).and_then(|count| count.parse::<u64>().ok());
    if let (Some(reply), Some(tokens)) = (reply.as_object_mut(), counted) {
        reply.entry("usage").or_insert_with(|| json!({"prompt_tokens": tokens, "total_tokens": tokens}));
    }
}
