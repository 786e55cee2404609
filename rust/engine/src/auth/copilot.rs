//! GitHub Copilot: a GitHub token buys Copilot tokens that live half an hour, and the reply names the host that serves the
//! account. GitHub documents neither; what is here is what its editors do, as litellm's authenticator
//! (https://github.com/BerriAI/litellm/blob/main/litellm/llms/github_copilot/authenticator.py) and others read it.

use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Request, Url};
use serde_json::Value;

use super::Authorise;
use super::asking::{Asking, ask, bearer, forget, origin};
use super::tokens::Token;
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::protocol::{now, text};
use crate::provider::openai;
use crate::redact::Secrets;

/// How GitHub's own tokens begin
/// (https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github).
const GITHUBS: [&str; 5] = ["gho_", "ghu_", "ghp_", "ghs_", "github_pat_"];
/// The host of everybody, which the account's own replaces.
const EVERYBODYS: &str = "api.githubcopilot.com";
/// The headers by which an editor names itself go with the exchange, too, where the caller gives them.
const EDITORS: [&str; 4] = ["copilot-integration-id", "editor-plugin-version", "editor-version", "user-agent"];

/// Whether a key is a GitHub token; others are Copilot's own.
pub fn is_githubs(key: &str) -> bool {
    GITHUBS.iter().any(|start| key.starts_with(start))
}

/// Exchanges one GitHub token.
pub struct Copilot {
    url: String,
    key: String,
    verify: Verify,
    whose: String,
}

impl Copilot {
    /// The way of this GitHub token, which is exchanged at that address.
    pub fn new(url: &str, key: &str, verify: &Verify) -> Self {
        let whose = format!("copilot {url} {key} {verify:?}");
        Self { url: url.to_owned(), key: key.to_owned(), verify: verify.clone(), whose }
    }

    async fn fetch(&self, clients: &Clients, mut headers: Vec<(String, String)>) -> Result<Token> {
        headers.push(("authorization".to_owned(), format!("token {}", self.key)));
        let answer = ask(clients, &self.verify, &self.url, Asking::Nothing, &headers).await;
        let answer = answer.map_err(|error| self.refusal(error))?;
        let granted = serde_json::from_slice::<Value>(&answer).unwrap_or_default();
        let Some(token) = text(&granted, "token") else {
            return Err(Error::new(Kind::Authentication, format!("{} gave no token", self.place())));
        };
        let ends = granted.get("expires_at").and_then(Value::as_u64).unwrap_or_default();
        let host = granted.pointer("/endpoints/api").and_then(Value::as_str).map(str::to_owned);
        Ok(Token::new(token.to_owned(), host, Duration::from_secs(ends.saturating_sub(now()))))
    }

    /// GitHub says 404 to a token that has no right to Copilot.
    fn refusal(&self, mut error: Error) -> Error {
        Secrets::new([self.key.clone()]).clean(&mut error);
        let document = serde_json::from_slice::<Value>(&error.details().body).unwrap_or_default();
        let why = document.pointer("/error_details/message").and_then(Value::as_str).or(text(&document, "message"));
        let why = why.unwrap_or(&error.details().message).to_owned();
        let details = error.details_mut();
        // They are of the token, not of the call.
        details.headers = Vec::new();
        if matches!(details.status, Some(401 | 403 | 404)) {
            (details.kind, details.status) = (Kind::Authentication, Some(401));
            details.message = format!("GitHub gives no Copilot token for this key: {why}");
        } else {
            details.message = format!("No token from {}: {why}", self.place());
        }
        error
    }

    fn place(&self) -> String {
        origin(&self.url).unwrap_or_else(|| "copilot_token_url".to_owned())
    }
}

impl Authorise for Copilot {
    fn authorise<'a>(&'a self, clients: &'a Clients, request: &'a mut Request) -> BoxFuture<'a, Result<Secrets>> {
        Box::pin(async move {
            let editor = EDITORS.iter().filter_map(|name| {
                let value = request.headers().get(*name)?.to_str().ok()?;
                Some(((*name).to_owned(), value.to_owned()))
            });
            let editor = editor.collect();
            let token = clients.tokens.get(&self.whose, || self.fetch(clients, editor)).await?;
            request.headers_mut().insert(AUTHORIZATION, bearer(&token.text, "Copilot")?);
            if let Some(host) = token.beside.as_deref().filter(|_| request.url().host_str() == Some(EVERYBODYS)) {
                let path = request.url().as_str().split_once(EVERYBODYS).map_or("", |(_, path)| path);
                let unfit = |_| Error::new(Kind::Authentication, format!("{} names no host: {host:?}", self.place()));
                *request.url_mut() = Url::parse(&openai::url(host, path)).map_err(unfit)?;
            }
            Ok(Secrets::new([token.text, self.key.clone()]))
        })
    }

    fn refused(&self, clients: &Clients, shown: &HeaderValue) -> bool {
        forget(clients, &self.whose, shown)
    }
}
