//! Which of OpenAI's parameters a provider has, for Python, which prepares the requests of pass-through providers.

use edgequake_engine::protocol::{Ask, Route};
use edgequake_engine::provider::find;
use edgequake_engine::provider::params::{self, Effect};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::payload;
use crate::target::route_named;

/// (what, value): `lacks`; `only` a number; `named` a name; `implied`, for one value or None for any.
type Told<'py> = (&'static str, Bound<'py, PyAny>);

fn told(py: Python<'_>, effect: Effect) -> PyResult<Told<'_>> {
    Ok(match effect {
        Effect::Lacks => ("lacks", py.None().into_bound(py)),
        Effect::Only(value) => ("only", value.into_bound_py_any(py)?),
        Effect::Named(name) => ("named", name.into_bound_py_any(py)?),
        Effect::Implied(value) => ("implied", value.into_bound_py_any(py)?),
    })
}

fn ask(provider: &str, model: &str, route: &str) -> Ask {
    Ask { route: route_named(route), provider: provider.to_owned(), model: model.to_owned(), ..Ask::default() }
}

/// Every rule, as the table has it.
#[pyfunction]
pub fn param_rules(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let row = |rule: &params::Rule| {
        let (what, value) = told(py, rule.effect)?;
        let dict = PyDict::new(py);
        dict.set_item("providers", rule.providers)?;
        dict.set_item("models", rule.models)?;
        dict.set_item("route", if rule.route == Route::Embeddings { "embeddings" } else { "chat" })?;
        dict.set_item("params", rule.params)?;
        dict.set_item("effect", (what, value))?;
        dict.set_item("source", rule.source)?;
        Ok(dict)
    };
    params::rules().iter().map(row).collect()
}

/// What the provider does with OpenAI's parameters, where it does not simply have them.
#[pyfunction]
pub fn param_effects<'py>(
    py: Python<'py>,
    provider: &str,
    model: &str,
    route: &str,
) -> PyResult<Vec<(&'static str, Told<'py>)>> {
    params::effects(&ask(provider, model, route)).map(|(name, effect)| Ok((name, told(py, effect)?))).collect()
}

/// OpenAI's parameters that may be set in a call to the provider; None where there is no such provider.
#[pyfunction]
pub fn supported_params(provider: &str, model: &str, route: &str) -> Option<Vec<&'static str>> {
    find(provider).map(|row| params::supported(row, &ask(provider, model, route)))
}

/// The dict of the error of parameters that the provider does not have.
#[pyfunction]
pub fn unsupported_params<'py>(
    py: Python<'py>,
    provider: &str,
    model: &str,
    names: Vec<String>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut error = ask(provider, model, "").unsupported(&names);
    error.details_mut().provider = provider.to_owned();
    payload(py, error)
}
