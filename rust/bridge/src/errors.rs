//! Engine errors and panics as one Python exception, `EngineError`, whose argument is a dict of all that is known; the
//! package turns it into the class that users catch.

use std::any::Any;
use std::cell::RefCell;

use edgequake_engine::error::{Details, Error, Kind};
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use pyo3::{IntoPyObjectExt, PyErrArguments};

create_exception!(
    edgequake_async._eq_core,
    EngineError,
    PyException,
    "A failure, as a dict of all that is known of it."
);

/// Made into a dict only on the loop's thread.
struct Payload(Error);

impl PyErrArguments for Payload {
    fn arguments(self, py: Python<'_>) -> Py<PyAny> {
        payload(py, self.0).and_then(|dict| (dict,).into_py_any(py)).unwrap_or_else(|_| PyTuple::empty(py).into())
    }
}

/// The exception of an engine error; needs no interpreter.
pub fn to_pyerr(error: Error) -> PyErr {
    PyErr::new::<EngineError, _>(Payload(error))
}

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Panics of this extension are not printed: each is caught and raised, with its place. (The hook belongs to this
/// library's own copy of std; other extensions' panics are not touched.)
pub fn remember_panics() {
    std::panic::set_hook(Box::new(|info| {
        PLACE.with_borrow_mut(|place| *place = info.location().map(ToString::to_string));
    }));
}

/// The exception of a panic that this thread caught; needs no interpreter.
pub fn panic_to_pyerr(panic: &(dyn Any + Send)) -> PyErr {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic without a message");
    let place = PLACE.with_borrow_mut(Option::take).unwrap_or_else(|| "unknown place".to_owned());
    to_pyerr(Error::new(Kind::Internal, format!("{message} ({place})")))
}

/// The dict of an error.
pub fn payload(py: Python<'_>, error: Error) -> PyResult<Bound<'_, PyDict>> {
    let Details {
        kind,
        message,
        provider,
        status,
        code,
        error_type,
        param,
        request_id,
        retry_after,
        headers,
        body,
        attempts,
        permanent: _,
        token_refused: _,
        os_error,
    } = error.into_details();
    let timeout_kind = match kind {
        Kind::Timeout(limit) => Some(limit.name()),
        _ => None,
    };
    let dict = PyDict::new(py);
    dict.set_item("kind", kind.class_name())?;
    dict.set_item("message", message)?;
    dict.set_item("provider", provider)?;
    dict.set_item("status", status)?;
    dict.set_item("code", code)?;
    dict.set_item("type", error_type)?;
    dict.set_item("param", param)?;
    dict.set_item("request_id", request_id)?;
    dict.set_item("retry_after", retry_after.map(|delay| delay.as_secs_f64()))?;
    dict.set_item("headers", headers)?;
    dict.set_item("body", PyBytes::new(py, &body))?;
    dict.set_item("timeout_kind", timeout_kind)?;
    dict.set_item("attempts", attempts)?;
    dict.set_item("os_error", os_error)?;
    Ok(dict)
}
