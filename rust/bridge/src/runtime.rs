//! One tokio runtime and one set of HTTP clients per process id. A forked child builds its own and never touches, or
//! drops, its parent's: the parent's threads do not exist in the child, so joining them would hang.

use std::sync::{Arc, PoisonError, RwLock};

use edgequake_engine::http::Clients;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};

/// What a process owns; leaked, because its threads may outlive the interpreter.
pub struct Process {
    pid: u32,
    pub runtime: Runtime,
    pub clients: Arc<Clients>,
}

// Only ever locked while attached to the interpreter, as fork is: a child never inherits it locked.
static CURRENT: RwLock<Option<&'static Process>> = RwLock::new(None);

/// This process's runtime and clients, started on first use.
pub fn process() -> PyResult<&'static Process> {
    let pid = std::process::id();
    if let Some(process) = *CURRENT.read().unwrap_or_else(PoisonError::into_inner)
        && process.pid == pid
    {
        return Ok(process);
    }
    let mut current = CURRENT.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(process) = *current
        && process.pid == pid
    {
        return Ok(process);
    }
    let process: &'static Process = Box::leak(Box::new(Process { pid, runtime: start()?, clients: Arc::default() }));
    *current = Some(process);
    Ok(process)
}

fn start() -> PyResult<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(workers()?)
        // Name look-ups are the only blocking work; tokio's default of 512 threads would all start under load.
        .max_blocking_threads(4)
        .thread_name("edgequake")
        .enable_all()
        .build()
        .map_err(|error| PyRuntimeError::new_err(format!("cannot start the runtime: {error}")))
}

fn workers() -> PyResult<usize> {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    match std::env::var("EDGEQUAKE_WORKER_THREADS") {
        Err(_) => Ok(cpus.min(4)),
        Ok(text) => text.trim().parse().ok().filter(|count| (1..=64).contains(count)).ok_or_else(|| {
            PyRuntimeError::new_err(format!("EDGEQUAKE_WORKER_THREADS must be a number from 1 to 64, not {text:?}"))
        }),
    }
}
