//! Google Cloud's tokens: of a service account, of a person whom gcloud knows, of the machine, of another cloud's identity
//! (https://cloud.google.com/docs/authentication/application-default-credentials).
//!
//! Written here and not taken from a crate, because both that exist have an HTTP client of their own. google-cloud-auth
//! 1.18 adds its own reqwest client with the platform's certificate verifier and some 60 crates; gcp_auth 0.12 one that
//! knows no proxy and asks a fixed address for the machine's token. Neither can be told `ssl_verify`, and where a company's
//! proxy signs all traffic the token must come the way that the call goes. What is needed of them are four JSON requests,
//! and rustls, which is here already, signs.

mod grant;
mod source;

use futures_util::future::BoxFuture;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::Authorise;
use super::asking::{bearer, forget};
use crate::error::Result;
use crate::http::{Clients, Verify};
use crate::protocol::Options;
use crate::redact::Secrets;
use source::Source;

pub use source::project;

/// Who is billed for what a person's token asks (https://cloud.google.com/docs/quotas/set-quota-project).
const BILLED: HeaderName = HeaderName::from_static("x-goog-user-project");

/// Shows a token, fetched as the options or the environment say.
pub struct Google {
    source: Source,
    verify: Verify,
    whose: String,
}

impl Google {
    /// The way of these options. The environment is read here, on the caller's thread.
    pub fn new(options: &Options, verify: &Verify) -> Self {
        let source = Source::find(options);
        let whose = format!("google {source:?} {verify:?}");
        Self { source, verify: verify.clone(), whose }
    }
}

impl Authorise for Google {
    fn authorise<'a>(&'a self, clients: &'a Clients, request: &'a mut Request) -> BoxFuture<'a, Result<Secrets>> {
        Box::pin(async move {
            // The caller's own header is the caller's own business.
            if request.headers().contains_key(AUTHORIZATION) {
                return Ok(Secrets::default());
            }
            let fetch = || grant::token(clients, &self.verify, &self.source);
            let token = clients.tokens.get(&self.whose, fetch).await?;
            request.headers_mut().insert(AUTHORIZATION, bearer(&token.text, "Google")?);
            if let Some(project) = token.beside.as_ref().and_then(|name| HeaderValue::from_str(name).ok()) {
                request.headers_mut().entry(BILLED).or_insert(project);
            }
            Ok(Secrets::new([token.text]))
        })
    }

    fn refused(&self, clients: &Clients, shown: &HeaderValue) -> bool {
        forget(clients, &self.whose, shown)
    }
}
