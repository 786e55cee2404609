//! Protocols that are not OpenAI's: what a chat is there, and how it is said in OpenAI's words.
//!
//! A protocol is pure functions over JSON: an OpenAI request in, its own out; its own reply or events in, OpenAI's out.
//! Nothing here sends, waits or knows of Python.

pub mod anthropic;
mod ask;
pub mod azure;
pub mod bedrock;
pub mod chunks;
pub mod cohere;
mod foreign;
pub mod gemini;
pub mod mistral;
mod native;
pub mod ollama;
pub mod plain;
#[cfg(test)]
mod plain_tests;
#[cfg(test)]
mod text_tests;
pub mod usage;
pub mod vertex;
pub mod watsonx;

use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use crate::chunk::Meaning;
use crate::error::{Error, Kind, Result};
use crate::framing::Framing;
use crate::protocol::plain::Plain;
use crate::provider::structured::Structured;
use crate::sse::Event;

pub use ask::{Ask, Options, Route};
pub use native::Native;

/// A JSON object in the order of its members: models read schemas in the order in which they are written.
pub type Object = Map<String, Value>;

/// How a key is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyHeader {
    /// `Authorization: Bearer`.
    Bearer,
    /// A header of its own.
    Named(&'static str),
}

/// A protocol.
pub trait Protocol: Send + Sync {
    /// The base URL of a call: the caller's, or the table's filled in, where that is not the whole truth.
    ///
    /// # Errors
    /// `BadRequest` naming an option that is missing or wrong.
    fn base_url(&self, _ask: &Ask, base: &str) -> Result<String> {
        Ok(base.to_owned())
    }

    /// Where the call goes, below the base URL.
    ///
    /// # Errors
    /// `UnsupportedParams`: the provider has no such endpoint.
    fn path(&self, ask: &Ask) -> Result<String>;

    /// Where it goes instead, where that depends on what is sent.
    fn path_of(&self, _ask: &Ask, _request: &Value) -> Option<String> {
        None
    }

    /// Bodies are those that were asked for and travel as they are: only addresses and headers differ, and what follows is not asked.
    fn passes_through(&self, _ask: &Ask) -> bool {
        false
    }

    /// How the body of a streamed reply is cut into events.
    fn framing(&self, _ask: &Ask) -> Framing {
        Framing::ServerSent
    }

    /// Says more exactly what a failed reply is, where the provider says it in a way of its own.
    fn refine(&self, _error: &mut Error) {}

    /// Whether the provider itself fetches what a message refers to by this http address. What it does not fetch is
    /// fetched for it, and reaches [`Protocol::request`] as a data URL.
    fn fetches(&self, _ask: &Ask, _url: &str) -> bool {
        true
    }

    /// How a model is made to answer in JSON, where `asked` is how the caller says it.
    fn structured(&self, _ask: &Ask, asked: Structured) -> Structured {
        asked
    }

    /// How the key is shown to who is at that base.
    fn key_header(&self, _ask: &Ask, _base: &str) -> KeyHeader {
        KeyHeader::Bearer
    }

