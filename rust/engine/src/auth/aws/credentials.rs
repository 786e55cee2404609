//! Where credentials and regions come from: the call's own options, else what AWS's own tools look through (environment,
//! profiles, IAM Identity Center, web identity, container, instance). Fetched once per process and set of options, again
//! before they expire, by certificates that are verified as the call's own.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_config::Region;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::types::Credentials as Session;
use aws_smithy_async::rt::sleep::TokioSleep;

use super::connector::Connector;
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::protocol::{Options, bad};

/// Credentials are fetched anew this long before they expire: longer than clocks differ, shorter than any are valid.
const EARLY: Duration = Duration::from_secs(60);
/// How long what does not expire is believed: a profile may be edited.
const BELIEVED: Duration = Duration::from_secs(900);
/// The name of our sessions where the caller gives none.
const SESSION_NAME: &str = "edgequake_async";
/// The variables of the environment that decide who calls and where.
const VARIABLES: [&str; 14] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_REGION",
    "HOME",
];

/// What decides which credentials are meant: the options, and the environment as it is (2 us to read).
#[derive(Clone, PartialEq, Eq, Hash)]
struct Meant {
    options: Options,
    verify: Verify,
    region: String,
    environment: [Option<OsString>; VARIABLES.len()],
}

impl Meant {
    fn new(options: &Options, verify: &Verify, region: &str) -> Self {
        let environment = VARIABLES.map(std::env::var_os);
        Self { options: options.clone(), verify: verify.clone(), region: region.to_owned(), environment }
    }
}

/// What was fetched, and until when it is good.
#[derive(Clone)]
struct Fetched<T> {
    value: T,
    until: SystemTime,
}

/// One value that many may wait for and one fetches.
type Slot<T> = Arc<tokio::sync::Mutex<Option<Fetched<T>>>>;

/// The credentials and regions of a process.
#[derive(Default)]
pub struct Cache {
    credentials: Mutex<HashMap<Meant, Slot<Credentials>>>,
    regions: Mutex<HashMap<Meant, Slot<Option<String>>>>,
}

impl Cache {
    /// The credentials that these options mean.
    ///
    /// # Errors
    /// `Authentication`: there are none, or who hands them out refuses. The errors of the calls that fetch them.
    pub(super) async fn credentials(
        &self,
        clients: &Clients,
        verify: &Verify,
        options: &Options,
        region: &str,
    ) -> Result<Credentials> {
        if let (Some(credentials), None) = (given(options), options.get("aws_role_name")) {
            return Ok(credentials);
        }
        fetched(&self.credentials, Meant::new(options, verify, region), async || {
            let connector = Connector::new(clients, verify)?;
            let credentials = Fetch { connector, options, region }.credentials().await?;
            let expiry = credentials.expiry().map(|expiry| expiry - EARLY);
            Ok((credentials, expiry))
        })
        .await
    }

    /// The region that the profile, or the instance, is in.
    pub(super) async fn region(&self, clients: &Clients, options: &Options) -> Result<Option<String>> {
        // Only files are read, and this machine asked.
        let verify = Verify::System;
        fetched(&self.regions, Meant::new(options, &verify, ""), async || {
            let config = config(Connector::new(clients, &verify)?);
            let mut profile = ProfileFileRegionProvider::builder().configure(&config);
            if let Some(name) = options.get("aws_profile_name") {
                profile = profile.profile_name(name);
            }
            let region = match profile.build().region().await {
                None => ImdsRegionProvider::builder().configure(&config).build().region().await,
                region => region,
            };
            Ok((region.map(|region| region.to_string()), None))
        })
        .await
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

/// The value of a slot, fetched by the first of those who wait for it. A failure is not kept.
async fn fetched<T: Clone>(
    slots: &Mutex<HashMap<Meant, Slot<T>>>,
    meant: Meant,
    fetch: impl AsyncFnOnce() -> Result<(T, Option<SystemTime>)>,
) -> Result<T> {
    let slot = slots.lock().unwrap_or_else(PoisonError::into_inner).entry(meant).or_default().clone();
    let mut kept = slot.lock().await;
    let now = SystemTime::now();
    if let Some(kept) = kept.as_ref().filter(|kept| kept.until > now) {
        return Ok(kept.value.clone());
    }
    let (value, until) = fetch().await?;
    *kept = Some(Fetched { value: value.clone(), until: until.unwrap_or(now + BELIEVED) });
    Ok(value)
}

/// The keys that the caller names.
fn given(options: &Options) -> Option<Credentials> {
    let (id, secret) = (options.get("aws_access_key_id")?, options.get("aws_secret_access_key")?);
    let token = options.get("aws_session_token").map(str::to_owned);
    Some(Credentials::new(id, secret, token, None, "options"))
}

fn config(connector: Connector) -> ProviderConfig {
    ProviderConfig::without_region().with_http_client(connector).with_sleep_impl(TokioSleep::new())
}

/// One fetch of credentials.
struct Fetch<'a> {
    connector: Connector,
    options: &'a Options,
    region: &'a str,
}

impl Fetch<'_> {
    async fn credentials(&self) -> Result<Credentials> {
        let role = self.options.get("aws_role_name");
        if let (Some(role), Some(token)) = (role, self.options.get("aws_web_identity_token")) {
            return self.web_identity(role, token).await;
        }
        let own = match given(self.options) {
            Some(credentials) => credentials,
            None => self.found().await?,
        };
        match role {
            Some(role) => self.assume(role, own).await,
            None => Ok(own),
        }
    }

