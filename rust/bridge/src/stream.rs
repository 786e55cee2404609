//! The native async iterator: `__anext__` is a finished awaitable when a chunk is buffered, and waits on the port when
//! none is. Dropping the stream closes the connection to the provider.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use edgequake_engine::buffer::{Buffer, Next};
use edgequake_engine::call;
use edgequake_engine::stream::ChunkStream;
use pyo3::exceptions::{PyRuntimeError, PyStopAsyncIteration, PyStopIteration};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::awaitable::into_awaitable;
use crate::errors::payload;
use crate::port::Port;
use crate::reply::Head;

/// Chunks in a row without a turn of the loop: a sibling task waits at most 32 x 5 us for its turn.
const READY_IN_A_ROW: u32 = 32;

/// A stream of decoded chunks.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Stream {
    chunks: ChunkStream,
    port: Py<Port>,
    decode: Py<PyAny>,
    fail: Py<PyAny>,
    ready_in_a_row: AtomicU32,
    /// A failure that came behind the chunks of a batch; raised by the next look.
    postponed: Mutex<Option<PyErr>>,
}

/// A stream on its way to its owner. An event loop holds the result of an await until the task next waits; held in here
/// instead of bare, the stream is dropped, and its connection closed, when its owner drops it.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct OpenedStream(Mutex<Option<Stream>>);

impl OpenedStream {
    /// Holds a stream until it is taken.
    pub fn new(stream: Stream) -> Self {
        Self(Mutex::new(Some(stream)))
    }
}

#[pymethods]
impl OpenedStream {
    /// The stream; once.
    fn take(&self) -> PyResult<Stream> {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream.ok_or_else(|| PyRuntimeError::new_err("the stream was taken already"))
    }
}

/// What `Stream::poll` finds.
enum Found<'py> {
    Item(Bound<'py, PyAny>),
    Nothing,
}

impl Stream {
    /// `decode` makes a chunk of bytes; `fail` makes an exception of an error's dict.
    pub fn new(chunks: ChunkStream, port: Py<Port>, decode: Py<PyAny>, fail: Py<PyAny>) -> Self {
        Self { chunks, port, decode, fail, ready_in_a_row: AtomicU32::new(0), postponed: Mutex::new(None) }
    }

    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Found<'py>> {
        if let Some(error) = self.postponed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error);
        }
        match self.chunks.buffer.try_next() {
            Next::Chunk(json) => {
                let decoded = self.decode.bind(py).call1((PyBytes::new(py, &json),));
                // A chunk that cannot be read is the end: nothing after it could be trusted.
                decoded.map(Found::Item).inspect_err(|_| self.chunks.abort())
            }
            Next::Pending => Ok(Found::Nothing),
            Next::Done => Err(PyStopAsyncIteration::new_err(())),
            Next::Failed(error) => {
                let exception = self.fail.bind(py).call1((payload(py, error)?,))?;
                Err(PyErr::from_value(exception))
            }
        }
    }

    /// An awaitable that ends when there is something to read.
    fn waiting<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let buffer: Arc<Buffer> = self.chunks.buffer.clone();
        into_awaitable(self.port.bind(py), async move {
            buffer.wait_readable().await;
            Ok(())
        })
    }
}

#[pymethods]
impl Stream {
    fn __aiter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __anext__(slf: Bound<'_, Self>) -> NextChunk {
        NextChunk { stream: slf.unbind(), state: Mutex::new(Await::Running) }
    }

    /// Up to `limit` chunks that are buffered now, perhaps none; raises `StopAsyncIteration` at the end.
    fn take<'py>(&self, py: Python<'py>, limit: usize) -> PyResult<Bound<'py, PyList>> {
        let batch = PyList::empty(py);
        while batch.len() < limit {
            match self.poll(py) {
                Ok(Found::Item(chunk)) => batch.append(chunk)?,
                Ok(Found::Nothing) => break,
                Err(error) if batch.is_empty() => return Err(error),
                Err(error) => {
                    *self.postponed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    break;
                }
            }
        }
        Ok(batch)
    }

    /// An awaitable that ends when `take` has something to say.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.waiting(py)
    }

    /// Closes the connection to the provider. Chunks that are buffered stay readable.
    fn abort(&self) {
        self.chunks.abort();
    }

    /// HTTP status, 2xx.
    #[getter]
    fn status(&self) -> u16 {
        self.chunks.status
    }

    /// How many requests were sent.
    #[getter]
    fn attempts(&self) -> u32 {
        self.chunks.attempts
    }

    /// A response header; of a repeated one, the first.
    fn header(&self, name: &str) -> Option<String> {
        call::header(&self.chunks.headers, name)
    }

    /// Response headers.
    #[getter]
    fn head(&self) -> Head {
        Head(self.chunks.headers.clone())
    }
}

