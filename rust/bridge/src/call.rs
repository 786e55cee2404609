//! The entry points: terms in, awaitables out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use edgequake_engine::HeaderMap;
use edgequake_engine::call::{self, header_list};
use edgequake_engine::provider::{self, Provider, openai::Route, resolve as engine_resolve};
use edgequake_engine::target::{self, Terms};
use edgequake_engine::timeouts::Timeouts;
use edgequake_engine::{stream as engine_stream, vectors};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict};

use crate::awaitable::into_awaitable;
use crate::errors::{payload, to_pyerr};
use crate::port::Port;
use crate::runtime::process;
use crate::stream::{OpenedStream, Stream};

/// A larger body is borrowed from Python instead of copied.
const BORROW_ABOVE: usize = 64 * 1024;

/// Where a call goes and under which terms; checked when it is made.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Target(Arc<target::Target>);

#[pymethods]
impl Target {
    #[new]
    #[pyo3(signature = (route, provider, api_base, api_key, headers, timeouts, max_retries, verify, ca_file))]
    #[allow(clippy::too_many_arguments, reason = "one crossing per target; Python passes them by position")]
    fn new(
        route: &str,
        provider: String,
        api_base: String,
        api_key: Option<String>,
        headers: Vec<(String, String)>,
        timeouts: (Option<f64>, Option<f64>, Option<f64>, Option<f64>),
        max_retries: u32,
        verify: bool,
        ca_file: Option<PathBuf>,
    ) -> PyResult<Self> {
        let route = if route == "embeddings" { Route::Embeddings } else { Route::Chat };
        let seconds = |limit: Option<f64>| limit.and_then(|limit| Duration::try_from_secs_f64(limit).ok());
        let terms = Terms {
            provider,
            api_key,
            api_base,
            headers,
            timeouts: Timeouts {
                connect: seconds(timeouts.0),
                first_token: seconds(timeouts.1),
                idle: seconds(timeouts.2),
                total: seconds(timeouts.3),
            },
            max_retries,
            verify: target::verify_from(verify, ca_file),
        };
        target::Target::new(terms, route).map(|target| Self(Arc::new(target))).map_err(to_pyerr)
    }

    /// The dict of the error that a reply is whose body is not what the protocol says.
    fn invalid<'py>(&self, py: Python<'py>, reply: &Bound<'py, Reply>, why: &str) -> PyResult<Bound<'py, PyDict>> {
        payload(py, call::invalid(&self.0, &reply.get().0, why))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The headers of a reply, made into Python objects only when asked.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Head(pub HeaderMap);

#[pymethods]
impl Head {
    /// (name, value) pairs in the order of arrival.
    fn pairs(&self) -> Vec<(String, String)> {
        header_list(&self.0)
    }
}

/// A whole reply.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Reply(call::Reply);

#[pymethods]
impl Reply {
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.body)
    }

    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    #[getter]
    fn head(&self) -> Head {
        Head(self.0.headers.clone())
    }

    #[getter]
    fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Seconds from the call to the last byte.
    #[getter]
    fn elapsed(&self) -> f64 {
        self.0.elapsed.as_secs_f64()
    }
}

/// An embeddings reply; the numbers are packed where their shape is known.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct EmbeddingReply {
    #[pyo3(get)]
    reply: Py<Reply>,
    vectors: Option<vectors::Vectors>,
}

/// `None`, or (envelope, data, struct format of a number, [(offset, length)]).
type Packed<'py> = Option<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, &'static str, Vec<(usize, usize)>)>;

#[pymethods]
impl EmbeddingReply {
    #[getter]
    fn packed<'py>(&self, py: Python<'py>) -> Packed<'py> {
        let vectors = self.vectors.as_ref()?;
        let format = match vectors.width {
            vectors::Width::F32 => "f",
            vectors::Width::F64 => "d",
        };
        let envelope = PyBytes::new(py, &vectors.envelope);
        Some((envelope, PyBytes::new(py, &vectors.data), format, vectors.rows.clone()))
    }
}

struct Embedded(call::Reply, Option<vectors::Vectors>);

impl<'py> IntoPyObject<'py> for Embedded {
    type Target = EmbeddingReply;
    type Output = Bound<'py, EmbeddingReply>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Bound::new(py, EmbeddingReply { reply: Py::new(py, Reply(self.0))?, vectors: self.1 })
    }
}

/// Sends a request; awaits its whole reply.
#[pyfunction]
pub fn request<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: PyBackedBytes,
) -> PyResult<Bound<'py, PyAny>> {
    let (clients, target, body) = (process()?.clients.clone(), target.get().0.clone(), to_bytes(body));
    into_awaitable(port, async move { call::send(&clients, &target, body).await.map(Reply) })
}

/// Sends an embeddings request; awaits its whole reply, the numbers packed. Base64 is left alone unless the caller knows
/// that it is packed float32.
#[pyfunction]
pub fn embed<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: PyBackedBytes,
    base64_is_float32: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (clients, target, body) = (process()?.clients.clone(), target.get().0.clone(), to_bytes(body));
    into_awaitable(port, async move {
        let reply = call::send(&clients, &target, body).await?;
        let vectors = match vectors::unpack(reply.body.clone()) {
            Ok(vectors) => vectors.filter(|vectors| base64_is_float32 || vectors.width != vectors::Width::F32),
            Err(error) if base64_is_float32 => return Err(target.sign(error)),
            Err(_) => None,
        };
        Ok(Embedded(reply, vectors))
    })
}

/// Sends a streaming request; awaits the head of its reply, an `OpenedStream`.
#[pyfunction]
pub fn open_stream<'py>(
    port: &Bound<'py, Port>,
    target: &Bound<'_, Target>,
    body: PyBackedBytes,
    decode: Py<PyAny>,
    fail: Py<PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (clients, target, body) = (process()?.clients.clone(), target.get().0.clone(), to_bytes(body));
    let consumer = port.clone().unbind();
    into_awaitable(port, async move {
        let chunks = engine_stream::open(&clients, target, body).await?;
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

/// The provider table.
#[pyfunction]
pub fn providers(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    provider::PROVIDERS.iter().map(|provider| row(py, provider)).collect()
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
    dict.set_item("source", provider.source)?;
    Ok(dict)
}

fn to_bytes(body: PyBackedBytes) -> Bytes {
    if body.len() > BORROW_ABOVE { Bytes::from_owner(body) } else { Bytes::copy_from_slice(&body) }
}
