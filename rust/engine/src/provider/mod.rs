//! Which providers there are, which one a model string means, and how their protocol is spoken.

pub mod openai;
pub mod params;
pub mod resolve;
pub mod structured;
mod table;

pub use table::providers;

/// What models are asked through.
pub const ENDPOINTS: &[&str] = &["chat", "embeddings", "rerank", "responses", "messages"];

/// What there is beside those.
pub const BESIDE: &[&str] = &["images", "image_edits", "transcriptions", "speech", "moderations", "files", "batches"];

/// One provider: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The prefix of its model strings; litellm's name where litellm has one.
    pub name: &'static str,
    /// Other prefixes that mean the same.
    pub aliases: &'static [&'static str],
    /// Where requests go by default, up to and including the version segment; "" where only the user can know. A name in
    /// braces is one of `options`, whose value stands there.
    pub base_url: &'static str,
    /// What is added to a base URL of the user's that does not end in it, because users name the host; "" for nothing.
    pub base_suffix: &'static str,
    /// Environment variables with the API key, the first that is set wins.
    pub key_vars: &'static [&'static str],
    /// Environment variables with the base URL, the first that is set wins.
    pub base_vars: &'static [&'static str],
    /// The provider refuses calls without a key.
    pub key_required: bool,
    /// What the provider is told besides a key and an address: a region, a project.
    pub options: &'static [Setting],
    /// How a call is authorised that has no key, as [`crate::auth::find`] knows it; "" for not at all.
    pub auth: &'static str,
    /// The protocol that it speaks, as [`crate::protocol::find`] knows it; "" for OpenAI's.
    pub protocol: &'static str,
    /// What it is known to have of [`ENDPOINTS`] and [`BESIDE`], by its documentation, litellm's or traffic. A call to
    /// another of the former is sent all the same, but for responses and messages, which are asked for as chats where it
    /// lacks them; a call to another of the latter is refused.
    pub endpoints: &'static [&'static str],
    /// Endpoints that are not where OpenAI has them, with their paths under the base URL.
    pub paths: &'static [(&'static str, &'static str)],
    /// A reply with status 202 is no reply yet: it is fetched from `/status/` and the id in its `NVCF-REQID` header.
    pub polls: bool,
    /// Fields of other providers' answers that it refuses in an assistant's message.
    pub refuses: &'static [&'static str],
    /// It takes a message's content as one text, and no list of texts.
    pub joins_texts: bool,
    /// The page that states the base URL.
    pub source: &'static str,
}

/// Something that a provider is told by an argument, a module variable of the same name, or the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The argument.
    pub name: &'static str,
    /// Environment variables with the value, the first that is set wins.
    pub vars: &'static [&'static str],
    /// The value where nobody gives one; "" for none.
    pub default: &'static str,
    /// The value is never shown.
    pub secret: bool,
}

impl Setting {
    /// A setting that is no secret and has no default.
    pub const fn new(name: &'static str, vars: &'static [&'static str]) -> Self {
        Self { name, vars, default: "", secret: false }
    }

    /// One that is never shown.
    pub const fn secret(name: &'static str, vars: &'static [&'static str]) -> Self {
        Self { name, vars, default: "", secret: true }
    }
}

/// The provider of this name or alias, in any case.
pub fn find(name: &str) -> Option<&'static Provider> {
    providers().find(|provider| {
        let mut names = std::iter::once(&provider.name).chain(provider.aliases);
        names.any(|known| known.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_is_found_and_means_one_provider() {
        let mut seen = HashSet::new();
        for provider in providers() {
            for name in std::iter::once(&provider.name).chain(provider.aliases) {
                assert!(seen.insert(*name), "{name} means two providers");
                assert_eq!(find(name).map(|found| found.name), Some(provider.name));
                assert_eq!(find(&name.to_uppercase()).map(|found| found.name), Some(provider.name));
            }
        }
        assert_eq!(find("nobody"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn endpoints_are_known_ones() {
        for provider in providers() {
            let known = |name: &str| ENDPOINTS.contains(&name) || BESIDE.contains(&name);
            assert!(!provider.endpoints.is_empty(), "{}", provider.name);
            assert!(provider.endpoints.iter().all(|name| known(name)), "{}", provider.name);
            for (name, path) in provider.paths {
                assert!(provider.endpoints.contains(name) && path.starts_with('/'), "{}: {name}", provider.name);
            }
        }
    }

    #[test]
    fn every_row_can_be_used() {
        for row in providers() {
            let Provider { name, base_url, base_suffix, key_vars, base_vars, key_required, source, .. } = row;
            assert!(!base_url.ends_with('/'), "{name}: base_url ends in a slash");
            assert!(base_url.is_empty() || base_url.ends_with(base_suffix), "{name}: base_url lacks its suffix");
            assert!(base_url.is_empty() || base_url.starts_with("http"), "{name}: base_url is no URL");
            assert!(!base_url.is_empty() || !base_vars.is_empty(), "{name}: no way to name the base URL");
            assert!(!key_required || !key_vars.is_empty(), "{name}: no way to name the key");
            assert!(
                !key_required || base_url.is_empty() || base_url.starts_with("https://"),
                "{name}: key in the clear"
            );
            assert!(source.starts_with("https://"), "{name}: source");
            assert!(row.protocol.is_empty() || crate::protocol::find(row.protocol).is_some(), "{name}: protocol");
            for blank in base_url.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                assert!(row.options.iter().any(|option| option.name == blank), "{name}: nobody gives {blank}");
            }
        }
    }
}
