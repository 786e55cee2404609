//! Sending a request: attempts, limits, errors; and reading a whole reply.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Body, Method, Request, Response};

use crate::classify;
use crate::connect;
use crate::error::{Error, Kind, Result, TimeoutKind};
use crate::http::{Clients, transport_error};
use crate::retry;
use crate::target::Target;
use crate::timeouts::Deadline;

/// The most that is set aside on a server's word.
const MAX_RESERVE: u64 = 16 * 1024 * 1024;

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
    pub attempts: u32,
    /// When the first event must have arrived, counted from the attempt that succeeded.
    pub first_token: Deadline,
}

/// Sends a request and reads the whole reply.
///
/// # Errors
/// Every failure of the call, with what had arrived of the body.
pub async fn send(clients: &Clients, target: &Target, body: Bytes) -> Result<Reply> {
    let started = Instant::now();
    let total = Deadline::after(target.timeouts.total, TimeoutKind::Total);
    let head = open(clients, target, body, total, false).await?;
    let (status, attempts) = (head.response.status().as_u16(), head.attempts);
    let headers = head.response.headers().clone();
    let sign = |mut error: Error| {
        error.details_mut().attempts = attempts;
        target.sign(error)
    };
    let body = match read_body(head.response, target, total).await {
        Ok(body) => body,
        Err((mut error, arrived)) => {
            classify::with_headers(&mut error, &header_list(&headers));
            (error.details_mut().status, error.details_mut().body) = (Some(status), arrived);
            return Err(sign(error));
        }
    };
    // A success whose body says that it failed: looked at only where the word occurs (20 ns for a usual reply).
    if memchr::memmem::find(&body, b"\"error\"").is_some()
        && let Some(error) = classify::error_in_body(&target.provider, status, &header_list(&headers), body.clone())
    {
        return Err(sign(error));
    }
    Ok(Reply { status, headers, body, attempts, elapsed: started.elapsed() })
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
    body: Bytes,
    total: Deadline,
    stream: bool,
) -> Result<Head> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let first_token = Deadline::after(target.timeouts.first_token, TimeoutKind::FirstToken);
        let outcome = match attempt(clients, target, body.clone(), total, first_token, stream).await {
            Ok(response) => return Ok(Head { response, attempts, first_token }),
            Err(error) => error,
        };
        let delay = retry::delay(attempts - 1, &outcome, jitter());
        if attempts > target.max_retries || !retry::is_retryable(&outcome) || total.forbids(delay) {
            let mut error = outcome;
            error.details_mut().attempts = attempts;
            return Err(target.sign(error));
        }
        tokio::time::sleep(delay).await;
    }
}

async fn attempt(
    clients: &Clients,
    target: &Target,
    body: Bytes,
    total: Deadline,
    first_token: Deadline,
    stream: bool,
) -> Result<Response> {
    let client = clients.get(&target.verify)?;
    let mut request = Request::new(Method::POST, target.url.clone());
    request.headers_mut().clone_from(&target.headers);
    let accept = if stream { "text/event-stream" } else { "application/json" };
    request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static(accept));
    *request.body_mut() = Some(Body::from(body));
    let sending = connect::with_limit(target.timeouts.connect, client.execute(request));
    let response =
        total.or(first_token).run(sending).await?.map_err(|error| transport_error(&error, &target.origin))?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, headers) = (response.status().as_u16(), header_list(response.headers()));
    // A failure's body that cannot be read in full still says more than none.
    let body = read_body(response, target, total).await.unwrap_or_else(|(_, arrived)| arrived);
    Err(classify::error_from_response(&target.provider, status, &headers, body))
}

/// Reads a body within the limits; a failure returns what had arrived.
async fn read_body(
    mut response: Response,
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

/// Response headers as text; a value that is not ASCII is read as Latin-1, as HTTP defines it.
pub fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value =
                value.to_str().map_or_else(|_| value.as_bytes().iter().map(|&b| b as char).collect(), String::from);
            (name.as_str().to_owned(), value)
        })
        .collect()
}

/// A number in [0, 1) that differs between callers; not for secrets.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    (RandomState::new().hash_one(0_u8) >> 11) as f64 / (1_u64 << 53) as f64
}
