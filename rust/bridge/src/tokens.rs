//! Token counts: pure functions that let go of the interpreter for long texts, and one that is awaited.

use std::panic::{AssertUnwindSafe, catch_unwind};

use edgequake_engine::Error;
use edgequake_engine::error::Kind;
use edgequake_engine::tokens::{Tokenizer, Vocabulary};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyBytes;

use crate::awaitable::into_awaitable;
use crate::errors::panic_to_pyerr;
use crate::port::Port;

/// Letting go of the interpreter and taking it again costs more than counting a shorter text (0.3 ms).
const LONG: usize = 50 * 1024;

fn vocabulary(name: &str) -> PyResult<Vocabulary> {
    Vocabulary::from_name(name).ok_or_else(|| PyKeyError::new_err(format!("no vocabulary is called {name:?}")))
}

/// The tokenizer of a vocabulary; the first time, it is built while other threads run.
fn tokenizer(py: Python<'_>, name: &str) -> PyResult<&'static Tokenizer> {
    let vocabulary = vocabulary(name)?;
    match vocabulary.ready() {
        Some(ready) => Ok(ready),
        None => Ok(vocabulary.keep(unless_panic(|| py.detach(|| vocabulary.build()))?)),
    }
}

fn unless_panic<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_to_pyerr(&*panic))
}

/// Does the work while other Python threads run, if it is about a long text.
fn work<T: Send>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    unless_panic(|| if bytes > LONG { py.detach(work) } else { work() })
}

/// How many tokens texts are, each by itself.
#[pyfunction]
pub fn count_tokens(py: Python<'_>, name: &str, texts: Vec<PyBackedStr>) -> PyResult<usize> {
    let tokenizer = tokenizer(py, name)?;
    work(py, texts.iter().map(|text| text.len()).sum(), || texts.iter().map(|text| tokenizer.count(text)).sum())
}

/// The same, counted by a thread of the runtime; awaits the number.
#[pyfunction]
pub fn count_tokens_async<'py>(
    port: &Bound<'py, Port>,
    name: &str,
    texts: Vec<PyBackedStr>,
) -> PyResult<Bound<'py, PyAny>> {
    let vocabulary = vocabulary(name)?;
    into_awaitable(port, async move {
        let count = tokio::task::spawn_blocking(move || {
            let tokenizer = vocabulary.ready().unwrap_or_else(|| vocabulary.keep(vocabulary.build()));
            texts.iter().map(|text| tokenizer.count(text)).sum::<usize>()
        });
        count.await.map_err(|error| Error::new(Kind::Internal, format!("counting tokens: {error}")))
    })
}

/// The tokens of a text.
#[pyfunction]
pub fn encode_tokens(py: Python<'_>, name: &str, text: PyBackedStr) -> PyResult<Vec<u32>> {
    let tokenizer = tokenizer(py, name)?;
    work(py, text.len(), || tokenizer.encode(&text))
}

/// The bytes of tokens. `KeyError`: the vocabulary does not have one of them.
#[pyfunction]
pub fn decode_tokens<'py>(py: Python<'py>, name: &str, tokens: Vec<u32>) -> PyResult<Bound<'py, PyBytes>> {
    let tokenizer = tokenizer(py, name)?;
    match work(py, tokens.len(), || tokenizer.decode(&tokens))? {
        Ok(bytes) => Ok(PyBytes::new(py, &bytes)),
        Err(token) => Err(PyKeyError::new_err(format!("{name} has no token {token}"))),
    }
}
