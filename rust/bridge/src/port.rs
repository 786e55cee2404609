//! A port is one event loop's doorway: a queue of jobs, a bell (a socket) that the loop watches, and the drain that the
//! loop calls when the bell rings. It is also what pyo3-async-runtimes takes for the event loop, and its runtime.

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use pyo3_async_runtimes::TaskLocals;
use pyo3_async_runtimes::generic::{ContextExt, JoinError, Runtime};

use crate::queue::Queue;
use crate::runtime::process;

/// One event loop's doorway.
///
/// `create_future` makes a future of that loop; `checkpoint` makes an awaitable that lets the loop turn once.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Port {
    queue: Arc<Queue>,
    create_future: Py<PyAny>,
    checkpoint: Py<PyAny>,
}

impl Port {
    /// A way to this port for notices.
    pub fn notices(&self) -> Notices {
        Notices(self.queue.clone())
    }

    /// The iterator of an awaitable that lets the loop turn once.
    pub fn checkpoint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.checkpoint.bind(py).call0()
    }
}

/// What a call has to say to its loop before its result, from any thread.
pub struct Notices(Arc<Queue>);

impl Notices {
    /// Has the loop call `notice` in its own thread. An exception of it is reported as one that nobody could catch.
    pub fn post(&self, notice: impl for<'py> FnOnce(Python<'py>) -> PyResult<Py<PyAny>> + Send + 'static) {
        self.0.push(Box::new(move || {
            Python::attach(|py| {
                if let Err(error) = notice(py) {
                    error.write_unraisable(py, None);
                }
            });
        }));
    }
}

#[pymethods]
impl Port {
    #[new]
    fn new(create_future: Py<PyAny>, checkpoint: Py<PyAny>) -> PyResult<Self> {
        Ok(Self { queue: Arc::new(Queue::new()?), create_future, checkpoint })
    }

    /// The callable that the loop is to call when `fileno()` is readable. Dropping it closes the port, so the loop
    /// must be its only owner: a loop that is closed then closes the port.
    fn drain(&self) -> Drain {
        Drain(self.queue.clone())
    }

    /// The bell's file descriptor.
    #[cfg(unix)]
    fn fileno(&self) -> i64 {
        use std::os::fd::AsRawFd;
        self.queue.bell.as_raw_fd().into()
    }

    /// The bell's socket handle.
    #[cfg(windows)]
    fn fileno(&self) -> u64 {
        use std::os::windows::io::AsRawSocket;
        self.queue.bell.as_raw_socket()
    }

    /// Drops what waits and all that is still to come.
    fn close(&self) {
        self.queue.close();
    }

    /// For pyo3-async-runtimes.
    fn create_future<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.create_future.bind(py).call0()
    }

    /// For pyo3-async-runtimes, which calls it from a job: we are on the loop's thread already.
    #[pyo3(signature = (callback, *args, context = None))]
    fn call_soon_threadsafe(
        &self,
        callback: &Bound<'_, PyAny>,
        args: &Bound<'_, PyTuple>,
        context: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let _ = context;
        callback.call1(args).map(drop)
    }
}

/// What the loop calls when the bell rings.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Drain(Arc<Queue>);

#[pymethods]
impl Drain {
    fn __call__(&self) {
        self.0.silence();
        let (batch, more) = self.0.take();
        for job in batch {
            // Jobs guard themselves; this keeps the others going if the delivery code itself fails.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
        if more {
            self.0.ring();
        }
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        self.0.close();
    }
}

tokio::task_local! {
    static HERE: Arc<Queue>;
}

thread_local! {
    static NEXT: RefCell<Option<Arc<Queue>>> = const { RefCell::new(None) };
}

/// Runs `start`, during which [`LoopRuntime::spawn`] spawns for this port.
pub fn for_port<R>(port: &Port, start: impl FnOnce() -> R) -> R {
    NEXT.with_borrow_mut(|next| *next = Some(port.queue.clone()));
    let result = start();
    NEXT.with_borrow_mut(|next| *next = None);
    result
}

/// The runtime that pyo3-async-runtimes sees: futures go to tokio, deliveries to the port's queue.
pub struct LoopRuntime;

/// A panic caught outside the guard of [`crate::awaitable::into_awaitable`].
pub struct Panicked(Box<dyn std::any::Any + Send>);

impl JoinError for Panicked {
    fn is_panic(&self) -> bool {
        true
    }

    fn into_panic(self) -> Box<dyn std::any::Any + Send> {
        self.0
    }
}

/// How a spawned piece of work is awaited.
pub enum Handle {
    /// A task of its own that nobody waits for.
    Detached,
    /// Run by whoever awaits it.
    Inline(Pin<Box<dyn Future<Output = Result<(), Panicked>> + Send>>),
}

impl Future for Handle {
    type Output = Result<(), Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Detached => Poll::Ready(Ok(())),
            Self::Inline(future) => future.as_mut().poll(cx),
        }
    }
}

impl Runtime for LoopRuntime {
    type JoinError = Panicked;
    type JoinHandle = Handle;

    /// The crate spawns twice per call and awaits the inner one at once, so only the outer becomes a tokio task: one
    /// task per call instead of two.
    fn spawn<F>(future: F) -> Handle
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if HERE.try_with(|_| ()).is_ok() {
            return Handle::Inline(Box::pin(
                AssertUnwindSafe(future).catch_unwind().map(|done| done.map_err(Panicked)),
            ));
        }
        if let (Some(queue), Ok(process)) = (NEXT.with_borrow_mut(Option::take), process()) {
            process.runtime.spawn(HERE.scope(queue, future));
        }
        Handle::Detached
    }

    /// Used by the crate for delivery alone.
    fn spawn_blocking<F>(job: F) -> Handle
    where
        F: FnOnce() + Send + 'static,
    {
        let _ = HERE.try_with(|queue| queue.push(Box::new(job)));
        Handle::Detached
    }
}

impl ContextExt for LoopRuntime {
    fn scope<F, R>(_locals: TaskLocals, future: F) -> Pin<Box<dyn Future<Output = R> + Send>>
    where
        F: Future<Output = R> + Send + 'static,
    {
        Box::pin(future)
    }

    fn get_task_locals() -> Option<TaskLocals> {
        None
    }
}
