//! A failed OpenAI-shaped response as an [`Error`]: the kind from the status and the structured fields of the body, the
//! message from the provider.
//!
//! Message text decides nothing except on a 400, where some providers tell a prompt that is too long in no other way;
//! each phrase looked for is recorded in a test.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::Value;

use crate::error::{Error, Kind, TimeoutKind};
use crate::retry;

/// How much of a body that is not JSON a message repeats, in characters.
const MAX_TEXT: usize = 500;

/// Where providers put the id of a request, best first; the last ones are those of gateways in front of them.
const REQUEST_ID_HEADERS: [&str; 7] = [
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "apim-request-id",
    "mistral-correlation-id",
    "x-kong-request-id",
    "cf-ray",
];

/// What the `code` and `type` of an error body mean, for errors without a status and for a 400 that says more.
const WORDS: &[(&str, Kind)] = &[
    ("context_length_exceeded", Kind::ContextWindowExceeded),
    ("exceed_context_size_error", Kind::ContextWindowExceeded),
    ("too_many_prompt_tokens", Kind::ContextWindowExceeded),
    ("too_many_tokens", Kind::ContextWindowExceeded),
    ("content_policy_violation", Kind::ContentPolicyViolation),
    ("content_filter", Kind::ContentPolicyViolation),
    ("invalid_api_key", Kind::Authentication),
    ("authentication_error", Kind::Authentication),
    ("unauthorized", Kind::Authentication),
    ("payment_required", Kind::PaymentRequired),
    ("billing_error", Kind::PaymentRequired),
    ("permission_error", Kind::PermissionDenied),
    ("permission_denied", Kind::PermissionDenied),
    ("forbidden", Kind::PermissionDenied),
    ("model_not_found", Kind::NotFound),
    ("not_found_error", Kind::NotFound),
    ("not_found", Kind::NotFound),
    ("rate_limit_exceeded", Kind::RateLimit),
    ("rate_limit_error", Kind::RateLimit),
    ("rate_limited", Kind::RateLimit),
    ("too_many_requests", Kind::RateLimit),
    ("insufficient_quota", Kind::RateLimit),
    ("timeout", Kind::Timeout(TimeoutKind::Upstream)),
    ("timeout_error", Kind::Timeout(TimeoutKind::Upstream)),
    ("overloaded_error", Kind::ServiceUnavailable),
    ("service_unavailable", Kind::ServiceUnavailable),
    ("server_error", Kind::InternalServer),
    ("internal_server_error", Kind::InternalServer),
    ("api_error", Kind::InternalServer),
    ("invalid_request_error", Kind::BadRequest),
    ("invalid_request", Kind::BadRequest),
    ("bad_request", Kind::BadRequest),
];

/// What says that a prompt is too long where the provider gives no code; of the last three, the first two are Claude's
/// (https://github.com/anthropics/claude-code/issues/62560, https://github.com/docker/docker-agent/issues/569), the third
/// is Grok's (https://github.com/cline/cline/issues/3120).
const CONTEXT_WINDOW_PHRASES: [&str; 6] = [
    "maximum context length",
    "max context length",
    "exceeds the maximum number of tokens allowed",
    "prompt is too long",
    "exceed context limit",
    "maximum prompt length is",
];

/// The error of a response whose status is not a success.
pub fn error_from_response(provider: &str, status: u16, headers: &[(String, String)], body: Bytes) -> Error {
    let parsed = serde_json::from_slice::<Value>(&body).ok();
    let fields = parsed.as_ref().map(Fields::of).unwrap_or_default();
    let mut kind = kind_of_status(status);
    if kind == Kind::BadRequest {
        kind = fields.refined_bad_request();
    }
    let message = fields.message.clone().unwrap_or_else(|| describe(status, parsed.as_ref(), &body));
    let mut error = fields.into_error(kind, message);
    error.details_mut().status = Some(status);
    with_response(error, provider, headers, body)
}

/// The error that a successful response reports in its body; `None` where it reports none.
pub fn error_in_body(provider: &str, status: u16, headers: &[(String, String)], body: Bytes) -> Option<Error> {
    let object = serde_json::from_slice::<Value>(&body).ok()?;
    if !is_failure(&object) {
        return None;
    }
    let mut error = error_from_event(&object);
    let details = error.details_mut();
    details.status = details.status.or(Some(status));
    Some(with_response(error, provider, headers, body))
}

