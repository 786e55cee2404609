//! Amazon Bedrock's runtime (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html).
//!
//! Chats go through Converse, which speaks to every model in one way; `invoke/` before a model of Anthropic's asks for
//! Anthropic's own messages instead. Embeddings go through invoke, in the words of each model's maker. Reranking is an
//! operation of another service, which has a host of its own.
//!
//! What OpenAI's shape has no place for (server tools, citations, pictures) is kept: the blocks of such a message stand in
//! its `provider_specific_fields` under `converse`, and sent back they go out as they came.

use std::hash::{BuildHasher, RandomState};

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::plain::Plain;
use super::{Ask, EventReader, Object, Protocol, Route, anthropic, text};
use crate::auth::aws::REGION;
use crate::aws_frames::FAILURE;
use crate::chunk::Meaning;
use crate::classify;
use crate::error::{Error, Kind, Result};
use crate::framing::Framing;
use crate::provider::structured::Structured;
use crate::sse::Event;

mod block;
mod content;
mod embeddings;
mod invoke;
mod media;
mod model;
mod plain;
mod reply;
mod request;
mod rerank;
mod stream;
mod tools;

#[cfg(test)]
mod tests;

use self::model::{Model, Parts};

/// The tool by which models without structured output of their own are made to answer in JSON.
const JSON_TOOL: &str = anthropic::JSON_TOOL;

/// What says that a prompt is too long (https://github.com/strands-agents/harness-sdk/pull/1663).
const TOO_LONG: [&str; 2] = ["Input is too long for requested model", "prompt is too long"];

/// The statuses of failures inside a stream
/// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html).
const STATUSES: [(&str, u16); 6] = [
    ("internalServerException", 500),
    ("modelStreamErrorException", 424),
    ("modelTimeoutException", 408),
    ("serviceUnavailableException", 503),
    ("throttlingException", 429),
    ("validationException", 400),
];

/// The protocol.
pub struct Bedrock;

/// The ways to ask a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Converse,
    /// A chat as Anthropic's messages, through invoke.
    Messages,
    /// Anthropic's messages as they are, through invoke.
    Own,
    Embed,
    Rerank,
    /// Cohere's rerank through invoke.
    RerankInvoked,
}

impl Protocol for Bedrock {
    fn base_url(&self, ask: &Ask, base: &str) -> Result<String> {
        let is_ours = base.starts_with("https://bedrock-runtime.") && base.ends_with(".amazonaws.com");
        let base = ask.options.get("aws_bedrock_runtime_endpoint").filter(|_| is_ours).unwrap_or(base);
        Ok(match operation(ask)? {
            // Also of a VPC's endpoints (https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html).
            Operation::Rerank => base.replacen("bedrock-runtime.", "bedrock-agent-runtime.", 1),
            _ => base.to_owned(),
        })
    }

    fn path(&self, ask: &Ask) -> Result<String> {
        let ending = match (operation(ask)?, ask.stream) {
            (Operation::Converse, false) => "converse",
            (Operation::Converse, true) => "converse-stream",
            (Operation::Messages | Operation::Own, true) => "invoke-with-response-stream",
            (Operation::Messages | Operation::Own, false) | (Operation::Embed | Operation::RerankInvoked, _) => {
                "invoke"
            }
            (Operation::Rerank, _) => return Ok("/rerank".to_owned()),
        };
        Ok(format!("/model/{}/{ending}", encoded(model::id(&ask.model))))
    }

    fn framing(&self, _ask: &Ask) -> Framing {
        Framing::AwsFrames
    }

    fn refine(&self, error: &mut Error) {
        let details = error.details_mut();
        let named = details.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-errortype"));
        if let Some(kind) = named.and_then(|(_, value)| value.split([':', '#']).next()).filter(|kind| !kind.is_empty())
        {
            details.error_type = Some(kind.to_owned());
        }
        // Services of Amazon differ in how they spell the one member of an error.
        if let Ok(body) = serde_json::from_slice::<Value>(&details.body)
            && let Some(said) = text(&body, "Message")
        {
            details.message = said.to_owned();
        }
        if details.kind == Kind::BadRequest && TOO_LONG.iter().any(|phrase| details.message.contains(phrase)) {
            details.kind = Kind::ContextWindowExceeded;
        }
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        let request = match operation(ask)? {
            Operation::Converse => request::request(ask, body),
            Operation::Messages => anthropic::request::request(ask, body).map(invoke::request),
            Operation::Own => Ok(invoke::request(body)),
            Operation::Embed => embeddings::request(ask, body),
            Operation::Rerank => rerank::request(ask, body),
            Operation::RerankInvoked => rerank::invoke(ask, body),
        };
        request.map(Value::Object)
    }

