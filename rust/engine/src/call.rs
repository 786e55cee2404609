//! Sending a request: attempts, limits, errors; and reading a whole reply.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, Url};

use crate::body::Body;
use crate::classify;
use crate::connect;
use crate::error::{Error, Kind, Result, TimeoutKind};
use crate::http::{Clients, transport_error};
use crate::poll;
use crate::redact::Secrets;
use crate::target::Target;
use crate::timeouts::Deadline;

/// The most that is set aside on a server's word.
const MAX_RESERVE: u64 = 16 * 1024 * 1024;

/// Told of each request that failed and is sent again: the failure, how many were sent, and the wait.
pub type OnRetry = Arc<dyn Fn(&Error, u32, Duration) + Send + Sync>;

/// What one call adds to its target.
#[derive(Clone, Default)]
pub struct Call {
    /// The request's body, the same for each attempt.
    pub body: Body,
    /// Headers of this call alone; they win over the target's. Not for secrets, which belong to the target.
    pub headers: HeaderMap,
    /// The reply is somebody's file: whatever it holds, it is no error.
    pub verbatim: bool,
    /// Where it goes instead of the target's URL.
    pub url: Option<Url>,
    /// Told of each retry.
    pub on_retry: Option<OnRetry>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("body", &self.body).field("headers", &self.headers).finish_non_exhaustive()
    }
}

/// A complete successful reply.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status, 2xx.
    pub status: u16,
    /// Response headers, in order; [`header_list`] makes text of them.
    pub headers: HeaderMap,
    /// The body, content encoding undone.
    pub body: Bytes,
    /// How many requests were sent.
    pub attempts: u32,
    /// From the call to the last byte.
    pub elapsed: Duration,
}

/// A reply whose head has arrived.
pub(crate) struct Head {
    pub response: Response,
    /// What authorised the call, not to be shown.
    pub secrets: Secrets,
    pub attempts: u32,
    /// When the first event must have arrived, counted from the attempt that succeeded.
    pub first_token: Deadline,
}

/// Sends a request and reads the whole reply.
///
/// # Errors
/// Every failure of the call, with what had arrived of the body.
pub async fn send(clients: &Clients, target: &Target, call: &Call) -> Result<Reply> {
    let started = Instant::now();
    let total = Deadline::after(target.timeouts.total, TimeoutKind::Total);
    let encoded = encode(clients, target, call, total).await?;
    let call = encoded.as_ref().unwrap_or(call);
    let mut head = open(clients, target, call, total, "application/json").await?;
    let (status, attempts) = (head.response.status().as_u16(), head.attempts);
    let headers = head.response.headers().clone();
    let secrets = std::mem::take(&mut head.secrets);
    let sign = |mut error: Error| {
        error.details_mut().attempts = attempts;
        secrets.clean(&mut error);
        target.sign(error)
    };
    let body = match read_body(&mut head.response, target, total).await {
        Ok(body) => body,
        Err((mut error, arrived)) => {
            classify::with_headers(&mut error, &header_list(&headers));
            (error.details_mut().status, error.details_mut().body) = (Some(status), arrived);
            return Err(sign(error));
        }
    };
    // A success whose body says that it failed: looked at only where the word occurs (20 ns for a usual reply).
    if !call.verbatim
        && memchr::memmem::find(&body, b"\"error\"").is_some()
        && let Some(error) = classify::error_in_body(&target.provider, status, &header_list(&headers), body.clone())
    {
        return Err(sign(error));
    }
    let body = match &target.native {
        None => body,
        Some(native) => native.decode(&body, &headers).map_err(|mut error| {
            classify::with_headers(&mut error, &header_list(&headers));
            (error.details_mut().status, error.details_mut().body) = (Some(status), body.clone());
            sign(error)
        })?,
    };
    Ok(Reply { status, headers, body, attempts, elapsed: started.elapsed() })
}

/// The call in the words of the target's protocol, where that is not OpenAI's.
///
/// # Errors
/// What the protocol cannot say; media that cannot be fetched for it.
pub(crate) async fn encode(clients: &Clients, target: &Target, call: &Call, total: Deadline) -> Result<Option<Call>> {
    let (Some(native), Body::Json(body)) = (&target.native, &call.body) else {
        return Ok(None);
    };
    let encoded = total.run(native.encode(clients, &target.url, body)).await.and_then(|encoded| encoded);
    let (body, path) = encoded.map_err(|error| target.sign(error))?;
    let url = path.map(|path| target.url_of(&path)).transpose()?;
    Ok(Some(Call { body: Body::Json(body), url, ..call.clone() }))
}

/// The error of a reply that succeeded and whose body is not what the protocol says.
pub fn invalid(target: &Target, reply: &Reply, why: &str) -> Error {
    let message = format!("HTTP {}, but the body is not a JSON object: {why}", reply.status);
    let mut error = Error::new(Kind::ResponseValidation, message);
    classify::with_headers(&mut error, &header_list(&reply.headers));
    let details = error.details_mut();
    (details.status, details.attempts, details.body) = (Some(reply.status), reply.attempts, reply.body.clone());
    target.sign(error)
}

/// Sends until a successful head arrives, retrying where that is allowed. Once a head has arrived nothing is sent again.
pub(crate) async fn open(
    clients: &Clients,
    target: &Target,
    call: &Call,
    total: Deadline,
    accept: &'static str,
) -> Result<Head> {
    let (mut attempts, mut renewed) = (0, false);
    loop {
        attempts += 1;
        let first_token = Deadline::after(target.timeouts.first_token, TimeoutKind::FirstToken);
        let outcome = match attempt(clients, target, call, total, first_token, accept).await {
            Ok((response, secrets)) => return Ok(Head { response, secrets, attempts, first_token }),
            Err(error) => error,
        };
        // A token may be taken back before it ends. Another is no retry, and is shown once.
        if outcome.details().token_refused && !std::mem::replace(&mut renewed, true) {
            continue;
        }
        let failed = attempts - u32::from(renewed);
        let delay = target.retries.next_delay(failed, &outcome, jitter()).filter(|delay| !total.forbids(*delay));
        let mut error = outcome;
        error.details_mut().attempts = attempts;
        let error = target.sign(error);
        let Some(delay) = delay else {
            return Err(error);
        };
        if let Some(on_retry) = &call.on_retry {
            on_retry(&error, attempts, delay);
        }
        tokio::time::sleep(delay).await;
    }
}