/// The error that an event of a stream, or a successful response, reports. An integer `code` from 400 to 599 is its
/// status, else `status_code` (Groq) is.
pub fn error_from_event(object: &Value) -> Error {
    let fields = Fields::of(object);
    let status = fields.status;
    let kind = match status.map(kind_of_status) {
        Some(Kind::BadRequest) => fields.refined_bad_request(),
        Some(kind) => kind,
        None => fields.kind_by_words().unwrap_or(Kind::InternalServer),
    };
    let message = fields.message.clone().unwrap_or_else(|| match object {
        Value::String(text) if !text.trim().is_empty() => first_characters(text),
        _ => format!("The provider reported an error: {}", first_characters(&object.to_string())),
    });
    let mut error = fields.into_error(kind, message);
    error.details_mut().status = status;
    error
}

/// Whether a document that came with a success reports a failure: a top-level `error`, or `"object": "error"`. An empty
/// `error` beside a result is none, nor is the `error` of a resource that tells how it fares (a batch, a job, a run).
pub(crate) fn is_failure(object: &Value) -> bool {
    let has_result = || ["choices", "data"].iter().any(|name| object.get(name).is_some());
    let kind = object.get("object").and_then(Value::as_str).unwrap_or("error");
    if kind != "error" && kind != "list" && !kind.contains("completion") && object.get("id").is_some() {
        return false;
    }
    match object.get("error") {
        Some(Value::String(text)) => !text.is_empty() || !has_result(),
        Some(Value::Array(list)) => !list.is_empty() || !has_result(),
        Some(Value::Object(fields)) => !fields.is_empty() || !has_result(),
        _ => object.get("object").is_some_and(|kind| kind == "error"),
    }
}

/// The kind of a status that is not a success.
fn kind_of_status(status: u16) -> Kind {
    match status {
        401 => Kind::Authentication,
        402 => Kind::PaymentRequired,
        403 => Kind::PermissionDenied,
        404 => Kind::NotFound,
        408 | 504 => Kind::Timeout(TimeoutKind::Upstream),
        422 => Kind::UnprocessableEntity,
        429 => Kind::RateLimit,
        502 => Kind::BadGateway,
        503 | 529 => Kind::ServiceUnavailable,
        400..500 => Kind::BadRequest,
        500..600 => Kind::InternalServer,
        _ => Kind::ResponseValidation,
    }
}

fn with_response(mut error: Error, provider: &str, headers: &[(String, String)], body: Bytes) -> Error {
    with_headers(&mut error, headers);
    let details = error.details_mut();
    details.provider = provider.to_owned();
    details.body = body;
    error
}

/// Adds what the head of a response says: headers, request id, how long to wait (where it says nothing of that, what the
/// body said stays).
pub(crate) fn with_headers(error: &mut Error, headers: &[(String, String)]) {
    let header = |name: &&str| headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
    let details = error.details_mut();
    details.request_id = REQUEST_ID_HEADERS.iter().find_map(header).map(|(_, value)| value.clone());
    details.retry_after = retry::retry_after(headers, SystemTime::now()).or(details.retry_after);
    details.headers = headers.to_vec();
}

/// What a body without a message says: its text, else the status in words.
fn describe(status: u16, parsed: Option<&Value>, body: &[u8]) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let status_line = reason.map_or_else(|| format!("HTTP {status}"), |reason| format!("HTTP {status} {reason}"));
    let text = String::from_utf8_lossy(body);
    match (parsed, text.trim()) {
        (_, "") => status_line,
        (Some(_), text) => format!("{status_line}: {}", first_characters(text)),
        (None, page) if page.starts_with('<') => status_line,
        (None, text) => first_characters(text),
    }
}