    /// The bearer token that shows who calls where there is no key.
    fn token<'a>(&self, _ask: &'a Ask) -> Option<&'a str> {
        None
    }

    /// The option that a model's name tells, and its value. The call's own argument wins over it, and it over all else.
    fn told<'m>(&self, _model: &'m str) -> Option<(&'static str, &'m str)> {
        None
    }

    /// Whether a request names the region of AWS that it is for, and nobody has told it: a profile or the machine may.
    fn names_region(&self, _ask: &Ask) -> bool {
        false
    }

    /// Whether a call takes one input, where OpenAI's embeddings take several.
    fn takes_one_input(&self, _ask: &Ask) -> bool {
        false
    }

    /// Headers of every call.
    fn headers(&self, _ask: &Ask) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The request in the protocol's words.
    ///
    /// # Errors
    /// `BadRequest` naming what is no OpenAI request; `UnsupportedParams` naming what the protocol cannot say.
    fn request(&self, ask: &Ask, body: Object) -> Result<Value>;

    /// OpenAI's parameters that it can say, whatever their value; None where the rules of
    /// [`crate::provider::params`] say what there is.
    fn params(&self, _ask: &Ask) -> Option<&'static [&'static str]> {
        None
    }

    /// A whole reply is OpenAI's as it came, and need not be read.
    fn is_plain(&self, _ask: &Ask, _body: &[u8]) -> bool {
        false
    }

    /// The answer to a chat that is one text, as most are; None where it is another, or there is more to say of it.
    fn plain<'a>(&self, _ask: &'a Ask, _body: &'a [u8]) -> Option<Plain<'a>> {
        None
    }

    /// A whole reply in OpenAI's words: a chat completion, or embeddings.
    ///
    /// # Errors
    /// `ResponseValidation`: it is none.
    fn reply(&self, ask: &Ask, reply: Value) -> Result<Value>;

    /// Adds to a whole reply in OpenAI's words what only its headers say.
    fn annotate(&self, _ask: &Ask, _reply: &mut Value, _headers: &HeaderMap) {}

    /// A reader of one streamed reply.
    fn reader(&self, ask: &Ask) -> Box<dyn EventReader>;
}

/// Makes OpenAI's chunks of one streamed reply's events.
pub trait EventReader: Send + Sync {
    /// The chunk of an event that goes on with a text, as most do, read without a tree of JSON values: what
    /// [`EventReader::read`] would say. None where it is another event, or there is more to say of it.
    fn text(&mut self, _event: &Event) -> Option<Result<Meaning>> {
        None
    }

    /// What an event says: any number of chunks, the end, or a failure.
    ///
    /// # Errors
    /// `ResponseValidation`: the event is none of the protocol's.
    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>>;

    /// What is left to say at the end of the body. A reader that has seen no reason to end says nothing.
    ///
    /// # Errors
    /// `Internal`: a chunk cannot be written.
    fn end(&mut self) -> Result<Vec<Meaning>> {
        Ok(Vec::new())
    }
}

/// The protocol of that name in the table.
pub fn find(name: &str) -> Option<&'static dyn Protocol> {
    match name {
        "anthropic" => Some(&anthropic::Anthropic),
        "azure" => Some(&azure::Azure),
        "azure_ai" => Some(&azure::AzureAi),
        "bedrock" => Some(&bedrock::Bedrock),
        "cohere" => Some(&cohere::Cohere),
        "gemini" => Some(&gemini::Gemini),
        "mistral" => Some(&mistral::Mistral),
        "ollama" => Some(&ollama::Ollama),
        "vertex" => Some(&vertex::Vertex),
        "watsonx" => Some(&watsonx::Watsonx),
        _ => None,
    }
}

/// Whether what is asked is said in other words than the caller's in the protocol of that name.
pub fn translates(name: &str, ask: &Ask) -> bool {
    ask.route != Route::Messages && find(name).is_some_and(|protocol| !protocol.passes_through(ask))
}

fn internal(error: &serde_json::Error) -> Error {
    Error::new(Kind::Internal, format!("JSON: {error}"))
}

/// A request that is none of OpenAI's: where, and why.
pub fn bad(place: &str, why: &str) -> Error {
    Error::new(Kind::BadRequest, format!("{place}: {why}"))
}

/// An object of these members, moved into it: `json!` copies each value that it is given, whole pictures too.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The member as text.
pub fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// The member as a count; 0 where there is none.
pub fn count(object: &Value, name: &str) -> u64 {
    object.get(name).and_then(Value::as_u64).unwrap_or(0)
}

/// Adds to a text of an object.
pub fn extend(object: &mut Object, name: &str, more: &str) {
    match object.get_mut(name) {
        Some(Value::String(before)) => before.push_str(more),
        _ => drop(object.insert(name.to_owned(), more.into())),
    }
}

/// A chunk, as the consumer takes it.
pub fn chunk(object: &Value, finished: bool) -> Result<Meaning> {
    let json = serde_json::to_vec(object).map_err(|error| internal(&error))?;
    Ok(Meaning::Chunk { json: json.into(), finished })
}

/// Seconds since 1970, for replies that do not say when they were made.
pub fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}
