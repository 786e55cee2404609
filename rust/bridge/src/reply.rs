//! What a call brings: a reply, its head, the numbers of an embeddings reply. Made into Python objects only when asked.

use edgequake_engine::call::{self, header_list};
use edgequake_engine::{HeaderMap, vectors};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

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
pub struct Reply(pub call::Reply);

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

    /// A response header; of a repeated one, the first.
    fn header(&self, name: &str) -> Option<String> {
        call::header(&self.0.headers, name)
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

/// An embeddings reply on its way to Python.
pub struct Embedded(pub call::Reply, pub Option<vectors::Vectors>);

impl<'py> IntoPyObject<'py> for Embedded {
    type Target = EmbeddingReply;
    type Output = Bound<'py, EmbeddingReply>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Bound::new(py, EmbeddingReply { reply: Py::new(py, Reply(self.0))?, vectors: self.1 })
    }
}
