//! Where credentials are: what the caller says, gcloud's file, else the machine
//! (https://cloud.google.com/docs/authentication/application-default-credentials#order).

use std::env::var_os;
use std::fmt;
use std::path::PathBuf;

use serde_json::Value;

use crate::error::{Error, Kind, Result};
use crate::protocol::{Object, Options, text};

/// A place with credentials. `Debug` tells two apart, and is not to be shown.
#[derive(Debug)]
pub enum Source {
    /// The document itself.
    Document(String),
    /// A file that the caller names.
    Named(PathBuf),
    /// The file that `gcloud auth application-default login` writes.
    Gcloud(PathBuf),
    /// A server of the machine that tells it who it is, and the file of gcloud that there is not.
    Machine { host: String, instead_of: Option<PathBuf> },
}

impl Source {
    /// The first of the places that there is.
    pub fn find(options: &Options) -> Self {
        let given = options.get("vertex_ai_credentials").or(options.get("vertex_credentials"));
        if let Some(given) = given {
            let is_document = given.trim_start().starts_with('{');
            return if is_document { Self::Document(given.to_owned()) } else { Self::Named(given.into()) };
        }
        let gcloud = gcloud();
        if let Some(path) = gcloud.as_ref().filter(|path| path.is_file()) {
            return Self::Gcloud(path.clone());
        }
        let host = ["GCE_METADATA_HOST", "GCE_METADATA_IP"].into_iter().find_map(|name| std::env::var(name).ok());
        let host = host.filter(|host| !host.is_empty()).unwrap_or_else(|| "metadata.google.internal".to_owned());
        Self::Machine { host, instead_of: gcloud }
    }

    /// The document in this place, `None` where a machine is asked.
    ///
    /// # Errors
    /// `Authentication` naming the file that cannot be read, or what is no JSON object.
    pub async fn read(&self) -> Result<Option<Object>> {
        match self {
            Self::Document(document) => self.parse(document.as_bytes()).map(Some),
            Self::Named(path) | Self::Gcloud(path) => {
                let document = tokio::fs::read(path).await.map_err(|error| self.unreadable(&error.to_string()))?;
                self.parse(&document).map(Some)
            }
            Self::Machine { .. } => Ok(None),
        }
    }

    fn parse(&self, document: &[u8]) -> Result<Object> {
        // What is wrong with it may quote it, so it is not repeated.
        serde_json::from_slice(document).map_err(|_| self.unreadable("it is no JSON object"))
    }

    fn unreadable(&self, why: &str) -> Error {
        Error::new(Kind::Authentication, format!("Cannot use {self}: {why}"))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(_) => write!(f, "the credentials in vertex_credentials"),
            Self::Named(path) => write!(f, "the credentials of vertex_credentials, the file {}", path.display()),
            Self::Gcloud(path) => write!(f, "gcloud's credentials, the file {}", path.display()),
            Self::Machine { host, instead_of } => {
                write!(
                    f,
                    "the credentials of the machine, which {host} should tell: there is no vertex_credentials, "
                )?;
                write!(f, "no VERTEXAI_CREDENTIALS, no GOOGLE_APPLICATION_CREDENTIALS")?;
                instead_of.as_ref().map_or(Ok(()), |path| write!(f, " and no file {}", path.display()))
            }
        }
    }
}

/// Where gcloud keeps what it was told.
fn gcloud() -> Option<PathBuf> {
    let set = |name: &str| var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = match set("CLOUDSDK_CONFIG") {
        Some(folder) => folder,
        None if cfg!(windows) => set("APPDATA")?.join("gcloud"),
        None => set("HOME")?.join(".config").join("gcloud"),
    };
    Some(folder.join("application_default_credentials.json"))
}

/// The project that the credentials are of; `None` where they do not say. Reads their file, where they are in one.
///
/// # Errors
/// `Authentication`: the file cannot be read.
pub fn project(options: &Options) -> Result<Option<String>> {
    let source = Source::find(options);
    let document = match &source {
        Source::Document(document) => source.parse(document.as_bytes())?,
        Source::Named(path) | Source::Gcloud(path) => {
            source.parse(&std::fs::read(path).map_err(|error| source.unreadable(&error.to_string()))?)?
        }
        Source::Machine { .. } => return Ok(None),
    };
    let document = Value::Object(document);
    Ok(text(&document, "project_id").or(text(&document, "quota_project_id")).map(str::to_owned))
}
