//! The engine's HTTP clients as the AWS crates want theirs: one pool, one TLS, proxies and roots as everywhere.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use reqwest::Client;
use reqwest::header::{HeaderName, HeaderValue};

use crate::connect;
use crate::error::Result;
use crate::http::{Clients, Verify};

/// A client for what is elsewhere, and one without proxies for what is on this machine (the container's endpoint and the
/// instance's, which speak plain HTTP).
#[derive(Clone, Debug)]
pub struct Connector {
    remote: Client,
    local: Client,
}

impl Connector {
    /// Over these clients; certificates are verified as the call's own.
    pub fn new(clients: &Clients, verify: &Verify) -> Result<Self> {
        Ok(Self { remote: clients.get(verify)?, local: clients.get(&Verify::Near)? })
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Limited { connector: self.clone(), settings: settings.clone() })
    }
}

#[derive(Debug)]
struct Limited {
    connector: Connector,
    settings: HttpConnectorSettings,
}

impl HttpConnector for Limited {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, settings) = (self.connector.clone(), self.settings.clone());
        HttpConnectorFuture::new(async move {
            let answer = connect::with_limit(settings.connect_timeout(), send(connector, request));
            match settings.read_timeout() {
                None => answer.await,
                Some(limit) => tokio::time::timeout(limit, answer)
                    .await
                    .unwrap_or_else(|elapsed| Err(ConnectorError::timeout(elapsed.into()))),
            }
        })
    }
}

async fn send(connector: Connector, request: HttpRequest) -> std::result::Result<HttpResponse, ConnectorError> {
    let client = if request.uri().starts_with("https:") { connector.remote } else { connector.local };
    let method = request.method().parse().map_err(user)?;
    let mut sent = client.request(method, request.uri());
    for (name, value) in request.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(user)?;
        sent = sent.header(name, HeaderValue::from_str(value).map_err(user)?);
    }
    // What fetches credentials sends short forms, never streams.
    let body = request.body().bytes().unwrap_or_default().to_vec();
    let response = sent.body(body).send().await.map_err(failed)?;
    let status = response.status().as_u16().try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
    let headers = response.headers().clone();
    let body = response.bytes().await.map_err(failed)?;
    let mut answer = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        answer.headers_mut().try_append(name.as_str().to_owned(), value).map_err(user)?;
    }
    Ok(answer)
}

fn user(error: impl StdError + Send + Sync + 'static) -> ConnectorError {
    ConnectorError::user(Box::new(error))
}

fn failed(error: reqwest::Error) -> ConnectorError {
    let is_late = error.is_timeout();
    // Addresses may hold what is secret.
    let error = Box::new(error.without_url());
    if is_late { ConnectorError::timeout(error) } else { ConnectorError::io(error) }
}