/// One `__anext__`. The chunk leaves the buffer only when the awaiting task runs, so cancelling loses none.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct NextChunk {
    stream: Py<Stream>,
    state: Mutex<Await>,
}

/// How far an await has come.
enum Await {
    /// Not started, or between two waits.
    Running,
    /// Something must come first: a chunk to be buffered, or the loop to turn.
    Waiting(Py<PyAny>),
    /// The chunk, or an exception, was delivered.
    Finished,
}

impl NextChunk {
    fn replace(&self, state: Await) -> Await {
        std::mem::replace(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    /// Resumes what is waited for with `step`, then runs until the next wait, whose future is yielded, or until a chunk
    /// is there, which is returned by raising `StopIteration`.
    fn advance<'py>(
        &self,
        py: Python<'py>,
        step: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut inner = match self.replace(Await::Finished) {
            Await::Finished => return Err(PyRuntimeError::new_err("cannot reuse an already awaited __anext__")),
            Await::Running => self.next_wait(py)?,
            Await::Waiting(inner) => {
                let inner = inner.into_bound(py);
                match step(&inner) {
                    Ok(yielded) => return Ok(self.keep_waiting(inner, yielded)),
                    Err(error) if error.is_instance_of::<PyStopIteration>(py) => self.next_wait(py)?,
                    Err(error) => return Err(error),
                }
            }
        };
        loop {
            match inner.call_method0(pyo3::intern!(py, "__next__")) {
                Ok(yielded) => return Ok(self.keep_waiting(inner, yielded)),
                Err(error) if error.is_instance_of::<PyStopIteration>(py) => inner = self.next_wait(py)?,
                Err(error) => return Err(error),
            }
        }
    }

    fn keep_waiting<'py>(&self, inner: Bound<'py, PyAny>, yielded: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
        self.replace(Await::Waiting(inner.unbind()));
        yielded
    }

    /// The iterator of what must come first; a chunk that is there is "raised" at once.
    fn next_wait<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let stream = self.stream.get();
        let awaitable = if stream.ready_in_a_row.load(Ordering::Relaxed) >= READY_IN_A_ROW {
            stream.ready_in_a_row.store(0, Ordering::Relaxed);
            stream.port.get().checkpoint(py)?
        } else {
            match stream.poll(py)? {
                Found::Item(chunk) => {
                    stream.ready_in_a_row.fetch_add(1, Ordering::Relaxed);
                    // A tuple of one, so that a value which is a tuple is not unpacked.
                    return Err(PyStopIteration::new_err((chunk.unbind(),)));
                }
                Found::Nothing => {
                    stream.ready_in_a_row.store(0, Ordering::Relaxed);
                    stream.waiting(py)?
                }
            }
        };
        awaitable.call_method0(pyo3::intern!(py, "__await__"))
    }
}

#[pymethods]
impl NextChunk {
    fn __await__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.advance(py, |inner| inner.call_method0(pyo3::intern!(py, "__next__")))
    }

    fn send<'py>(&self, py: Python<'py>, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.advance(py, |inner| inner.call_method1(pyo3::intern!(py, "send"), (value,)))
    }

    /// Takes an exception, or the (type, value, traceback) of Python before 3.12.
    #[pyo3(signature = (*exception))]
    fn throw<'py>(&self, py: Python<'py>, exception: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        if matches!(*self.state.lock().unwrap_or_else(PoisonError::into_inner), Await::Waiting(_)) {
            return self.advance(py, |inner| inner.call_method1(pyo3::intern!(py, "throw"), exception));
        }
        self.replace(Await::Finished);
        let value = exception.get_item(1).ok().filter(|value| !value.is_none());
        Err(PyErr::from_value(value.map_or_else(|| exception.get_item(0), Ok)?))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if let Await::Waiting(inner) = self.replace(Await::Finished)
            && let Some(close) = inner.bind(py).getattr_opt(pyo3::intern!(py, "close"))?
        {
            close.call0()?;
        }
        Ok(())
    }
}
