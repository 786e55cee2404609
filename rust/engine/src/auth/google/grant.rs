//! Credentials exchanged for a token. Nothing of them is in an error.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use super::source::Source;
use crate::auth::asking::{Asking, ask, form, origin};
use crate::auth::tokens::Token;
use crate::error::{Error, Kind, Result};
use crate::http::{Clients, Verify};
use crate::protocol::{Object, now, text};
use crate::redact::Secrets;

/// What tokens are for.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// Where they are granted, unless the credentials name another place.
const GRANTS: &str = "https://oauth2.googleapis.com/token";
/// The longest that Google grants them for, in seconds.
const LIFE: u64 = 3600;

/// A token for the credentials in this place.
///
/// # Errors
/// `Authentication`: there are none, they cannot be used, or they are refused. Those of a call, where it is not answered.
pub async fn token(clients: &Clients, verify: &Verify, source: &Source) -> Result<Token> {
    let Some(document) = source.read().await? else {
        let Source::Machine { host, .. } = source else {
            return Err(Error::new(Kind::Internal, "credentials without a document"));
        };
        return Grant { clients, verify, source }.of_machine(host).await;
    };
    // Whatever answers may repeat what it was sent.
    let secrets = Secrets::new(secrets_of(&document));
    let granted = Grant { clients, verify, source }.of_document(&document).await;
    granted.map_err(|mut error| {
        secrets.clean(&mut error);
        error
    })
}

/// The text as it stands in a form.
fn encoded(text: &str) -> String {
    form(&[("", text)]).trim_start_matches('=').to_owned()
}

/// Every secret member, also of credentials inside of credentials.
fn secrets_of(document: &Object) -> Vec<String> {
    let mut secrets = Vec::new();
    for (name, value) in document {
        match value {
            Value::Object(inner) => secrets.extend(secrets_of(inner)),
            Value::String(value) if ["private_key", "refresh_token", "client_secret"].contains(&name.as_str()) => {
                secrets.extend([value.clone(), encoded(value)]);
            }
            _ => {}
        }
    }
    secrets
}

struct Grant<'a> {
    clients: &'a Clients,
    verify: &'a Verify,
    source: &'a Source,
}

