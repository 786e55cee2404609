//! Where a call goes and under which terms, from Python's words.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use edgequake_engine::protocol::{self, Ask, Native, Options, Route};
use edgequake_engine::provider::find;
use edgequake_engine::retry::Policy;
use edgequake_engine::target::{self, Terms};
use edgequake_engine::timeouts::Timeouts;
use edgequake_engine::{Error, auth, call};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{payload, to_pyerr};
use crate::reply::Reply;

/// Where a call goes and under which terms; checked when it is made.
#[pyclass(frozen, module = "edgequake_async._eq_core")]
pub struct Target(pub Arc<target::Target>);

#[pymethods]
impl Target {
    #[new]
    #[pyo3(signature = (method, path, provider, api_base, api_key, headers, timeouts, retries, verify, ca_file,
        ask = None))]
    #[allow(clippy::too_many_arguments, reason = "one crossing per target; Python passes them by position")]
    fn new(
        method: &str,
        path: &str,
        provider: String,
        api_base: String,
        api_key: Option<String>,
        headers: Vec<(String, String)>,
        timeouts: (Option<f64>, Option<f64>, Option<f64>, Option<f64>),
        retries: Retries,
        verify: bool,
        ca_file: Option<PathBuf>,
        ask: Option<Asked>,
    ) -> PyResult<Self> {
        let seconds = |limit: Option<f64>| limit.and_then(|limit| Duration::try_from_secs_f64(limit).ok());
        let row = find(&provider);
        let verify = target::verify_from(verify, ca_file);
        let way = row.map_or("", |row| row.auth);
        let (api_key, exchanged) = match api_key {
            Some(key) if auth::exchanges(way, &key) => (None, Some((auth::KEY.to_owned(), key))),
            key => (key, None),
        };
        let completed = ask.map(|mut ask: Asked| {
            ask.5.extend(exchanged);
            if api_key.is_none() {
                ask.5.extend(auth::known(way, &Options::new(ask.5.clone()))?);
            }
            Ok(ask)
        });
        let named = |mut error: Error| {
            error.details_mut().provider.clone_from(&provider);
            to_pyerr(error)
        };
        let ask = completed.transpose().map_err(named)?;
        let (native, options) = ask.map_or_else(Default::default, |ask| native(ask, &provider, path));
        // What authorises calls also fills in what is left blank in an address.
        let authorise = match row.filter(|_| api_key.is_none() || api_base.contains('{')) {
            Some(row) => auth::find(row.auth, &options, &verify).map_err(named)?,
            None => None,
        };
        let terms = Terms {
            api_key,
            api_base,
            headers,
            timeouts: Timeouts {
                connect: seconds(timeouts.0),
                first_token: seconds(timeouts.1),
                idle: seconds(timeouts.2),
                total: seconds(timeouts.3),
            },
            retries: retries.into(),
            verify,
            native,
            authorise,
            provider,
        };
        target::Target::new(terms, method, path).map(|target| Self(Arc::new(target))).map_err(to_pyerr)
    }

    /// The dict of the error that a reply is whose body is not what the protocol says.
    fn invalid<'py>(&self, py: Python<'py>, reply: &Bound<'py, Reply>, why: &str) -> PyResult<Bound<'py, PyDict>> {
        payload(py, call::invalid(&self.0, &reply.get().0, why))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// (route, model, streamed, drop_params, allowed_openai_params, options) of a call to a provider that has more to it than
/// OpenAI's protocol and a key.
type Asked = (String, String, bool, bool, Vec<String>, Vec<(String, String)>);

fn native(
    (route, model, stream, drop_params, allowed_params, options): Asked,
    provider: &str,
    path: &str,
) -> (Option<Native>, Options) {
    let options = Options::new(options);
    let protocol = find(provider).and_then(|row| protocol::find(row.protocol));
    let native = protocol.map(|protocol| {
        let route = route_named(&route);
        let (provider, path, options) = (provider.to_owned(), path.to_owned(), options.clone());
        Native::new(protocol, Ask { route, path, provider, model, stream, drop_params, allowed_params, options })
    });
    (native, options)
}

/// The route of that name; a chat where there is none.
pub fn route_named(name: &str) -> Route {
    Route::named(name).unwrap_or_default().0
}

/// How often, or (how often, first delay, longest delay, factor, jitter, statuses), in seconds.
#[derive(FromPyObject)]
enum Retries {
    Number(u32),
    Policy(u32, f64, f64, f64, f64, Vec<u16>),
}

impl From<Retries> for Policy {
    fn from(retries: Retries) -> Self {
        // A wait too long for the clock is the longest there is.
        let seconds = |delay| Duration::try_from_secs_f64(delay).unwrap_or(Duration::MAX);
        match retries {
            Retries::Number(max_retries) => Self { max_retries, ..Self::default() },
            Retries::Policy(max_retries, first_delay, max_delay, factor, jitter, statuses) => Self {
                max_retries,
                first_delay: seconds(first_delay),
                max_delay: seconds(max_delay),
                factor,
                jitter,
                statuses: Some(statuses),
            },
        }
    }
}
