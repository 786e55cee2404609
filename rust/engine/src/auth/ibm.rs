//! IBM Cloud: an API key buys tokens that live an hour
//! (https://cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Request, Url};
use serde::Deserialize;
use tokio::time::Instant;

use super::Authorise;
use crate::call::header_list;
use crate::classify;
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify, transport_error};
use crate::redact::Secrets;

/// A token that is about to end is not used: the call that it is for takes its time.
const MARGIN: Duration = Duration::from_secs(60);

/// One per process, address and key, so that all targets of a key share its token, and a child of a fork none that its
/// parent was fetching.
type Known = HashMap<(u32, String, String), Arc<Ibm>>;
static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// Exchanges one key.
pub struct Ibm {
    url: String,
    key: String,
    /// Held while a token is fetched, so that a burst of calls fetches one.
    token: tokio::sync::Mutex<Option<Token>>,
}

struct Token {
    text: String,
    until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

/// The way of this key.
pub fn of_key(url: &str, key: &str) -> Arc<dyn Authorise> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || Arc::new(Ibm { url: url.to_owned(), key: key.to_owned(), token: tokio::sync::Mutex::default() });
    known.entry((std::process::id(), url.to_owned(), key.to_owned())).or_insert_with(make).clone()
}

impl Authorise for Ibm {
    fn authorise<'a>(&'a self, clients: &'a Clients, request: &'a mut Request) -> BoxFuture<'a, Result<Secrets>> {
        Box::pin(async move {
            let secrets = |token: &str| Secrets::new([token.to_owned(), self.key.clone()]);
            let token = self.token(clients).await.map_err(|mut error| {
                secrets("").clean(&mut error);
                error
            })?;
            let refused = |_| Error::new(Kind::Authentication, "IBM's token is no header value");
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(refused)?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
            Ok(secrets(&token))
        })
    }
}

impl Ibm {
    async fn token(&self, clients: &Clients) -> Result<String> {
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.until > Instant::now()) {
            return Ok(token.text.clone());
        }
        let granted = self.fetch(clients).await?;
        let life = Duration::from_secs(granted.expires_in).saturating_sub(MARGIN);
        let token = Token { text: granted.access_token, until: Instant::now() + life };
        Ok(held.insert(token).text.clone())
    }

    async fn fetch(&self, clients: &Clients) -> Result<Granted> {
        let body = form(&[("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", &self.key)]);
        let request = clients.get(&Verify::default())?.post(&self.url).body(body);
        let request =
            request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(ACCEPT, "application/json");
        let response = request.send().await.map_err(|error| transport_error(&error, &self.url))?;
        let (status, headers) = (response.status().as_u16(), header_list(response.headers()));
        let body = response.bytes().await.map_err(|error| transport_error(&error, &self.url))?;
        if status < 400 {
            let unread = |error| Error::new(Kind::Authentication, format!("{} gave no token: {error}", self.url));
            return serde_json::from_slice(&body).map_err(unread);
        }
        let error = classify::error_from_response("watsonx", status, &headers, body);
        // 400 is how IBM says that there is no such key.
        let is_refusal = matches!(status, 400 | 401 | 403);
        Err(if is_refusal { refusal(error) } else { error })
    }
}

fn refusal(error: Error) -> Error {
    let message = format!("IBM does not take the API key: {}", error.details().message);
    let mut refusal = Error::new(Kind::Authentication, message);
    refusal.details_mut().status = Some(401);
    refusal.details_mut().body = error.details().body.clone();
    refusal
}

/// A form as a query is written.
fn form(pairs: &[(&str, &str)]) -> String {
    Url::parse_with_params("http://form", pairs).ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}
