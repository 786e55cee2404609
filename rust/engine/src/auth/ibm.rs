//! IBM Cloud: an API key buys tokens that live an hour
//! (https://cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey).

use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::Authorise;
use super::asking::{Asking, ask, bearer, forget, origin};
use super::tokens::Token;
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::protocol::text;
use crate::redact::Secrets;

/// Exchanges one key.
pub struct Ibm {
    url: String,
    key: String,
    verify: Verify,
    whose: String,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

impl Ibm {
    /// The way of this key, whose tokens are bought at that address.
    pub fn new(url: &str, key: &str, verify: &Verify) -> Self {
        let whose = format!("ibm {url} {key} {verify:?}");
        Self { url: url.to_owned(), key: key.to_owned(), verify: verify.clone(), whose }
    }

    async fn fetch(&self, clients: &Clients) -> Result<Token> {
        let form = Asking::Form(&[("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", &self.key)]);
        let granted = ask(clients, &self.verify, &self.url, form, &[]).await.map_err(|error| self.refusal(error))?;
        // The reason may quote what was granted.
        let unread = |_| Error::new(Kind::Authentication, format!("{} gave no token", self.place()));
        let granted: Granted = serde_json::from_slice(&granted).map_err(unread)?;
        Ok(Token::new(granted.access_token, None, Duration::from_secs(granted.expires_in)))
    }

    /// 400 is how IBM says that there is no such key.
    fn refusal(&self, mut error: Error) -> Error {
        Secrets::new([self.key.clone()]).clean(&mut error);
        let document = serde_json::from_slice::<Value>(&error.details().body).unwrap_or_default();
        let why = text(&document, "errorMessage").unwrap_or(&error.details().message).to_owned();
        let details = error.details_mut();
        // They are of the token, not of the call.
        details.headers = Vec::new();
        if matches!(details.status, Some(400 | 401 | 403)) {
            (details.kind, details.status) = (Kind::Authentication, Some(401));
            details.message = format!("IBM does not take the API key: {why}");
        } else {
            details.message = format!("No token from {}: {why}", self.place());
        }
        error
    }

    fn place(&self) -> String {
        origin(&self.url).unwrap_or_else(|| "iam_url".to_owned())
    }
}

impl Authorise for Ibm {
    fn authorise<'a>(&'a self, clients: &'a Clients, request: &'a mut Request) -> BoxFuture<'a, Result<Secrets>> {
        Box::pin(async move {
            let token = clients.tokens.get(&self.whose, || self.fetch(clients)).await?;
            request.headers_mut().insert(AUTHORIZATION, bearer(&token.text, "IBM")?);
            Ok(Secrets::new([token.text, self.key.clone()]))
        })
    }

    fn refused(&self, clients: &Clients, shown: &HeaderValue) -> bool {
        forget(clients, &self.whose, shown)
    }
}
