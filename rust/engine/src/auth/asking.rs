//! Requests for tokens: without the call's headers, under its certificates.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::body::Body;
use crate::call::{self, Call};
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::target::{Target, Terms};
use crate::timeouts::Timeouts;

/// A machine that has no server of the kind is known by its silence.
const MACHINE_ANSWERS: Duration = Duration::from_secs(3);
const GRANTED_WITHIN: Duration = Duration::from_secs(30);

/// A request's body, how it is written, and the headers beside it.
pub(super) enum Asking<'a> {
    Form(&'a [(&'a str, &'a str)]),
    Json(Value),
    Nothing,
}

/// What is answered.
///
/// # Errors
/// `BadRequest` without a status: the URL is no address. Those of a call.
pub(super) async fn ask(
    clients: &Clients,
    verify: &Verify,
    url: &str,
    asking: Asking<'_>,
    headers: &[(String, String)],
) -> Result<Bytes> {
    let mut headers = headers.to_vec();
    let (method, body) = match asking {
        Asking::Form(pairs) => {
            headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
            ("POST", Body::Json(form(pairs).into()))
        }
        Asking::Json(document) => ("POST", Body::Json(document.to_string().into())),
        Asking::Nothing => ("GET", Body::Empty),
    };
    let is_near = url.starts_with("http://");
    let within = if is_near && method == "GET" { MACHINE_ANSWERS } else { GRANTED_WITHIN };
    let terms = Terms {
        api_base: url.to_owned(),
        headers,
        timeouts: Timeouts { connect: Some(within), total: Some(within), ..Timeouts::default() },
        // What is not encrypted does not leave the machine, so it goes by no proxy.
        verify: if is_near { Verify::Near } else { verify.clone() },
        ..Terms::default()
    };
    let target = Target::new(terms, method, "")?;
    let asked = Call { body, verbatim: true, ..Call::default() };
    Ok(call::send(clients, &target, &asked).await?.body)
}

/// Where a URL goes, for people: scheme, host and port.
pub(super) fn origin(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}

/// A form as a query is written.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    Url::parse_with_params("http://form", pairs).ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

/// The header that shows a token of `whose`.
///
/// # Errors
/// `Authentication`: it is no header value.
pub(super) fn bearer(token: &str, whose: &str) -> Result<HeaderValue> {
    let unfit = |_| Error::new(Kind::Authentication, format!("{whose}'s token is no header value"));
    let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(unfit)?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

/// Forgets the token of `whose` if it is the one that this header shows; see [`Tokens::forget`].
///
/// [`Tokens::forget`]: super::tokens::Tokens::forget
pub(super) fn forget(clients: &Clients, whose: &str, shown: &HeaderValue) -> bool {
    let token = shown.to_str().ok().and_then(|shown| shown.strip_prefix("Bearer "));
    token.is_some_and(|token| clients.tokens.forget(whose, token))
}
