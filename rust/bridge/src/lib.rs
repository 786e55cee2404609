//! The extension module `edgequake_async._eq_core`: the crossing between the engine and Python, and nothing else.
//!
//! No Rust thread ever attaches to the interpreter: results wait in a port's queue until the event loop, already
//! attached, drains it. Every entry point that waits returns an awaitable made by [`awaitable::into_awaitable`].

mod awaitable;
mod call;
mod errors;
mod params;
mod port;
mod probe;
mod queue;
mod reply;
mod runtime;
mod stream;
mod target;
mod tokens;

use pyo3::prelude::*;

#[pymodule]
fn _eq_core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    errors::remember_panics();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("debug_build", cfg!(debug_assertions))?;
    module.add("EngineError", module.py().get_type::<errors::EngineError>())?;
    module.add_class::<port::Port>()?;
    module.add_class::<target::Target>()?;
    module.add_class::<reply::Head>()?;
    module.add_class::<reply::Reply>()?;
    module.add_class::<reply::EmbeddingReply>()?;
    module.add_class::<stream::OpenedStream>()?;
    module.add_class::<stream::Stream>()?;
    module.add_function(wrap_pyfunction!(call::request, module)?)?;
    module.add_function(wrap_pyfunction!(call::download, module)?)?;
    module.add_function(wrap_pyfunction!(call::embed, module)?)?;
    module.add_function(wrap_pyfunction!(call::open_stream, module)?)?;
    module.add_function(wrap_pyfunction!(call::structured_output, module)?)?;
    module.add_function(wrap_pyfunction!(call::media_type, module)?)?;
    module.add_function(wrap_pyfunction!(call::resolve, module)?)?;
    module.add_function(wrap_pyfunction!(call::serves, module)?)?;
    module.add_function(wrap_pyfunction!(call::translates, module)?)?;
    module.add_function(wrap_pyfunction!(call::told_by_model, module)?)?;
    module.add_function(wrap_pyfunction!(call::providers, module)?)?;
    module.add_function(wrap_pyfunction!(call::environment, module)?)?;
    module.add_function(wrap_pyfunction!(params::param_rules, module)?)?;
    module.add_function(wrap_pyfunction!(params::param_effects, module)?)?;
    module.add_function(wrap_pyfunction!(params::supported_params, module)?)?;
    module.add_function(wrap_pyfunction!(params::unsupported_params, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::count_tokens, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::count_tokens_async, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::encode_tokens, module)?)?;
    module.add_function(wrap_pyfunction!(tokens::decode_tokens, module)?)?;
    module.add_function(wrap_pyfunction!(probe::probe, module)?)?;
    Ok(())
}
