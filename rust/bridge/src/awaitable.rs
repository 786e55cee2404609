//! From a Rust future to a Python awaitable: the one place where `future_into_py` is used.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use edgequake_engine::Result as EngineResult;
use futures_util::FutureExt;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3_async_runtimes::TaskLocals;
use pyo3_async_runtimes::generic::future_into_py_with_locals;

use crate::errors::{panic_to_pyerr, to_pyerr};
use crate::port::{LoopRuntime, Port, for_port};

/// An awaitable of the port's loop. Cancelling it drops the future; a panic, in the future or while its result is made
/// into a Python object, is raised as `InternalError`.
pub fn into_awaitable<'py, F, T>(port: &Bound<'py, Port>, future: F) -> PyResult<Bound<'py, PyAny>>
where
    F: Future<Output = EngineResult<T>> + Send + 'static,
    T: for<'a> IntoPyObject<'a> + Send + 'static,
{
    let guarded = AssertUnwindSafe(future).catch_unwind().map(|outcome| match outcome {
        Ok(Ok(value)) => Ok(Guarded(value)),
        Ok(Err(error)) => Err(to_pyerr(error)),
        Err(panic) => Err(panic_to_pyerr(&*panic)),
    });
    let locals = TaskLocals::new(port.clone().into_any());
    for_port(port.get(), || future_into_py_with_locals::<LoopRuntime, _, _>(port.py(), locals, guarded))
}

/// A value whose conversion may panic without anybody waiting for ever.
struct Guarded<T>(T);

impl<'py, T> IntoPyObject<'py> for Guarded<T>
where
    T: for<'a> IntoPyObject<'a>,
{
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        catch_unwind(AssertUnwindSafe(|| self.0.into_bound_py_any(py)))
            .unwrap_or_else(|panic| Err(panic_to_pyerr(&*panic)))
    }
}