fn first_characters(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

/// The structured fields of an error body.
#[derive(Default)]
struct Fields {
    message: Option<String>,
    code: Option<String>,
    error_type: Option<String>,
    param: Option<String>,
    /// The status that the body itself tells.
    status: Option<u16>,
    /// How long the body asks to wait: `retry_after` in seconds, beside the message or in its `details` (CoreX).
    retry_after: Option<Duration>,
    /// Google's reason for a 400 that is a 401 elsewhere (googleapis/google/api/error_reason.proto).
    is_key_refused: bool,
}

impl Fields {
    /// Reads every shape in use: `{"error": {...}}`, an `error` that is a string or a list, `{"message"}`, `{"detail"}`
    /// as a string or a list, flat `{"object": "error"}`, and a list around any of them.
    fn of(body: &Value) -> Self {
        let body = body.as_array().and_then(|list| list.first()).unwrap_or(body);
        let inner = body.get("error").filter(|error| error.is_object()).unwrap_or(body);
        let text = |names: &[&str]| names.iter().find_map(|name| inner.get(name).and_then(scalar));
        let is_status = |code: &u16| (400..600).contains(code);
        let statuses = ["code", "status_code"]
            .map(|name| text(&[name]).and_then(|code| code.parse::<u16>().ok()).filter(is_status));
        let messages = [inner.get("message"), body.get("error"), body.get("detail"), body.get("errors")];
        Self {
            message: messages.into_iter().flatten().find_map(sentence),
            code: text(&["code"]),
            error_type: text(&["type", "error_type", "status"]),
            param: text(&["param"]),
            status: statuses.into_iter().flatten().next(),
            retry_after: [Some(inner), inner.get("details"), Some(body)]
                .into_iter()
                .flatten()
                .find_map(wait)
                .or_else(|| google_details(inner).find_map(retry_delay)),
            is_key_refused: google_details(inner)
                .any(|detail| detail.get("reason").is_some_and(|reason| reason == "API_KEY_INVALID")),
        }
    }

    fn into_error(self, kind: Kind, message: String) -> Error {
        let mut error = Error::new(kind, message);
        let details = error.details_mut();
        (details.code, details.error_type, details.param) = (self.code, self.error_type, self.param);
        details.retry_after = self.retry_after;
        error
    }

    /// What the code and the type mean; an exact word wins over "invalid request", in whichever of the two it stands
    /// (OpenAI says `invalid_api_key` in the code, DeepSeek `authentication_error` in the type).
    fn kind_by_words(&self) -> Option<Kind> {
        let kinds = || [&self.code, &self.error_type].into_iter().flatten().filter_map(|word| kind_of_word(word));
        kinds().find(|kind| *kind != Kind::BadRequest).or_else(|| kinds().next())
    }

    fn refined_bad_request(&self) -> Kind {
        if self.is_key_refused {
            return Kind::Authentication;
        }
        if let Some(kind @ (Kind::ContextWindowExceeded | Kind::ContentPolicyViolation)) = self.kind_by_words() {
            return kind;
        }
        let message = self.message.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_too_long = CONTEXT_WINDOW_PHRASES.iter().any(|phrase| message.contains(phrase));
        if is_too_long { Kind::ContextWindowExceeded } else { Kind::BadRequest }
    }
}

fn kind_of_word(word: &str) -> Option<Kind> {
    let word = word.to_ascii_lowercase().replace([' ', '-'], "_");
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
}

fn wait(place: &Value) -> Option<Duration> {
    Duration::try_from_secs_f64(scalar(place.get("retry_after")?)?.parse().ok()?).ok()
}

/// The `details` of Google's errors: a list of objects of several types (https://cloud.google.com/apis/design/errors).
fn google_details(error: &Value) -> impl Iterator<Item = &Value> {
    error.get("details").and_then(Value::as_array).into_iter().flatten()
}

/// `retryDelay` of a `RetryInfo`: seconds as `"34.4s"`.
fn retry_delay(detail: &Value) -> Option<Duration> {
    let seconds = detail.get("retryDelay")?.as_str()?.strip_suffix('s')?;
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The message in a value: text, an object with one, or a list of these (validation errors name their field).
fn sentence(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Array(list) => {
            Some(list.iter().filter_map(sentence).collect::<Vec<_>>().join("; ")).filter(|s| !s.is_empty())
        }
        Value::Object(fields) => {
            let said = ["message", "msg", "detail"].iter().find_map(|name| fields.get(*name).and_then(sentence))?;
            let place = fields.get("loc").and_then(Value::as_array);
            let place = place.map(|place| place.iter().filter_map(scalar).collect::<Vec<_>>().join("."));
            Some(place.map_or_else(|| said.clone(), |place| format!("{place}: {said}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
