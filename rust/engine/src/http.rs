//! The pooled HTTP clients of a process: one per way of verifying certificates, made on first use, shared by all calls;
//! and beside them what was fetched to authorise calls.
//!
//! Key, base URL, headers and timeouts belong to the request, never to a client. Proxies come from the environment
//! (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), read when a client is made.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, ClientBuilder};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::auth::aws;
use crate::auth::tokens::Tokens;
use crate::connect::{ConnectElapsed, ConnectLimitLayer};
use crate::error::{Error, Kind, Result, TimeoutKind};
use crate::media;

const MAX_REDIRECTS: usize = 10;

/// How server certificates are verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verify {
    /// The system's roots (`SSL_CERT_FILE`, `SSL_CERT_DIR` honoured), else Mozilla's.
    #[default]
    System,
    /// Only the certificates of this PEM file.
    CaFile(PathBuf),
    /// Not at all (`ssl_verify=False`).
    Off,
    /// There is none to verify: plain HTTP that does not leave the machine, and goes by no proxy.
    Near,
}

/// The clients of one process, and what they fetched to authorise calls.
#[derive(Default)]
pub struct Clients {
    clients: RwLock<HashMap<Verify, Client>>,
    pub(crate) tokens: Tokens,
    /// Credentials of AWS.
    pub(crate) aws: aws::Cache,
    /// For public addresses, and for all.
    for_media: [OnceLock<Client>; 2],
}

impl Clients {
    /// The client for this way of verifying, made on first use.
    pub fn get(&self, verify: &Verify) -> Result<Client> {
        if let Some(client) = self.clients.read().unwrap_or_else(PoisonError::into_inner).get(verify) {
            return Ok(client.clone());
        }
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(verify) {
            return Ok(client.clone());
        }
        let client = build(builder(verify)?.http2_adaptive_window(true).redirect(Policy::custom(follow)))?;
        clients.insert(verify.clone(), client.clone());
        Ok(client)
    }

    /// The client that fetches what messages refer to, made on first use; it shares no connection with the others.
    pub(crate) fn for_media(&self, allow_private: bool) -> Result<Client> {
        let [public, any] = &self.for_media;
        let made = if allow_private { any } else { public };
        if let Some(client) = made.get() {
            return Ok(client.clone());
        }
        let client = build(media::configure(builder(&Verify::System)?, allow_private))?;
        Ok(made.get_or_init(|| client).clone())
    }
}

fn builder(verify: &Verify) -> Result<ClientBuilder> {
    let builder = Client::builder();
    let builder = if *verify == Verify::Near { builder.no_proxy() } else { builder };
    Ok(builder
        .tls_backend_preconfigured(tls(verify)?)
        .connector_layer(ConnectLimitLayer)
        .user_agent(concat!("edgequake_async/", env!("CARGO_PKG_VERSION"))))
}

fn build(builder: ClientBuilder) -> Result<Client> {
    builder.build().map_err(|error| Error::new(Kind::Connection, format!("Cannot set up HTTP: {}", root_cause(&error))))
}

/// Redirects that keep the request as it is (307, 308) are followed within the origin. Elsewhere they would carry the
/// caller's headers to a host that the caller did not name; 301 to 303 would turn the request into a GET.
fn follow(attempt: Attempt<'_>) -> Action {
    let is_kept = matches!(attempt.status().as_u16(), 307 | 308);
    let is_home = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
    if is_kept && is_home && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
}

fn tls(verify: &Verify) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Internal, format!("Cannot set up TLS: {error}")))?;
    let mut config = match verify {
        Verify::System => builder.with_root_certificates(system_roots()),
        Verify::CaFile(path) => builder.with_root_certificates(file_roots(path)?),
        Verify::Near => builder.with_root_certificates(RootCertStore::empty()),
        Verify::Off => builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny(provider))),
    }
    .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        // A slim container has no certificate bundle; Mozilla's is built in.
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

fn file_roots(path: &PathBuf) -> Result<RootCertStore> {
    let unusable =
        |why: String| Error::new(Kind::BadRequest, format!("ssl_verify: cannot use CA file {}: {why}", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("it holds no certificate".into()));
    }
    Ok(roots)
}

/// `ssl_verify=False`: every certificate is accepted, signatures of the handshake are still checked.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// What a reqwest failure means. The URL is never shown: it may hold credentials.
pub fn transport_error(error: &reqwest::Error, origin: &str) -> Error {
    if error.is_builder() {
        return Error::new(Kind::BadRequest, format!("Cannot build the request: {}", root_cause(error)));
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(ConnectElapsed(limit)) = cause.downcast_ref() {
            let message = format!("Timed out: connecting to {origin} took longer than {} s", limit.as_secs_f64());
            return Error::new(Kind::Timeout(TimeoutKind::Connect), message);
        }
        if let Some(tls) = cause.downcast_ref::<std::io::Error>().and_then(certificate_problem) {
            let message = format!("Cannot trust {origin}: {tls}");
            let mut error = Error::new(Kind::Connection, message);
            error.details_mut().permanent = true;
            return error;
        }
        source = cause.source();
    }
    let doing = if error.is_connect() { "Cannot connect to" } else { "Connection lost to" };
    Error::new(Kind::Connection, format!("{doing} {origin}: {}", root_cause(error)))
}

fn certificate_problem(error: &std::io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    // The connector wraps the I/O error of the handshake into another one, which `source` steps over.
    if let Some(inner) = inner.downcast_ref() {
        return certificate_problem(inner);
    }
    inner
        .downcast_ref::<rustls::Error>()
        .filter(|error| matches!(error, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented))
}

fn root_cause(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
