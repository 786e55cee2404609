//! The entry points: terms in, awaitables out.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use edgequake_engine::body::{Body, Content, Part};
use edgequake_engine::call::{self, Call, OnRetry};
use edgequake_engine::media;
use edgequake_engine::protocol::{self, Ask, Route};
use edgequake_engine::provider::{self, Provider, Setting, resolve as engine_resolve, structured};
use edgequake_engine::target::header_map;
use edgequake_engine::wire::Wire;
use edgequake_engine::{Error, download as engine_download, several, stream as engine_stream, vectors};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyDict;

use crate::awaitable::into_awaitable;
use crate::errors::{payload, to_pyerr};
use crate::port::Port;
use crate::reply::{Embedded, Reply};
use crate::runtime::process;
use crate::stream::{OpenedStream, Stream};
use crate::target::Target;

/// A larger body is borrowed from Python instead of copied.
const BORROW_ABOVE: usize = 64 * 1024;

/// A request body as Python has it: a JSON document or the parts of a form.
#[derive(FromPyObject)]
pub enum Sent {
    Json(PyBackedBytes),
    Form(Vec<SentPart>),
}

/// (name, file name, content type, content)
type SentPart = (String, Option<String>, Option<String>, SentContent);

/// Bytes, or the path of a file.
#[derive(FromPyObject)]
pub enum SentContent {
    Bytes(PyBackedBytes),
    File(PathBuf),
}

impl From<Sent> for Body {
    fn from(sent: Sent) -> Self {
        match sent {
            Sent::Json(json) => Self::Json(to_bytes(json)),
            Sent::Form(parts) => Self::Form(parts.into_iter().map(to_part).collect()),
        }
    }
}

fn to_part((name, file_name, content_type, content): SentPart) -> Part {
    let content = match content {
        SentContent::Bytes(bytes) => Content::Bytes(to_bytes(bytes)),
        SentContent::File(path) => Content::File(path),
    };
    Part { name, file_name, content_type, content }
}

/// The call that Python asks for. `on_retry` is called by the loop, with the failure's dict, how many requests were sent
/// and the seconds until the next.
fn to_call(
    port: &Bound<'_, Port>,
    body: Option<Sent>,
    headers: Vec<(String, String)>,
    on_retry: Option<Py<PyAny>>,
    verbatim: bool,
) -> PyResult<Call> {
    let on_retry = on_retry.map(|callback| {
        let (notices, callback) = (port.get().notices(), Arc::new(callback));
        let notify = move |error: &Error, attempts: u32, delay: Duration| {
            let (callback, error) = (callback.clone(), error.clone());
            notices.post(move |py| callback.call1(py, (payload(py, error)?, attempts, delay.as_secs_f64())));
        };
        Arc::new(notify) as OnRetry
    });
    let headers = header_map(&headers).map_err(to_pyerr)?;
    Ok(Call { body: body.map_or(Body::Empty, Body::from), headers, verbatim, on_retry, url: None })
}

/// Sends a request; awaits its whole reply.
#[pyfunction]
#[pyo3(signature = (port, target, body, headers = Vec::new(), on_retry = None, verbatim = false))]
pub fn request<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: Option<Sent>,
    headers: Vec<(String, String)>,
    on_retry: Option<Py<PyAny>>,
    verbatim: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let call = to_call(port, body, headers, on_retry, verbatim)?;
    let (clients, target) = (process()?.clients.clone(), target.get().0.clone());
    into_awaitable(port, async move { call::send(&clients, &target, &call).await.map(Reply) })
}

/// Sends a request and writes the body of its reply to a file; awaits the reply, its body empty.
#[pyfunction]
#[pyo3(signature = (port, target, body, path, headers = Vec::new(), on_retry = None, verbatim = false))]
pub fn download<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: Option<Sent>,
    path: PathBuf,
    headers: Vec<(String, String)>,
    on_retry: Option<Py<PyAny>>,
    verbatim: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let call = to_call(port, body, headers, on_retry, verbatim)?;
    let (clients, target) = (process()?.clients.clone(), target.get().0.clone());
    into_awaitable(port, async move { engine_download::to_file(&clients, &target, &call, path).await.map(Reply) })
}

/// Sends an embeddings request; awaits its whole reply, the numbers packed. Base64 is left alone unless the caller knows
/// that it is packed float32.
#[pyfunction]
#[pyo3(signature = (port, target, body, base64_is_float32, headers = Vec::new()))]
pub fn embed<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: PyBackedBytes,
    base64_is_float32: bool,
    headers: Vec<(String, String)>,
) -> PyResult<Bound<'py, PyAny>> {
    let call = to_call(port, Some(Sent::Json(body)), headers, None, false)?;
    let (clients, target) = (process()?.clients.clone(), target.get().0.clone());
    into_awaitable(port, async move {
        let reply = several::send(&clients, &target, &call).await?;
        let vectors = match vectors::unpack(reply.body.clone()) {
            Ok(vectors) => vectors.filter(|vectors| base64_is_float32 || vectors.width != vectors::Width::F32),
            Err(error) if base64_is_float32 => return Err(target.sign(error)),
            Err(_) => None,
        };
        Ok(Embedded(reply, vectors))
    })
}

