//! A reply that goes to disk as it arrives. The file appears whole or not at all, and one that was there stays until then.

use std::path::{Path, PathBuf};

use reqwest::Response;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::call::{self, Call, Head};
use crate::classify;
use crate::error::{Error, Kind, Result, TimeoutKind};
use crate::http::Clients;
use crate::target::Target;
use crate::timeouts::Deadline;

/// Sends a request and writes the body of its reply to a file.
///
/// # Errors
/// Every failure of the call; `BadRequest` where the file cannot be written. None leaves a file behind.
pub async fn to_file(clients: &Clients, target: &Target, call: &Call, path: PathBuf) -> Result<call::Reply> {
    let started = std::time::Instant::now();
    let total = Deadline::after(target.timeouts.total, TimeoutKind::Total);
    let Head { response, attempts, .. } = call::open(clients, target, call, total, "*/*").await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    save(response, target, call, total, &path).await.map_err(|mut error| {
        classify::with_headers(&mut error, &call::header_list(&headers));
        let details = error.details_mut();
        (details.status, details.attempts) = (details.status.or(Some(status)), attempts);
        target.sign(error)
    })?;
    Ok(call::Reply { status, headers, body: bytes::Bytes::new(), attempts, elapsed: started.elapsed() })
}

async fn save(mut response: Response, target: &Target, call: &Call, total: Deadline, path: &Path) -> Result<()> {
    let unwritable = |error: std::io::Error| {
        let mut failure = Error::new(Kind::BadRequest, format!("Cannot write {}: {error}", path.display()));
        failure.details_mut().os_error = error.raw_os_error();
        failure
    };
    // A reply that is a file is seldom JSON: then it is read whole, for it may be an error.
    let whole = if call::is_json(response.headers()) && !call.verbatim {
        let (status, headers) = (response.status().as_u16(), call::header_list(response.headers()));
        let body = call::read_body(&mut response, target, total).await.map_err(|(error, _)| error)?;
        if let Some(error) = classify::error_in_body(&target.provider, status, &headers, body.clone()) {
            return Err(error);
        }
        Some(body)
    } else {
        None
    };
    let temporary = Temporary::beside(path);
    let mut file = File::create(&temporary.0).await.map_err(unwritable)?;
    if let Some(body) = whole {
        file.write_all(&body).await.map_err(unwritable)?;
    }
    loop {
        let idle = Deadline::after(target.timeouts.idle, TimeoutKind::Idle);
        let piece = total.or(idle).run(response.chunk()).await?.map_err(|error| call::body_error(&error, target))?;
        let Some(piece) = piece else { break };
        file.write_all(&piece).await.map_err(unwritable)?;
    }
    file.flush().await.map_err(unwritable)?;
    drop(file);
    tokio::fs::rename(&temporary.0, path).await.map_err(unwritable)
}

/// The file that is written; gone when dropped, however the call ends. After the renaming there is nothing to remove.
struct Temporary(PathBuf);

impl Temporary {
    fn beside(path: &Path) -> Self {
        use std::hash::{BuildHasher, RandomState};
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{:016x}.part", RandomState::new().hash_one(path)));
        Self(path.with_file_name(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
