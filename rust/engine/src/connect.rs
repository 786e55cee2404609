//! The connect limit of one request. reqwest's own is a property of the client; ours travels with the request as a
//! task-local, because a client per limit would split the connection pool.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{Layer, Service};

type BoxError = Box<dyn StdError + Send + Sync>;

tokio::task_local! {
    static LIMIT: Option<Duration>;
}

/// Runs `request` with its connect limit.
pub async fn with_limit<F: Future>(limit: Option<Duration>, request: F) -> F::Output {
    LIMIT.scope(limit, request).await
}

/// The limit fired; found by walking an error's sources.
#[derive(Debug)]
pub struct ConnectElapsed(pub Duration);

impl fmt::Display for ConnectElapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting took longer than {} s", self.0.as_secs_f64())
    }
}

impl StdError for ConnectElapsed {}

/// Wraps reqwest's connector.
#[derive(Clone, Copy, Debug)]
pub struct ConnectLimitLayer;

impl<S> Layer<S> for ConnectLimitLayer {
    type Service = ConnectLimit<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ConnectLimit(inner)
    }
}

/// A connector that gives up at the limit of the request that asked for the connection.
#[derive(Clone, Debug)]
pub struct ConnectLimit<S>(S);

impl<S, R> Service<R> for ConnectLimit<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.0.call(request);
        // Absent when hyper finishes a connection in the background for a later request.
        let limit = LIMIT.try_with(|limit| *limit).ok().flatten();
        Box::pin(async move {
            match limit {
                None => connecting.await,
                Some(limit) => {
                    tokio::time::timeout(limit, connecting).await.unwrap_or_else(|_| Err(ConnectElapsed(limit).into()))
                }
            }
        })
    }
}
