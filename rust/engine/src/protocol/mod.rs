//! Protocols that are not OpenAI's: what a chat is there, and how it is said in OpenAI's words.
//!
//! A protocol is pure functions over JSON: an OpenAI request in, its own out; its own reply or events in, OpenAI's out.
//! Nothing here sends, waits or knows of Python.

pub mod anthropic;
pub mod azure;
pub mod bedrock;
pub mod chunks;
pub mod cohere;
mod foreign;
pub mod gemini;
pub mod mistral;
pub mod ollama;
pub mod plain;
#[cfg(test)]
mod plain_tests;
pub mod usage;
pub mod vertex;
pub mod watsonx;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use crate::auth::aws;
use crate::chunk::Meaning;
use crate::error::{Error, Kind, Result};
use crate::framing::Framing;
use crate::http::Clients;
use crate::media;
use crate::protocol::plain::Plain;
use crate::provider::params::is_openai;
use crate::provider::structured::Structured;
use crate::sse::Event;

/// A JSON object in the order of its members: models read schemas in the order in which they are written.
pub type Object = Map<String, Value>;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// A chat completion.
    #[default]
    Chat,
    /// Embeddings.
    Embeddings,
    /// Documents in the order of what they have to do with a question.
    Rerank,
    /// A chat in the words of Anthropic's Messages API, both ways.
    Messages,
    /// Pictures, sound, moderation, files, batches: spoken as OpenAI does or not at all, at [`Ask::path`].
    Beside,
}

impl Route {
    /// The route of that name in Python, and its path at an OpenAI-shaped provider.
    pub fn named(name: &str) -> Option<(Self, &'static str)> {
        Some(match name {
            "chat" => (Self::Chat, "/chat/completions"),
            "embeddings" => (Self::Embeddings, "/embeddings"),
            "rerank" => (Self::Rerank, "/rerank"),
            "messages" => (Self::Messages, "/messages"),
            "beside" => (Self::Beside, ""),
            _ => return None,
        })
    }
}

/// What a provider is told besides a key and an address, by the names of its row's settings. `Debug` shows no value.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// The options of these pairs; empty values are none.
    pub fn new<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The value of an option.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The option of every provider by which a program allows media at addresses that are not public.
const ALLOW_PRIVATE_MEDIA: &str = "allow_private_media";

/// What a protocol is told of a call besides its body.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// What is asked for.
    pub route: Route,
    /// Its path at an OpenAI-shaped provider.
    pub path: String,
    /// The provider's name in the table.
    pub provider: String,
    /// The model, as the provider names it.
    pub model: String,
    /// The answer is to be streamed.
    pub stream: bool,
    /// OpenAI's parameters that the protocol does not know are left out instead of refused.
    pub drop_params: bool,
    /// OpenAI's parameters that are sent as they are though the protocol does not know them.
    pub allowed_params: Vec<String>,
    /// What the provider is told besides.
    pub options: Options,
}

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

/// A protocol and what is asked in it.
pub struct Native {
    protocol: &'static dyn Protocol,
    ask: Ask,
}

impl Native {
    /// `protocol` asked for `ask`.
    pub fn new(protocol: &'static dyn Protocol, ask: Ask) -> Self {
        Self { protocol, ask }
    }

