//! What a request carries: nothing, JSON, or a form whose files are read from disk while they are sent.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::multipart;
use tokio::fs::File;

use crate::error::{Error, Kind, Result};

/// A request body. It can be sent again: a file is opened anew for each attempt.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// None (GET, DELETE).
    #[default]
    Empty,
    /// A JSON document.
    Json(Bytes),
    /// `multipart/form-data`.
    Form(Vec<Part>),
}

/// One part of a form.
#[derive(Clone, Debug)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// Sent where there is one; a part with a file name is a file.
    pub file_name: Option<String>,
    /// The part's own `Content-Type`.
    pub content_type: Option<String>,
    /// What the part holds.
    pub content: Content,
}

/// What a part of a form holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// The file at this path, read while it is sent.
    File(PathBuf),
}

impl Body {
    /// Puts the body, and the header that names its type, on a request.
    ///
    /// # Errors
    /// `BadRequest`: a file cannot be opened, or a content type is none.
    pub(crate) async fn put_on(&self, request: RequestBuilder) -> Result<RequestBuilder> {
        match self {
            Self::Empty => Ok(request),
            Self::Json(json) => {
                Ok(request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(json.clone()))
            }
            Self::Form(parts) => {
                // Names are escaped here as browsers do; RFC 5987's filename* is unknown to many servers' parsers.
                let mut form = multipart::Form::new().percent_encode_noop();
                for part in parts {
                    form = form.part(escaped(&part.name), part.open().await?);
                }
                Ok(request.multipart(form))
            }
        }
    }
}

impl Part {
    async fn open(&self) -> Result<multipart::Part> {
        let wrong = |why: String| Error::new(Kind::BadRequest, format!("{}: {why}", self.name));
        let mut part = match &self.content {
            Content::Bytes(bytes) => multipart::Part::stream_with_length(bytes.clone(), bytes.len() as u64),
            Content::File(path) => read(path).await.map_err(|error| {
                let mut failure = wrong(format!("cannot read {}: {error}", path.display()));
                failure.details_mut().os_error = error.raw_os_error();
                failure
            })?,
        };
        if let Some(name) = &self.file_name {
            part = part.file_name(escaped(name));
        }
        match &self.content_type {
            None => Ok(part),
            Some(kind) => part.mime_str(kind).map_err(|_| wrong(format!("{kind:?} is not a content type"))),
        }
    }
}

/// A file as a part. One that is no regular file (a pipe) does not tell its length.
async fn read(path: &Path) -> std::io::Result<multipart::Part> {
    let file = File::open(path).await?;
    let about = file.metadata().await?;
    Ok(if about.is_file() {
        multipart::Part::stream_with_length(file, about.len())
    } else {
        multipart::Part::stream(file)
    })
}

/// As the HTML standard writes names in forms (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html).
fn escaped(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}
