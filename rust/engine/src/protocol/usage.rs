//! Token counts in OpenAI's words, from whichever form a reply's own counts have: a tree, or members as they are written.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Number, Value};

use super::Object;
use super::plain::Members;

/// The counts of a reply.
pub trait Counts {
    /// The value of that name, if it is one of these.
    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T>;

    /// The count of that name.
    fn given(&self, name: &str) -> Option<u64> {
        self.read::<Number>(name).and_then(|number| whole(&number))
    }

    /// The count of that name; 0 where there is none.
    fn count(&self, name: &str) -> u64 {
        self.given(name).unwrap_or(0)
    }
}

/// A number as a count: some providers' schemas have them all as floats.
pub fn whole(number: &Number) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, and counts are whole")]
    number.as_u64().or_else(|| number.as_f64().map(|number| number as u64))
}

impl Counts for Value {
    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.get(name)?).ok()
    }
}

impl Counts for Object {
    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.get(name)?).ok()
    }
}

impl Counts for Members<'_> {
    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }
}

/// Counts by name.
pub type Details = Vec<(Cow<'static, str>, u64)>;

/// OpenAI's counts.
#[derive(Debug, Default)]
pub struct Usage {
    /// All that was read, all that was written, and both.
    pub counts: [u64; 3],
    /// Of which, in the prompt.
    pub prompt: Details,
    /// Of which, in the completion.
    pub completion: Details,
    /// In litellm's names, beside them.
    pub beside: Details,
}

impl Usage {
    /// The object that it is, with what a provider's `counts` say in other names than the `placed` ones.
    pub fn with(&self, counts: &Value, placed: &[&str]) -> Value {
        let mut usage = match serde_json::to_value(self) {
            Ok(Value::Object(usage)) => usage,
            _ => Object::new(),
        };
        let own = counts.as_object().into_iter().flatten();
        let own = own.filter(|(name, value)| !value.is_null() && !placed.contains(&name.as_str()));
        usage.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(usage)
    }

    /// Writes the members of the object that it is.
    pub fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        for (name, count) in ["prompt_tokens", "completion_tokens", "total_tokens"].iter().zip(self.counts) {
            map.serialize_entry(name, &count)?;
        }
        for (name, details) in
            [("prompt_tokens_details", &self.prompt), ("completion_tokens_details", &self.completion)]
        {
            if !details.is_empty() {
                map.serialize_entry(name, &Counted(details))?;
            }
        }
        self.beside.iter().try_for_each(|(name, count)| map.serialize_entry(name, count))
    }
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map)?;
        map.end()
    }
}

struct Counted<'a>(&'a [(Cow<'static, str>, u64)]);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}