    /// The protocol.
    pub fn protocol(&self) -> &'static dyn Protocol {
        self.protocol
    }

    /// What is asked.
    pub fn ask(&self) -> &Ask {
        &self.ask
    }

    /// A call takes one input.
    pub(crate) fn takes_one_input(&self) -> bool {
        self.protocol.takes_one_input(&self.ask)
    }

    /// Bodies are OpenAI's.
    pub fn passes_through(&self) -> bool {
        self.protocol.passes_through(&self.ask)
    }

    /// An OpenAI request as the provider at that address wants it, and its path where that depends on it.
    pub(crate) async fn encode(&self, clients: &Clients, url: &Url, body: &Bytes) -> Result<(Bytes, Option<String>)> {
        if self.passes_through() {
            return Ok((body.clone(), None));
        }
        let mut body = serde_json::from_slice(body).map_err(|error| internal(&error))?;
        if self.ask.route == Route::Chat {
            let allow_private = self.ask.options.get(ALLOW_PRIVATE_MEDIA).is_some();
            media::embed(clients, &mut body, allow_private, |url| self.protocol.fetches(&self.ask, url)).await?;
        }
        let mut ask = Cow::Borrowed(&self.ask);
        if self.protocol.names_region(&ask) {
            let region = aws::region(clients, &ask.options, url).await?;
            ask.to_mut().options.0.insert(aws::REGION.to_owned(), region);
        }
        let request = self.protocol.request(&ask, body)?;
        let encoded = serde_json::to_vec(&request).map_err(|error| internal(&error))?;
        Ok((encoded.into(), self.protocol.path_of(&self.ask, &request)))
    }

    /// A whole reply as OpenAI would have said it.
    pub(crate) fn decode(&self, body: &Bytes, headers: &HeaderMap) -> Result<Bytes> {
        let is_own = self.ask.route == Route::Messages || self.protocol.is_plain(&self.ask, body);
        if self.passes_through() || is_own {
            return Ok(body.clone());
        }
        if self.ask.route == Route::Chat
            && let Some(plain) = self.protocol.plain(&self.ask, body)
        {
            return plain.written(body.len());
        }
        let reply = serde_json::from_slice(body)
            .map_err(|error| Error::new(Kind::ResponseValidation, format!("The reply is not JSON: {error}")))?;
        let mut reply = self.protocol.reply(&self.ask, reply)?;
        self.protocol.annotate(&self.ask, &mut reply, headers);
        serde_json::to_vec(&reply).map(Bytes::from).map_err(|error| internal(&error))
    }

    /// What reads a streamed reply and how it is cut, where its chunks are not OpenAI's.
    pub(crate) fn reader(&self) -> Option<(Framing, Box<dyn EventReader>)> {
        let reads = || (self.protocol.framing(&self.ask), self.protocol.reader(&self.ask));
        (!self.passes_through()).then(reads)
    }
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ask.fmt(f)
    }
}

fn internal(error: &serde_json::Error) -> Error {
    Error::new(Kind::Internal, format!("JSON: {error}"))
}

impl Ask {
    /// Moves what a protocol has not taken from an OpenAI request into its own: the provider's own parameters and
    /// `extra_body` as they are, OpenAI's only where the caller insists.
    ///
    /// # Errors
    /// `UnsupportedParams` listing OpenAI's parameters that are left.
    pub fn pass_on(&self, mut left: Object, to: &mut Object) -> Result<()> {
        let extra = left.remove("extra_body");
        let mut unsupported = Vec::new();
        for (name, value) in left {
            if !is_openai(&name) || self.allowed_params.contains(&name) {
                to.insert(name, value);
            } else if !self.drop_params {
                unsupported.push(name);
            }
        }
        if let Some(Value::Object(extra)) = extra {
            to.extend(extra);
        }
        if unsupported.is_empty() { Ok(()) } else { Err(self.unsupported(&unsupported)) }
    }

    /// The error of an endpoint that the provider does not have.
    pub fn no_route(&self) -> Error {
        let what = match self.route {
            Route::Chat => "chat",
            Route::Embeddings => "embeddings",
            Route::Rerank => "rerank",
            Route::Messages => "messages",
            Route::Beside => self.path.as_str(),
        };
        Error::new(Kind::UnsupportedParams, format!("{} has no {what} endpoint", self.provider))
    }

    /// The error of parameters that the provider does not have.
    pub fn unsupported(&self, names: &[String]) -> Error {
        let list = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let message = format!(
            "{} does not support parameters: [{list}], for model={}. To drop these, set drop_params=True; to send them \
             as they are, allowed_openai_params=[{list}].",
            self.provider, self.model
        );
        Error::new(Kind::UnsupportedParams, message)
    }
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
