//! The usual answer, one text and nothing that OpenAI's shape has no word for, read and written without a tree of JSON
//! values: a tree of an answer costs 5 us, half of it hashing names and allocating. Every other answer is read as a tree.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::usage::Usage;
use super::{internal, now};
use crate::error::Result;

/// The members of an object in their order, values as they are written.
#[derive(Clone, Debug, Default)]
pub struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Those of the object that these bytes are. They are checked for UTF-8 once, not text by text.
    pub fn of(body: &'a [u8]) -> Option<Self> {
        serde_json::from_str(std::str::from_utf8(body).ok()?).ok()
    }

    /// The value of that name as it is written; of a repeated one, the last.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// The value of that name, if it is one of these.
    pub fn read<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// The text of that name as it is written: it is copied, neither read nor written again.
    pub fn text(&self, name: &str) -> Option<Text<'a>> {
        self.get(name).filter(|value| value.get().starts_with('"')).map(Text::Written)
    }

    /// Whether that name's is this text.
    pub fn is(&self, name: &str, text: &str) -> bool {
        self.read::<&str>(name) == Some(text)
    }

    /// Whether there is anything but null under that name.
    pub fn says(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.get() != "null")
    }

    /// Whether there are no others than these.
    pub fn are_among(&self, names: &[&str]) -> bool {
        self.0.iter().all(|(name, _)| names.contains(&&**name))
    }

    /// Keeps the members that are not null and whose names are among these.
    pub fn only(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, value)| value.get() != "null" && names.contains(&&**name));
        self
    }

    /// Keeps the members that are not null and whose names are none of these.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, value)| value.get() != "null" && !names.contains(&&**name));
        self
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Each).map(Self)
    }
}

/// Borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// A text of the completion.
pub enum Text<'a> {
    /// The provider's, in its quotes.
    Written(&'a RawValue),
    /// Ours.
    Made(Cow<'a, str>),
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Written(text) => text.serialize(serializer),
            Self::Made(text) => text.serialize(serializer),
        }
    }
}

/// An answer that is one text.
pub struct Plain<'a> {
    /// As the provider has it, or made.
    pub id: Text<'a>,
    /// Seconds since 1970; now, where the provider does not say.
    pub created: Option<u64>,
    /// As the provider has it, or asked for.
    pub model: Text<'a>,
    /// All that the answer says.
    pub text: Text<'a>,
    /// Why it ended, in OpenAI's word and in the provider's.
    pub reason: (&'static str, &'a str),
    /// What was counted, and the provider's own counts that have no place in it.
    pub usage: Option<(Usage, Members<'a>)>,
    /// What the reply says besides.
    pub rest: Members<'a>,
}

impl Plain<'_> {
    /// The chat completion; `room` is about how long it is.
    ///
    /// # Errors
    /// `Internal`: it cannot be written.
    pub fn written(&self, room: usize) -> Result<Bytes> {
        let mut json = Vec::with_capacity(room + 512);
        serde_json::to_writer(&mut json, self).map_err(|error| internal(&error))?;
        Ok(json.into())
    }
}

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("object", "chat.completion")?;
        map.serialize_entry("created", &self.created.unwrap_or_else(now))?;
        map.serialize_entry("model", &self.model)?;
        map.serialize_entry("choices", &[Choice(self)])?;
        if let Some((usage, own)) = &self.usage {
            map.serialize_entry("usage", &Counted(usage, own))?;
        }
        self.rest.write(&mut map)?;
        map.end()
    }
}

/// The only choice.
struct Choice<'a>(&'a Plain<'a>);

impl Serialize for Choice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (reason, raw) = &self.0.reason;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("index", &0)?;
        map.serialize_entry("message", &Message { role: "assistant", content: &self.0.text })?;
        map.serialize_entry("finish_reason", reason)?;
        if reason != raw {
            map.serialize_entry("provider_specific_fields", &Raw { finish_reason: raw })?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a Text<'a>,
}

#[derive(serde::Serialize)]
struct Raw<'a> {
    finish_reason: &'a str,
}

struct Counted<'a>(&'a Usage, &'a Members<'a>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.write(&mut map)?;
        self.1.write(&mut map)?;
        map.end()
    }
}

impl Members<'_> {
    fn write<M: SerializeMap>(&self, map: &mut M) -> std::result::Result<(), M::Error> {
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
    }
}
