//! Where a call goes and under which terms: URL, headers, limits, retries. Built once per distinct set of terms and
//! shared; it holds keys, so its `Debug` shows none.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::auth::Authorise;
use crate::error::{Error, Kind, Result};
use crate::http::Verify;
use crate::protocol::{KeyHeader, Native};
use crate::provider::{find, openai};
use crate::redact::Secrets;
use crate::retry::Policy;
use crate::timeouts::Timeouts;

/// Headers whose values are never shown, besides the key itself.
const SECRET_HEADERS: [&str; 6] =
    ["authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"];

/// The terms of a call, as the caller gave them.
#[derive(Default)]
pub struct Terms {
    /// The provider's name in the table.
    pub provider: String,
    /// Sent as a bearer token, or as the protocol has it; none is sent when absent.
    pub api_key: Option<String>,
    /// The base URL, up to and including the version segment.
    pub api_base: String,
    /// Additional headers; they win over ours.
    pub headers: Vec<(String, String)>,
    /// The four limits.
    pub timeouts: Timeouts,
    /// Whether and how a failed request is sent again.
    pub retries: Policy,
    /// How server certificates are verified.
    pub verify: Verify,
    /// What is asked in a protocol that is not OpenAI's.
    pub native: Option<Native>,
    /// What authorises the call where a key in a header does not.
    pub authorise: Option<Arc<dyn Authorise>>,
}

/// The terms of a call, checked and ready to send.
pub struct Target {
    pub(crate) method: Method,
    pub(crate) provider: String,
    base: String,
    pub(crate) url: Url,
    pub(crate) origin: String,
    pub(crate) headers: HeaderMap,
    pub(crate) timeouts: Timeouts,
    pub(crate) retries: Policy,
    pub(crate) verify: Verify,
    pub(crate) native: Option<Native>,
    pub(crate) authorise: Option<Arc<dyn Authorise>>,
    /// Where replies are fetched that are not ready; the id goes under it.
    pub(crate) polls: Option<Url>,
    secrets: Secrets,
}

impl Target {
    /// Checks the terms. `path` goes under the base: percent-encoded, with a query where it has one; a protocol that is
    /// not OpenAI's knows its own.
    ///
    /// # Errors
    /// `BadRequest` naming the argument: a URL that is none, a header that cannot be sent, a key with line breaks.
    pub fn new(terms: Terms, method: &str, path: &str) -> Result<Self> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| Error::new(Kind::BadRequest, format!("method: {method:?} is no HTTP method")))?;
        // The base alone first: joined with a path, a base without a host would get one.
        parse_url(&terms.api_base)?;
        let (base, url) = match &terms.native {
            None => (String::new(), openai::url(&terms.api_base, path)),
            Some(native) => {
                let (protocol, ask) = (native.protocol(), native.ask());
                let base = protocol.base_url(ask, &terms.api_base)?;
                let url = openai::url(&base, &protocol.path(ask)?);
                (base, url)
            }
        };
        let url = parse_url(&url)?;
        let mut headers = HeaderMap::with_capacity(terms.headers.len() + 2);
        let protocol = terms.native.as_ref().map(Native::protocol);
        if let Some(key) = &terms.api_key {
            match protocol.map_or(KeyHeader::Bearer, |protocol| protocol.key_header()) {
                KeyHeader::Bearer => headers.insert(AUTHORIZATION, secret_value(&format!("Bearer {key}"), "api_key")?),
                KeyHeader::Named(name) => headers.insert(name, secret_value(key, "api_key")?),
            };
        }
        for (name, value) in protocol.map_or(&[][..], |protocol| protocol.headers()) {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers.extend(header_map(&terms.headers)?);
        let polls = find(&terms.provider).filter(|row| row.polls);
        let polls = polls.map(|_| parse_url(&openai::url(&terms.api_base, "/status/"))).transpose()?;
        let secrets = Secrets::new(secrets_of(&terms, &url));
        Ok(Self {
            method,
            origin: url.origin().ascii_serialization(),
            provider: terms.provider,
            base,
            url,
            headers,
            timeouts: terms.timeouts,
            retries: terms.retries,
            verify: terms.verify,
            native: terms.native,
            authorise: terms.authorise,
            polls,
            secrets,
        })
    }

    /// The URL of another path of the target's protocol.
    pub(crate) fn url_of(&self, path: &str) -> Result<Url> {
        parse_url(&openai::url(&self.base, path))
    }

    /// Makes an error of this call fit to leave the engine: names the provider, hides the keys.
    pub fn sign(&self, mut error: Error) -> Error {
        self.secrets.clean(&mut error);
        error.details_mut().provider.clone_from(&self.provider);
        error
    }

    /// The base of the URL, for people: scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("provider", &self.provider).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Headers as callers give them, checked.
///
/// # Errors
/// `BadRequest` naming the header that cannot be sent.
pub fn header_map(headers: &[(String, String)]) -> Result<HeaderMap> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::new(Kind::BadRequest, format!("extra_headers: {name:?} is not a header name")))?;
        let value = secret_value(value, &format!("extra_headers[{:?}]", name.as_str()))?;
        map.insert(name, value);
    }
    Ok(map)
}

fn parse_url(text: &str) -> Result<Url> {
    let wrong = |why: &str| Error::new(Kind::BadRequest, format!("api_base: {why}"));
    let url = Url::parse(text).map_err(|error| wrong(&format!("not a URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(&format!("the scheme must be http or https, not {:?}", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("the URL names no host"));
    }
    Ok(url)
}

fn secret_value(text: &str, argument: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| Error::new(Kind::BadRequest, format!("{argument}: not a header value (control characters)")))?;
    value.set_sensitive(true);
    Ok(value)
}

fn secrets_of(terms: &Terms, url: &Url) -> Vec<String> {
    let mut secrets: Vec<String> = terms.api_key.iter().cloned().collect();
    let options = find(&terms.provider).map_or(&[][..], |provider| provider.options);
    for option in options.iter().filter(|option| option.secret) {
        secrets
            .extend(terms.native.as_ref().and_then(|native| native.ask().options.get(option.name)).map(str::to_owned));
    }
    for (name, value) in &terms.headers {
        if SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
            secrets.push(value.split_once(' ').map_or(value.as_str(), |(_, credentials)| credentials).to_owned());
        }
    }
    if let Some(password) = url.password() {
        secrets.push(password.to_owned());
        let pair = format!("{}:{password}", url.username());
        secrets.push(base64::engine::general_purpose::STANDARD.encode(pair));
    }
    secrets
}

/// `ssl_verify` as users give it: a switch or the path of a PEM file.
pub fn verify_from(switch: bool, ca_file: Option<PathBuf>) -> Verify {
    match (switch, ca_file) {
        (false, _) => Verify::Off,
        (true, Some(path)) => Verify::CaFile(path),
        (true, None) => Verify::System,
    }
}
