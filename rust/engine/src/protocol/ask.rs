//! What a protocol is told of a call besides its body, and the errors of what it cannot say.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::Object;
use crate::error::{Error, Kind, Result};
use crate::provider::params::is_openai;

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
    /// Responses, pictures, sound, moderation, files, batches: spoken as OpenAI does or not at all, at [`Ask::path`].
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
            "responses" => (Self::Beside, "/responses"),
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

    /// Sets an option.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

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