    fn told<'m>(&self, model: &'m str) -> Option<(&'static str, &'m str)> {
        Parts::of(model).region.map(|region| (REGION, region))
    }

    fn names_region(&self, ask: &Ask) -> bool {
        let is_told = ask.options.get(REGION).is_some() || model::id(&ask.model).starts_with(model::ARN);
        !is_told && operation(ask).is_ok_and(|operation| operation == Operation::Rerank)
    }

    fn takes_one_input(&self, ask: &Ask) -> bool {
        ask.route == Route::Embeddings && embeddings::takes_one(Model::of(&ask.model))
    }

    /// Bytes and places in S3 are all that it takes
    /// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageSource.html).
    fn fetches(&self, _ask: &Ask, _url: &str) -> bool {
        false
    }

    fn structured(&self, ask: &Ask, asked: Structured) -> Structured {
        match operation(ask) {
            Ok(Operation::Messages) => anthropic::Anthropic.structured(ask, asked),
            _ if asked == Structured::JsonSchema && Model::of(&ask.model).has_structured_output() => asked,
            _ => Structured::Tool,
        }
    }

    fn params(&self, ask: &Ask) -> Option<&'static [&'static str]> {
        Some(match operation(ask) {
            Ok(Operation::Converse) => request::PARAMS,
            Ok(Operation::Messages) => anthropic::request::PARAMS,
            Ok(Operation::Embed) => embeddings::PARAMS,
            Ok(Operation::Own | Operation::Rerank | Operation::RerankInvoked) | Err(_) => &[],
        })
    }

    fn plain<'a>(&self, ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
        match operation(ask).ok()? {
            Operation::Converse => plain::plain(ask, body),
            Operation::Messages => anthropic::plain::plain(body),
            Operation::Embed | Operation::Own | Operation::Rerank | Operation::RerankInvoked => None,
        }
    }

    fn reply(&self, ask: &Ask, reply: Value) -> Result<Value> {
        match operation(ask)? {
            Operation::Converse => reply::reply(ask, reply),
            Operation::Messages => anthropic::reply::reply(reply),
            Operation::Embed => embeddings::reply(ask, reply),
            Operation::Own => Ok(reply),
            Operation::Rerank | Operation::RerankInvoked => Ok(rerank::reply(reply)),
        }
    }

    fn annotate(&self, ask: &Ask, reply: &mut Value, headers: &HeaderMap) {
        if ask.route == Route::Embeddings {
            embeddings::count(reply, headers);
        }
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        match operation(ask) {
            Ok(Operation::Messages) => Box::<invoke::Reader>::default(),
            Ok(Operation::Own) => Box::new(invoke::Events),
            _ => Box::new(stream::Reader::new(ask)),
        }
    }
}

/// How the model is asked.
///
/// # Errors
/// `UnsupportedParams`: bodies of other makers through invoke, and endpoints that the service does not have.
fn operation(ask: &Ask) -> Result<Operation> {
    let Parts { is_invoke, id, .. } = Parts::of(&ask.model);
    let (maker, operation, instead) = match ask.route {
        Route::Embeddings => return Ok(Operation::Embed),
        Route::Beside => return Err(ask.no_route()),
        Route::Messages => {
            return match Model::of(&ask.model).maker {
                "anthropic" => Ok(Operation::Own),
                "" if is_invoke => Ok(Operation::Own),
                _ => Err(ask.no_route()),
            };
        }
        Route::Rerank if !is_invoke => return Ok(Operation::Rerank),
        Route::Chat if !is_invoke => return Ok(Operation::Converse),
        Route::Rerank => ("cohere", Operation::RerankInvoked, "Rerank"),
        Route::Chat => ("anthropic", Operation::Messages, "Converse"),
    };
    let found = Model::of(&ask.model).maker;
    // The id of an inference profile of the caller's does not say whose model it is.
    if found == maker || found.is_empty() {
        return Ok(operation);
    }
    let why = format!("invoke/ is for models of {maker}, not of {found}: {instead} serves it as bedrock/{id}");
    Err(Error::new(Kind::UnsupportedParams, why))
}

/// Percent-encoded as one segment of a path: ARNs hold slashes and colons.
fn encoded(id: &str) -> String {
    id.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The failure that an event of a stream tells of, if it does.
fn failure(event: &Event) -> Option<Meaning> {
    let kind = event.name.as_deref()?.strip_prefix(FAILURE)?;
    let body: Value = serde_json::from_slice(&event.data).unwrap_or_default();
    let status = STATUSES.iter().find(|(name, _)| *name == kind).map_or(500, |(_, status)| *status);
    let told = json!({"message": text(&body, "message"), "type": kind, "status_code": status});
    let mut error = classify::error_from_event(&told);
    error.details_mut().body = event.data.clone();
    Bedrock.refine(&mut error);
    Some(Meaning::Failure(Box::new(error)))
}

/// An id for an answer, which Converse gives none.
fn made_id() -> String {
    let random = || RandomState::new().hash_one(0_u8);
    format!("chatcmpl-{:016x}{:016x}", random(), random())
}

fn invalid(why: &str) -> Error {
    Error::new(Kind::ResponseValidation, format!("The reply is not what Bedrock says: {why}"))
}
