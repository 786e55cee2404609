//! How a call shows who makes it where a key in a header is not enough: signatures, tokens that expire.

mod asking;
pub mod aws;
mod copilot;
mod google;
mod ibm;
pub mod tokens;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::Request;
use reqwest::header::HeaderValue;

use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::protocol::Options;
use crate::redact::Secrets;

/// Puts on each attempt of a call what shows who makes it.
pub trait Authorise: Send + Sync {
    /// Adds its headers; the request is otherwise ready to be sent. What must not be shown of them is returned.
    ///
    /// # Errors
    /// `Authentication`: there are no credentials, or they are refused. The errors of the call that fetches a token.
    fn authorise<'a>(&'a self, clients: &'a Clients, request: &'a mut Request) -> BoxFuture<'a, Result<Secrets>>;

    /// A request was refused (401) that showed this: it is not shown again. Whether another would be shown instead.
    fn refused(&self, _clients: &Clients, _shown: &HeaderValue) -> bool {
        false
    }
}

/// The option that a key is handed to a way in.
pub const KEY: &str = "api_key";

/// Whether the way of that name exchanges this key; else the key itself is shown.
pub fn exchanges(name: &str, key: &str) -> bool {
    match name {
        "copilot" => copilot::is_githubs(key),
        // IBM's tokens are JWTs, its keys are not.
        "ibm" => !key.starts_with("eyJ"),
        _ => false,
    }
}

/// The way of that name in the table, told what the caller told.
///
/// # Errors
/// `BadRequest` naming an option that is wrong; `Authentication`: one is missing.
pub fn find(name: &str, options: &Options, verify: &Verify) -> Result<Option<Arc<dyn Authorise>>> {
    let of_key = |place: &str, way: fn(&str, &str, &Verify) -> Arc<dyn Authorise>| {
        options.get(KEY).map(|key| way(options.get(place).unwrap_or_default(), key, verify))
    };
    match name {
        "" => Ok(None),
        "aws" => Ok(Some(Arc::new(aws::Aws::new(options, verify)?))),
        "google" => Ok(Some(Arc::new(google::Google::new(options, verify)))),
        "copilot" => {
            Ok(of_key("copilot_token_url", |url, key, verify| Arc::new(copilot::Copilot::new(url, key, verify))))
        }
        "ibm" => Ok(of_key("iam_url", |url, key, verify| Arc::new(ibm::Ibm::new(url, key, verify)))),
        _ => Err(Error::new(Kind::Internal, format!("no way to authorise is called {name:?}"))),
    }
}

/// The option that nobody gave and that the credentials of the way of that name know: Google's, their project.
///
/// # Errors
/// `Authentication`: there are credentials, and they cannot be read.
pub fn known(name: &str, options: &Options) -> Result<Option<(String, String)>> {
    let is_given = ["vertex_ai_project", "vertex_project"].iter().any(|name| options.get(name).is_some());
    if name != "google" || is_given {
        return Ok(None);
    }
    Ok(google::project(options)?.map(|project| ("vertex_project".to_owned(), project)))
}
