//! Media at addresses that a provider does not fetch itself: downloaded, and put into the request as data URLs.
//!
//! A download is bounded in size and time, follows a few redirects, and reaches public addresses only, unless the program
//! allows others: whoever wrote the message chose the URL. It carries nothing of the caller's, no key and no header.

mod address;
mod kind;

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, ClientBuilder, Url};
use serde_json::{Value, json};

pub use kind::media_type;

use crate::error::{Error, Kind, Result};
use crate::http::Clients;
use crate::protocol::{Object, text};

/// What the media of one call may have together; the largest request that a provider takes inline is smaller.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// How long one download may take.
const MAX_TIME: Duration = Duration::from_secs(30);
const MAX_REDIRECTS: usize = 5;
/// Downloads of one call at the same time.
const AT_ONCE: usize = 4;

/// The kinds of parts that name media, and where in them the address stands.
const PLACES: [(&str, &[&str]); 4] =
    [("image_url", &["url"]), ("video_url", &["url"]), ("audio_url", &["url"]), ("file", &["file_data", "file_id"])];

/// Sets up a client for downloads.
pub(crate) fn configure(builder: ClientBuilder, allow_private: bool) -> ClientBuilder {
    let builder = builder.referer(false).redirect(Policy::custom(move |attempt| follow(attempt, allow_private)));
    // A proxy would resolve names itself, and so reach what is refused here.
    if allow_private { builder } else { builder.no_proxy().dns_resolver(Arc::new(address::PublicOnly)) }
}

fn follow(attempt: Attempt<'_>, allow_private: bool) -> reqwest::redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        attempt.error("it is redirected too often")
    } else if !matches!(attempt.url().scheme(), "http" | "https") {
        attempt.error("it is redirected to what is no http address")
    } else if !allow_private && address::is_refused_literal(attempt.url()) {
        attempt.error(address::Refused)
    } else {
        attempt.follow()
    }
}

/// Puts what stands at addresses for which `passes` is false into a chat request.
///
/// # Errors
/// `ImageFetch` naming the address without its credentials and query.
pub(crate) async fn embed(
    clients: &Clients,
    body: &mut Object,
    allow_private: bool,
    passes: impl Fn(&str) -> bool,
) -> Result<()> {
    let wanted: Vec<_> = parts(body).filter_map(|part| address_of(part)).filter(|(_, url)| !passes(url)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let client = &clients.for_media(allow_private)?;
    let left = &AtomicUsize::new(MAX_BYTES);
    let fetch = |(kind, url)| async move { data_url(client, kind, url, allow_private, left).await }.boxed();
    // Boxed and collected: rustc cannot see that the closure's future may move between threads.
    let fetches: Vec<_> = wanted.into_iter().map(fetch).collect();
    let fetched: Vec<String> = stream::iter(fetches).buffered(AT_ONCE).try_collect().await?;
    let replaced = parts(body).filter(|part| address_of(part).is_some_and(|(_, url)| !passes(&url)));
    replaced.zip(fetched).for_each(|(part, data)| put(part, data));
    Ok(())
}

/// The parts of the messages' contents.
fn parts(body: &mut Object) -> impl Iterator<Item = &mut Value> {
    let messages = body.get_mut("messages").and_then(Value::as_array_mut).into_iter().flatten();
    messages.filter_map(|message| message.get_mut("content").and_then(Value::as_array_mut)).flatten()
}

/// The http address in a part, and the kind of part.
fn address_of(part: &Value) -> Option<(&'static str, String)> {
    let said = text(part, "type")?;
    let (kind, members) = PLACES.iter().find(|(kind, _)| *kind == said)?;
    let inner = part.get(kind)?;
    let url = inner.as_str().or_else(|| members.iter().find_map(|member| text(inner, member)))?;
    let is_http = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    (is_http("http://") || is_http("https://")).then(|| (*kind, url.to_owned()))
}

fn put(part: &mut Value, data: String) {
    let kind = text(part, "type").unwrap_or_default().to_owned();
    let Some(inner) = part.get_mut(&kind) else { return };
    match inner.as_object_mut() {
        Some(inner) if kind == "file" => {
            inner.shift_remove("file_id");
            inner.insert("file_data".into(), data.into());
        }
        Some(inner) => drop(inner.insert("url".into(), data.into())),
        None => *inner = json!({ "url": data }),
    }
}

async fn data_url(client: &Client, kind: &str, url: String, allow_private: bool, left: &AtomicUsize) -> Result<String> {
    let parsed =
        Url::parse(&url).map_err(|error| failed("an address in a message", &format!("it is no URL ({error})")))?;
    let shown = shown(&parsed);
    if !allow_private && address::is_refused_literal(&parsed) {
        return Err(failed(&shown, &address::Refused.to_string()));
    }
    let fetched = tokio::time::timeout(MAX_TIME, fetch(client, parsed, left)).await;
    let (said, content) = fetched
        .unwrap_or_else(|_| Err(format!("it took longer than {} s", MAX_TIME.as_secs())))
        .map_err(|why| failed(&shown, &why))?;
    let media_type = media_type(&content).map_or(said, str::to_owned);
    if kind == "image_url" && !media_type.starts_with("image/") {
        return Err(failed(&shown, &format!("it is {media_type:?} and no picture")));
    }
    Ok(format!("data:{media_type};base64,{}", base64::engine::general_purpose::STANDARD.encode(content)))
}

/// What the server says that it is, and the content; or why not.
async fn fetch(client: &Client, url: Url, left: &AtomicUsize) -> std::result::Result<(String, Vec<u8>), String> {
    let too_large = || format!("the media of one call may have {} MiB together", MAX_BYTES / 1024 / 1024);
    let mut response = client.get(url).send().await.map_err(|error| reason(&error))?;
    if !response.status().is_success() {
        return Err(format!("the answer is HTTP {}", response.status().as_u16()));
    }
    let said = response.headers().get(CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let said = if said.is_empty() { "application/octet-stream".to_owned() } else { said };
    if response.content_length().is_some_and(|length| length > left.load(Ordering::Relaxed) as u64) {
        return Err(too_large());
    }
    let mut content = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        let take = |left: usize| left.checked_sub(piece.len());
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).map_err(|_| too_large())?;
        content.extend_from_slice(&piece);
    }
    Ok((said, content))
}

/// The innermost cause: reqwest's own words would show the whole URL.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// A URL without what may be secret in it.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn failed(what: &str, why: &str) -> Error {
    Error::new(Kind::ImageFetch, format!("Cannot fetch {what}: {why}"))
}

#[cfg(test)]
mod tests;
