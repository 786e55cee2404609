//! Amazon's signatures (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), version 4.
//!
//! A request with a bearer token is not signed. Where nobody names a region, the call's address has none either: both are
//! found here, off the thread that called.

mod connector;
mod credentials;

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Request, Url};

pub use self::credentials::Cache;
use super::Authorise;
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::protocol::{Options, bad};
use crate::redact::Secrets;

/// The option that says where.
pub const REGION: &str = "aws_region_name";
/// The service that signatures are for.
const SERVICE: &str = "bedrock";
/// What stands in an address where its region is not known; see the table of providers.
const BLANK: &str = "{aws_region_name}";
/// The members of the domain of AWS that its hosts end in.
const DOMAIN: &str = ".amazonaws.com";

/// Signs each attempt of a call.
pub struct Aws {
    options: Options,
    verify: Verify,
}

impl Aws {
    /// Signs with what these options name, else with what AWS's own tools would find.
    ///
    /// # Errors
    /// `BadRequest`: half a pair of keys.
    pub fn new(options: &Options, verify: &Verify) -> Result<Self> {
        for (given, missing) in
            [("aws_access_key_id", "aws_secret_access_key"), ("aws_secret_access_key", "aws_access_key_id")]
        {
            if options.get(given).is_some() && options.get(missing).is_none() {
                return Err(bad(missing, &format!("must be given with {given}")));
            }
        }
        Ok(Self { options: options.clone(), verify: verify.clone() })
    }

    async fn put_on(&self, clients: &Clients, request: &mut Request) -> Result<Secrets> {
        let is_signed = !request.headers().contains_key(AUTHORIZATION);
        let is_blank = request.url().host_str().is_some_and(|host| host.contains(BLANK));
        if !is_signed && !is_blank {
            return Ok(Secrets::default());
        }
        let region = region(clients, &self.options, request.url()).await?;
        if is_blank {
            let host = request.url().host_str().unwrap_or_default().replace(BLANK, &region);
            let url = request.url_mut();
            url.set_host(Some(&host)).map_err(|_| bad(REGION, &format!("{region:?} is no region")))?;
        }
        if !is_signed {
            return Ok(Secrets::default());
        }
        let credentials = clients.aws.credentials(clients, &self.verify, &self.options, &region).await?;
        signed(request, &credentials, &region, SystemTime::now())
    }
}

impl Authorise for Aws {
    fn authorise<'a>(&'a self, clients: &'a Clients, request: &'a mut Request) -> BoxFuture<'a, Result<Secrets>> {
        self.put_on(clients, request).boxed()
    }
}

/// The region of a call: the caller's, that of the address, else that of the profile or the machine.
///
/// # Errors
/// `BadRequest`: nobody names one. Those of the calls that ask the machine.
pub async fn region(clients: &Clients, options: &Options, url: &Url) -> Result<String> {
    if let Some(region) = options.get(REGION).or_else(|| url.host_str().and_then(region_of)) {
        return Ok(region.to_owned());
    }
    let missing = "pass it, set AWS_REGION_NAME, AWS_REGION or AWS_DEFAULT_REGION, or name a region in the profile";
    clients.aws.region(clients, options).await?.ok_or_else(|| bad(REGION, missing))
}

/// The region that a host of AWS is in: `bedrock-runtime.us-east-1.amazonaws.com`.
fn region_of(host: &str) -> Option<&str> {
    let (_, region) = host.strip_suffix(DOMAIN)?.split_once('.')?;
    (!region.contains(['.', '{'])).then_some(region)
}

/// Signs the body, the address, and those headers that nobody on the way has reason to change.
fn signed(request: &mut Request, credentials: &Credentials, region: &str, now: SystemTime) -> Result<Secrets> {
    let internal =
        |error: &dyn std::fmt::Display| Error::new(Kind::Internal, format!("Cannot sign the request: {error}"));
    let identity = credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| internal(&error))?
        .into();
    let is_signed = |name: &HeaderName| *name == CONTENT_TYPE || name.as_str().starts_with("x-amz");
    let headers = request.headers().iter().filter(|(name, _)| is_signed(name));
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
    let signable =
        SignableRequest::new(request.method().as_str(), request.url().as_str(), headers, SignableBody::Bytes(body))
            .map_err(|error| internal(&error))?;
    let (instructions, signature) = sign(signable, &params).map_err(|error| internal(&error))?.into_parts();
    for (name, value) in instructions.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| internal(&error))?;
        let mut value = HeaderValue::from_str(value).map_err(|error| internal(&error))?;
        value.set_sensitive(true);
        request.headers_mut().insert(name, value);
    }
    let token = credentials.session_token().unwrap_or_default();
    Ok(Secrets::new([credentials.secret_access_key().to_owned(), token.to_owned(), signature]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_regions() {
        assert_eq!(region_of("bedrock-runtime.us-gov-west-1.amazonaws.com"), Some("us-gov-west-1"));
        for host in
            ["bedrock-runtime.{aws_region_name}.amazonaws.com", "localhost", "amazonaws.com", "s.a.b.amazonaws.com"]
        {
            assert_eq!(region_of(host), None, "{host}");
        }
    }

    #[test]
    fn half_a_pair_of_keys_is_refused() {
        let options = Options::new([("aws_secret_access_key".to_owned(), "s3cr3t".to_owned())]);
        let error = Aws::new(&options, &Verify::System).err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("BadRequestError: aws_access_key_id: must be given with aws_secret_access_key")
        );
    }
}
