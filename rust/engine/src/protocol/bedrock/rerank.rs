//! Reranking: an operation of the agents' runtime
//! (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html), or with `invoke/` before the
//! model Cohere's own body (corpus 47e7079c39c754e6).
//!
//! Python has checked the query and the documents; replies are in Cohere's names, of which it makes one shape.

use serde_json::{Value, json};

use super::model;
use crate::auth::aws::REGION;
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, text};

/// A member of the operation's own; every other parameter is the model's.
const PAGE: &str = "nextToken";

/// The request, and the ARN that names the model in it: one that the caller gives, or that of the region's.
///
/// # Errors
/// `BadRequest`: nobody names the region; a parameter is none.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    take("model");
    let (query, documents) = (take("query").unwrap_or_default(), take("documents").unwrap_or_default());
    let (top_n, page) = (take("top_n"), take(PAGE));
    let sources = documents.as_array().into_iter().flatten().map(source).collect();
    let mut to = Object::new();
    to.insert("queries".into(), json!([{"type": "TEXT", "textQuery": {"text": query}}]));
    to.insert("sources".into(), Value::Array(sources));
    let mut config = Object::new();
    config.extend(top_n.map(|top_n| ("numberOfResults".to_owned(), top_n)));
    let mut named = Object::new();
    named.insert("modelArn".into(), arn(ask)?.into());
    let extra = take("extra_body");
    let mut fields = Object::new();
    ask.pass_on(body, &mut fields)?;
    if !fields.is_empty() {
        named.insert("additionalModelRequestFields".into(), Value::Object(fields));
    }
    config.insert("modelConfiguration".into(), Value::Object(named));
    let config = json!({"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": config});
    to.insert("rerankingConfiguration".into(), config);
    to.extend(page.map(|page| (PAGE.to_owned(), page)));
    if let Some(Value::Object(extra)) = extra {
        to.extend(extra);
    }
    Ok(to)
}

fn source(document: &Value) -> Value {
    let document = match document {
        Value::String(_) => json!({"type": "TEXT", "textDocument": {"text": document}}),
        fields => json!({"type": "JSON", "jsonDocument": fields}),
    };
    json!({"type": "INLINE", "inlineDocumentSource": document})
}

fn arn(ask: &Ask) -> Result<String> {
    let id = model::id(&ask.model);
    if id.starts_with(model::ARN) {
        return Ok(id.to_owned());
    }
    let region = ask.options.get(REGION).ok_or_else(|| bad(REGION, "must be given"))?;
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    let partition = match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    Ok(format!("arn:{partition}:bedrock:{region}::foundation-model/{id}"))
}

/// The request in Cohere's own words, without the model, which the address has.
///
/// # Errors
/// `BadRequest`: a document that is no text.
pub fn invoke(ask: &Ask, mut body: Object) -> Result<Object> {
    body.shift_remove("model");
    let documents = body.get("documents").and_then(Value::as_array);
    if let Some(at) = documents.and_then(|documents| documents.iter().position(|document| !document.is_string())) {
        return Err(bad(&format!("documents[{at}]"), "Cohere ranks texts; write the fields of a dict into one"));
    }
    let mut to = Object::new();
    // The older of its bodies is refused (https://github.com/cohere-ai/cohere-python/issues/613).
    to.insert("api_version".into(), 2.into());
    ask.pass_on(body, &mut to)?;
    Ok(to)
}

/// The ranking in Cohere's names.
pub fn reply(mut reply: Value) -> Value {
    for row in reply.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(row) = row.as_object_mut() else {
            continue;
        };
        if let Some(score) = row.shift_remove("relevanceScore") {
            row.insert("relevance_score".into(), score);
        }
        if let Some(document) = row.get_mut("document") {
            let told = match text(document, "type") {
                Some("JSON") => document.get("jsonDocument").cloned(),
                Some("TEXT") => document.get("textDocument").cloned(),
                _ => None,
            };
            *document = told.unwrap_or_else(|| document.take());
        }
    }
    reply
}