/// Sends a request whose reply is a stream of the shape that `wire` names; awaits the head of the reply, an
/// `OpenedStream`.
#[pyfunction]
#[pyo3(signature = (port, target, body, decode, fail, wire = "chat", headers = Vec::new(), on_retry = None,
    verbatim = false))]
#[allow(clippy::too_many_arguments, reason = "one crossing per call")]
pub fn open_stream<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: Option<Sent>,
    decode: Py<PyAny>,
    fail: Py<PyAny>,
    wire: &str,
    headers: Vec<(String, String)>,
    on_retry: Option<Py<PyAny>>,
    verbatim: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let wire = Wire::from_name(wire).ok_or_else(|| PyValueError::new_err(format!("no wire is called {wire:?}")))?;
    let call = to_call(port, body, headers, on_retry, verbatim)?;
    let (clients, target) = (process()?.clients.clone(), target.get().0.clone());
    let consumer = port.clone().unbind();
    into_awaitable(port, async move {
        let chunks = engine_stream::open(&clients, target, &call, wire).await?;
        Ok(OpenedStream::new(Stream::new(chunks, consumer, decode, fail)))
    })
}

/// The provider and the model that a model string names.
#[pyfunction]
#[pyo3(signature = (model, provider = None))]
pub fn resolve(model: &str, provider: Option<&str>) -> PyResult<(&'static str, String)> {
    let (provider, model) = engine_resolve::resolve(model, provider).map_err(to_pyerr)?;
    Ok((provider.name, model.to_owned()))
}

/// Whether what is asked of a model crosses to its provider in other words than OpenAI's.
#[pyfunction]
pub fn translates(route: &str, provider: &str, model: &str) -> bool {
    let (route, _) = Route::named(route).unwrap_or_default();
    let ask = Ask { route, model: model.to_owned(), ..Ask::default() };
    provider::find(provider).is_some_and(|row| protocol::translates(row.protocol, &ask))
}

/// Whether a provider serves a model at an endpoint: `messages`, ... .
#[pyfunction]
pub fn serves(endpoint: &str, provider: &str, model: &str) -> bool {
    let ask = || Ask { route: Route::named(endpoint).unwrap_or_default().0, model: model.to_owned(), ..Ask::default() };
    let row = provider::find(provider).filter(|row| row.endpoints.contains(&endpoint));
    row.is_some_and(|row| protocol::find(row.protocol).is_none_or(|protocol| protocol.path(&ask()).is_ok()))
}

/// The option that a model's name tells, and its value, such as a region.
#[pyfunction]
pub fn told_by_model(provider: &str, model: &str) -> Option<(&'static str, String)> {
    let protocol = provider::find(provider).and_then(|row| protocol::find(row.protocol))?;
    protocol.told(model).map(|(name, value)| (name, value.to_owned()))
}

/// How a model is made to answer in JSON: `json_schema`, `tool` or `json_object`.
#[pyfunction]
pub fn structured_output(provider: &str, model: &str, schema: bool) -> &'static str {
    structured::structured(provider, model, schema).name()
}

/// What kind of file bytes are, by how they begin.
#[pyfunction]
pub fn media_type(content: &[u8]) -> Option<&'static str> {
    media::media_type(content)
}

/// The values of environment variables; None for those that are not set.
#[pyfunction]
pub fn environment(names: Vec<PyBackedStr>) -> Vec<Option<OsString>> {
    names.iter().map(|name| std::env::var_os(&**name)).collect()
}

/// The provider table.
#[pyfunction]
pub fn providers(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    provider::providers().map(|provider| row(py, provider)).collect()
}

fn row<'py>(py: Python<'py>, provider: &Provider) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("name", provider.name)?;
    dict.set_item("aliases", provider.aliases)?;
    dict.set_item("base_url", provider.base_url)?;
    dict.set_item("base_suffix", provider.base_suffix)?;
    dict.set_item("key_vars", provider.key_vars)?;
    dict.set_item("base_vars", provider.base_vars)?;
    dict.set_item("key_required", provider.key_required)?;
    dict.set_item("auth", provider.auth)?;
    dict.set_item("options", provider.options.iter().map(setting).collect::<Vec<_>>())?;
    dict.set_item("protocol", provider.protocol)?;
    dict.set_item("endpoints", provider.endpoints)?;
    dict.set_item("refuses", provider.refuses)?;
    dict.set_item("joins_texts", provider.joins_texts)?;
    dict.set_item("paths", provider.paths.iter().copied().collect::<HashMap<_, _>>())?;
    dict.set_item("source", provider.source)?;
    Ok(dict)
}

/// (name, variables, default)
fn setting(setting: &Setting) -> (&'static str, &'static [&'static str], &'static str) {
    (setting.name, setting.vars, setting.default)
}

fn to_bytes(body: PyBackedBytes) -> Bytes {
    if body.len() > BORROW_ABOVE { Bytes::from_owner(body) } else { Bytes::copy_from_slice(&body) }
}