    /// What AWS's own tools would find. A profile that the caller names is looked at alone, as boto3 does.
    async fn found(&self) -> Result<Credentials> {
        let region = Region::new(self.region.to_owned());
        let config = config(self.connector.clone()).with_region(Some(region.clone()));
        let profile = self.options.get("aws_profile_name");
        let found = match profile {
            Some(profile) => {
                let profiles = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile);
                profiles.build().provide_credentials().await
            }
            None => {
                let chain = DefaultCredentialsChain::builder().configure(config).region(region).build().await;
                chain.provide_credentials().await
            }
        };
        found.map_err(|error| match (&error, profile) {
            (CredentialsError::CredentialsNotLoaded(_), Some(profile)) => {
                refused(&format!("profile {profile:?} of ~/.aws/config and ~/.aws/credentials holds none"))
            }
            (CredentialsError::CredentialsNotLoaded(_), None) => refused(
                "there are none in aws_access_key_id and aws_secret_access_key, in the environment variables of the same \
                 names, in the profile of ~/.aws/config and ~/.aws/credentials, behind AWS_WEB_IDENTITY_TOKEN_FILE, at the \
                 container's endpoint or at the EC2 instance's; an API key (api_key or AWS_BEARER_TOKEN_BEDROCK) does as well",
            ),
            _ => refused(&causes(&error)),
        })
    }

    fn sts(&self, own: Option<Credentials>) -> aws_sdk_sts::Client {
        let mut config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.to_owned()))
            .http_client(self.connector.clone())
            .sleep_impl(TokioSleep::new());
        let endpoint = self.options.get("aws_sts_endpoint").map(str::to_owned);
        config.set_endpoint_url(endpoint.or_else(|| std::env::var("AWS_ENDPOINT_URL_STS").ok()));
        if let Some(own) = own {
            config = config.credentials_provider(own);
        }
        aws_sdk_sts::Client::from_conf(config.build())
    }

    fn session_name(&self) -> &str {
        self.options.get("aws_session_name").unwrap_or(SESSION_NAME)
    }

    async fn assume(&self, role: &str, own: Credentials) -> Result<Credentials> {
        let asked = self.sts(Some(own)).assume_role().role_arn(role).role_session_name(self.session_name());
        let asked = asked.set_external_id(self.options.get("aws_external_id").map(str::to_owned));
        let answer = asked.send().await.map_err(|error| unassumed(role, &error))?;
        session(role, answer.credentials)
    }

    /// `token` is one, or the path of a file that holds it.
    async fn web_identity(&self, role: &str, token: &str) -> Result<Credentials> {
        let token = if Path::new(token).is_absolute() {
            let read = tokio::fs::read_to_string(token).await;
            read.map_err(|error| bad("aws_web_identity_token", &format!("cannot read the file: {error}")))?
        } else {
            token.to_owned()
        };
        let asked = self.sts(None).assume_role_with_web_identity().role_arn(role);
        let asked = asked.role_session_name(self.session_name()).web_identity_token(token.trim());
        let answer = asked.send().await.map_err(|error| unassumed(role, &error))?;
        session(role, answer.credentials)
    }
}

fn unassumed(role: &str, error: &dyn StdError) -> Error {
    refused(&format!("cannot assume {role}: {}", causes(error)))
}

fn session(role: &str, session: Option<Session>) -> Result<Credentials> {
    let session = session.ok_or_else(|| refused(&format!("STS gave none for {role}")))?;
    let expiry = SystemTime::try_from(session.expiration).ok();
    let token = Some(session.session_token);
    Ok(Credentials::new(session.access_key_id, session.secret_access_key, token, expiry, "sts"))
}

fn refused(why: &str) -> Error {
    Error::new(Kind::Authentication, format!("No AWS credentials: {why}"))
}

/// An error and what caused it, in one line.
fn causes(error: &dyn StdError) -> String {
    let mut said = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(source) = cause {
        said.push(source.to_string());
        cause = source.source();
    }
    said.dedup();
    said.join(": ")
}