impl Grant<'_> {
    async fn of_document(&self, document: &Object) -> Result<Token> {
        let whole = Value::Object(document.clone());
        let paid_by = text(&whole, "quota_project_id").map(str::to_owned);
        let of = match text(&whole, "type") {
            Some("impersonated_service_account") => {
                let inner = document.get("source_credentials").cloned().unwrap_or_default();
                let token = self.of_own(&inner).await?;
                return self.impersonate(&whole, &token).await.map(|token| token.paid_by(paid_by));
            }
            _ => self.of_own(&whole).await?,
        };
        if text(&whole, "type") == Some("external_account") && text(&whole, IMPERSONATION).is_some() {
            return self.impersonate(&whole, &of).await.map(|token| token.paid_by(paid_by));
        }
        Ok(of.paid_by(paid_by))
    }

    /// Of credentials that need no others.
    async fn of_own(&self, document: &Value) -> Result<Granted> {
        match text(document, "type") {
            Some("service_account") => self.of_service_account(document).await,
            Some("authorized_user") => self.of_person(document).await,
            Some("external_account") => self.of_another_cloud(document).await,
            kind => Err(self.unusable(&format!("their type {:?} is not known here", kind.unwrap_or_default()))),
        }
    }

    /// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
    async fn of_service_account(&self, document: &Value) -> Result<Granted> {
        let url = text(document, "token_uri").unwrap_or(GRANTS);
        let issued = now();
        let claims = json!({
            "iss": self.member(document, "client_email")?,
            "scope": SCOPE,
            "aud": url,
            "iat": issued,
            "exp": issued + LIFE,
        });
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let (Some(id), Value::Object(header)) = (document.get("private_key_id"), &mut header) {
            header.insert("kid".into(), id.clone());
        }
        let head =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.sign(self.member(document, "private_key")?, head.as_bytes())?;
        let assertion = format!("{head}.{}", URL_SAFE_NO_PAD.encode(signature));
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
        let mut answer = self.ask(url, Asking::Form(&form), &[]).await;
        if let Err(error) = &mut answer {
            Secrets::new([assertion.clone()]).clean(error);
        }
        self.granted(&answer?)
    }

    fn sign(&self, key: &str, message: &[u8]) -> Result<Vec<u8>> {
        let unusable = || self.unusable("their private_key is no RSA key in PEM");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| unusable())?;
        let key = any_supported_type(&key).map_err(|_| unusable())?;
        let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).ok_or_else(unusable)?;
        signer.sign(message).map_err(|_| unusable())
    }

    /// https://developers.google.com/identity/protocols/oauth2/web-server#offline
    async fn of_person(&self, document: &Value) -> Result<Granted> {
        let url = text(document, "token_uri").unwrap_or(GRANTS);
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", self.member(document, "client_id")?),
            ("client_secret", self.member(document, "client_secret")?),
            ("refresh_token", self.member(document, "refresh_token")?),
        ];
        self.granted(&self.ask(url, Asking::Form(&form), &[]).await?)
    }

    /// https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
    async fn of_machine(&self, host: &str) -> Result<Token> {
        let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
        let headers = [("metadata-flavor".to_owned(), "Google".to_owned())];
        let answer = self.ask(&url, Asking::Nothing, &headers).await.map_err(|error| match error.kind() {
            // Nobody is there, or nobody who knows of tokens.
            Kind::Connection | Kind::Timeout(_) | Kind::NotFound | Kind::BadRequest => {
                self.unusable(&error.details().message)
            }
            _ => error,
        })?;
        self.granted(&answer).map(|granted| granted.paid_by(None))
    }

    /// https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
    async fn of_another_cloud(&self, document: &Value) -> Result<Granted> {
        let theirs = self.token_of_another_cloud(document.get("credential_source").unwrap_or(&Value::Null)).await?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("audience", self.member(document, "audience")?),
            ("scope", SCOPE),
            ("subject_token", &theirs),
            ("subject_token_type", self.member(document, "subject_token_type")?),
        ];
        let url = text(document, "token_url").unwrap_or("https://sts.googleapis.com/v1/token");
        let mut answer = self.ask(url, Asking::Form(&form), &[]).await;
        if let Err(error) = &mut answer {
            Secrets::new([encoded(&theirs), theirs.clone()]).clean(error);
        }
        self.granted(&answer?)
    }

    /// From a file or an address (https://google.aip.dev/auth/4117); programs are not run, and AWS is not asked.
    async fn token_of_another_cloud(&self, place: &Value) -> Result<String> {
        let said = if let Some(path) = text(place, "file") {
            let read = tokio::fs::read_to_string(path).await;
            read.map_err(|error| self.unusable(&format!("cannot read {path}: {error}")))?
        } else if let Some(url) = text(place, "url") {
            let headers = place.get("headers").and_then(Value::as_object).into_iter().flatten();
            let headers: Vec<_> =
                headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
            let body = self.fetch(url, Asking::Nothing, &headers).await?;
            String::from_utf8_lossy(&body).into_owned()
        } else {
            return Err(self.unusable("their credential_source names neither a file nor a url"));
        };
        let format = place.get("format").unwrap_or(&Value::Null);
        if text(format, "type") != Some("json") {
            return Ok(said.trim().to_owned());
        }
        let document = serde_json::from_str::<Value>(&said).unwrap_or_default();
        let field = self.member(format, "subject_token_field_name")?;
        self.member(&document, field).map(str::to_owned)
    }

    /// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
    async fn impersonate(&self, document: &Value, by: &Granted) -> Result<Granted> {
        let mut asked = json!({"scope": [SCOPE], "lifetime": format!("{LIFE}s")});
        if let (Some(delegates), Value::Object(asked)) = (document.get("delegates"), &mut asked) {
            asked.insert("delegates".into(), delegates.clone());
        }
        let headers = [("authorization".to_owned(), format!("Bearer {}", by.text))];
        let answer = self.ask(self.member(document, IMPERSONATION)?, Asking::Json(asked), &headers).await?;
        let text = text(&answer, "accessToken").ok_or_else(|| self.unusable("the answer holds no accessToken"))?;
        Ok(Granted { text: text.to_owned(), seconds: LIFE })
    }

    fn granted(&self, answer: &Value) -> Result<Granted> {
        let text = text(answer, "access_token").ok_or_else(|| self.unusable("the answer holds no access_token"))?;
        let seconds = answer.get("expires_in").and_then(Value::as_u64).unwrap_or(LIFE);
        Ok(Granted { text: text.to_owned(), seconds })
    }

    async fn ask(&self, url: &str, asking: Asking<'_>, headers: &[(String, String)]) -> Result<Value> {
        let body = self.fetch(url, asking, headers).await?;
        serde_json::from_slice(&body).map_err(|_| self.unusable("the answer is no JSON"))
    }

    async fn fetch(&self, url: &str, asking: Asking<'_>, headers: &[(String, String)]) -> Result<Bytes> {
        let origin = origin(url).ok_or_else(|| self.unusable(&format!("{url:?} is no address")))?;
        ask(self.clients, self.verify, url, asking, headers).await.map_err(|error| self.failed(&origin, error))
    }

    /// What a request that failed says of the credentials.
    fn failed(&self, origin: &str, mut error: Error) -> Error {
        let document = serde_json::from_slice::<Value>(&error.details().body).unwrap_or_default();
        let why = text(&document, "error_description").unwrap_or(&error.details().message).to_owned();
        if matches!(error.details().status, Some(400 | 401 | 403)) {
            return self.unusable(&format!("{origin} refuses them: {why}"));
        }
        let details = error.details_mut();
        details.message = format!("No token from {origin}: {why}");
        // What it says is of the token, not of the call.
        (details.body, details.headers) = (Bytes::new(), Vec::new());
        error
    }

    fn member<'v>(&self, document: &'v Value, name: &str) -> Result<&'v str> {
        text(document, name).ok_or_else(|| self.unusable(&format!("{name} is missing")))
    }

    fn unusable(&self, why: &str) -> Error {
        Error::new(Kind::Authentication, format!("Cannot use {}: {why}", self.source))
    }
}

const IMPERSONATION: &str = "service_account_impersonation_url";

/// A token as it came.
struct Granted {
    text: String,
    seconds: u64,
}

impl Granted {
    fn paid_by(self, project: Option<String>) -> Token {
        Token::new(self.text, project, Duration::from_secs(self.seconds))
    }
}