async fn attempt(
    clients: &Clients,
    target: &Target,
    call: &Call,
    total: Deadline,
    first_token: Deadline,
    accept: &'static str,
) -> Result<(Response, Secrets)> {
    let client = clients.get(&target.verify)?;
    let url = call.url.as_ref().unwrap_or(&target.url);
    let request = call.body.put_on(client.request(target.method.clone(), url.clone())).await?;
    let mut request = request.build().map_err(|error| transport_error(&error, &target.origin))?;
    let headers = request.headers_mut();
    for (name, value) in target.headers.iter().chain(&call.headers) {
        // The content type of a form names its boundary.
        if !(matches!(call.body, Body::Form(_)) && name == CONTENT_TYPE) {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static(accept));
    let limit = total.or(first_token);
    let secrets = match &target.authorise {
        None => Secrets::default(),
        Some(authorise) => limit.run(authorise.authorise(clients, &mut request)).await??,
    };
    let shown = target.authorise.as_ref().and_then(|_| request.headers().get(AUTHORIZATION).cloned());
    let polling = target.polls.is_some().then(|| request.headers().clone());
    let sending = connect::with_limit(target.timeouts.connect, client.execute(request));
    let mut response = limit.run(sending).await?.map_err(|error| transport_error(&error, &target.origin))?;
    if let Some(headers) = polling {
        response = Box::pin(poll::until_ready(&client, target, headers, response, limit)).await?;
    }
    if response.status().is_success() {
        return Ok((response, secrets));
    }
    let (status, headers) = (response.status().as_u16(), header_list(response.headers()));
    let token_refused = match (status, &target.authorise, &shown) {
        (401, Some(authorise), Some(shown)) => authorise.refused(clients, shown),
        _ => false,
    };
    // A failure's body that cannot be read in full still says more than none.
    let body = read_body(&mut response, target, total).await.unwrap_or_else(|(_, arrived)| arrived);
    let mut error = classify::error_from_response(&target.provider, status, &headers, body);
    if let Some(native) = &target.native {
        native.protocol().refine(&mut error);
    }
    secrets.clean(&mut error);
    error.details_mut().token_refused = token_refused;
    Err(error)
}

/// Whether a reply says that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// Reads a body within the limits; a failure returns what had arrived.
pub(crate) async fn read_body(
    response: &mut Response,
    target: &Target,
    total: Deadline,
) -> std::result::Result<Bytes, (Error, Bytes)> {
    let mut whole = Bytes::new();
    let mut pieces = BytesMut::new();
    loop {
        let idle = Deadline::after(target.timeouts.idle, TimeoutKind::Idle);
        let piece = match total.or(idle).run(response.chunk()).await {
            Ok(Ok(piece)) => piece,
            Ok(Err(error)) => return Err((body_error(&error, target), join(whole, pieces))),
            Err(error) => return Err((error, join(whole, pieces))),
        };
        match piece {
            None => return Ok(join(whole, pieces)),
            // One piece is the usual case and is not copied.
            Some(piece) if whole.is_empty() && pieces.is_empty() => whole = piece,
            Some(piece) => {
                if pieces.is_empty() {
                    // Room for all of it at once: growing by doubling copies a large body twice.
                    let expected = response.content_length().map_or(0, |length| length.min(MAX_RESERVE) as usize);
                    pieces.reserve(expected.max(whole.len() + piece.len()));
                    pieces.extend_from_slice(&whole);
                    whole = Bytes::new();
                }
                pieces.extend_from_slice(&piece);
            }
        }
    }
}

fn join(whole: Bytes, pieces: BytesMut) -> Bytes {
    if pieces.is_empty() { whole } else { pieces.freeze() }
}

/// A body that broke off, or whose content encoding is damaged.
pub(crate) fn body_error(error: &reqwest::Error, target: &Target) -> Error {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<hyper::Error>() {
            return transport_error(error, &target.origin);
        }
        source = cause.source();
    }
    let message = format!("Cannot decode the response of {}: its content encoding is damaged", target.origin);
    Error::new(Kind::ResponseValidation, message)
}

/// A response header as text; of a repeated one, the first.
pub fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| text(value.as_bytes()))
}

/// Response headers as text; a value that is not ASCII is read as Latin-1, as HTTP defines it.
pub fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

fn text(value: &[u8]) -> String {
    str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii())
        .map_or_else(|| value.iter().map(|&byte| byte as char).collect(), str::to_owned)
}

/// A number in [0, 1) that differs between callers; not for secrets.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    (RandomState::new().hash_one(0_u8) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Terms;

    /// Every call is moved a few times, and a stream keeps its memory: what few need is boxed.
    #[test]
    fn a_call_is_small() {
        let terms = Terms { provider: "openai".into(), api_base: "http://host/v1".into(), ..Terms::default() };
        let target = Target::new(terms, "POST", "/chat/completions").unwrap();
        let call = Call { body: Body::Empty, headers: HeaderMap::new(), verbatim: false, on_retry: None, url: None };
        let size = size_of_val(&send(&Clients::default(), &target, &call));
        assert!(size < 4096, "{size} bytes");
    }
}
