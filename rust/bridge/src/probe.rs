//! What tests of the crossing need and no user does: awaitables that end in each possible way.

use std::time::Duration;

use edgequake_engine::{Error, Kind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::awaitable::into_awaitable;
use crate::port::Port;

/// How a probe ends.
enum Ending {
    Value(u64),
    PanicInConversion,
}

impl<'py> IntoPyObject<'py> for Ending {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    #[allow(clippy::panic, reason = "the panic is what is probed")]
    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Value(value) => Ok(value.into_pyobject(py)?.into_any()),
            Self::PanicInConversion => panic!("probe: panic in a conversion"),
        }
    }
}

/// An awaitable that ends as `ending` says (`value`, `error`, `panic`, `panic_in_conversion`) after `delay` seconds.
#[pyfunction]
#[pyo3(signature = (port, ending, delay = 0.0))]
#[allow(clippy::panic, reason = "the panic is what is probed")]
pub fn probe<'py>(port: &Bound<'py, Port>, ending: String, delay: f64) -> PyResult<Bound<'py, PyAny>> {
    let delay = Duration::try_from_secs_f64(delay).map_err(|error| PyValueError::new_err(error.to_string()))?;
    into_awaitable(port, async move {
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        match ending.as_str() {
            "value" => Ok(Ending::Value(42)),
            "panic" => panic!("probe: panic in a future"),
            "panic_in_conversion" => Ok(Ending::PanicInConversion),
            _ => Err(Error::new(Kind::Internal, "probe: error")),
        }
    })
}
