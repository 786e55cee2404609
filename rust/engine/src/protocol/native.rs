//! A call in a protocol: its request on the way out, its reply on the way in.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderMap;

use super::{Ask, EventReader, Protocol, Route, foreign, internal};
use crate::auth::aws;
use crate::error::{Error, Kind, Result};
use crate::framing::Framing;
use crate::http::Clients;
use crate::media;

/// The option of every provider by which a program allows media at addresses that are not public.
const ALLOW_PRIVATE_MEDIA: &str = "allow_private_media";

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
        let length = body.len();
        let mut body = serde_json::from_slice(body).map_err(|error| internal(&error))?;
        if self.ask.route == Route::Chat {
            foreign::say_refusals(&mut body);
            let allow_private = self.ask.options.get(ALLOW_PRIVATE_MEDIA).is_some();
            media::embed(clients, &mut body, allow_private, |url| self.protocol.fetches(&self.ask, url)).await?;
        }
        let mut ask = Cow::Borrowed(&self.ask);
        if self.protocol.names_region(&ask) {
            // Boxed: 11 KB that every call and stream would carry along, and that few need.
            let region = Box::pin(aws::region(clients, &ask.options, url)).await?;
            ask.to_mut().options.set(aws::REGION, region);
        }
        let request = self.protocol.request(&ask, body)?;
        // About as long as it was: growing copies it time and again.
        let mut encoded = Vec::with_capacity(length + length / 2);
        serde_json::to_writer(&mut encoded, &request).map_err(|error| internal(&error))?;
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
