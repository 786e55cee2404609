//! Which failures may be retried, and how long to wait before.
//!
//! Only what a second request can change: no answer at all, and the statuses 408, 429 and 5xx or those that the caller
//! names. A failure that a successful status reported is never retried, because the provider may have charged for it.

use std::time::{Duration, SystemTime};

use crate::error::{Error, Kind, TimeoutKind};

/// Whether and how a failed request is sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// How often; none by default.
    pub max_retries: u32,
    /// The wait before the first retry, without jitter.
    pub first_delay: Duration,
    /// The longest wait that we choose ourselves.
    pub max_delay: Duration,
    /// How much longer each further wait is.
    pub factor: f64,
    /// Up to this share of a wait is taken off at random, so that clients do not return all at once.
    pub jitter: f64,
    /// The statuses that are retried; 408, 429 and 5xx where none are named.
    pub statuses: Option<Vec<u16>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_retries: 0,
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            factor: 2.0,
            jitter: 0.25,
            statuses: None,
        }
    }
}

impl Policy {
    /// The wait before sending again after `attempts` requests; `None` where the failure is final.
    pub fn next_delay(&self, attempts: u32, error: &Error, random: f64) -> Option<Duration> {
        (attempts <= self.max_retries && self.is_retryable(error)).then(|| self.delay(attempts - 1, error, random))
    }

    /// Whether sending the request again is allowed and may help.
    fn is_retryable(&self, error: &Error) -> bool {
        let details = error.details();
        match (details.status, details.kind) {
            _ if details.permanent => false,
            (Some(status), _) => match &self.statuses {
                Some(statuses) => statuses.contains(&status),
                None => matches!(status, 408 | 429 | 500..=599),
            },
            (None, kind) => matches!(kind, Kind::Connection | Kind::Timeout(TimeoutKind::Connect)),
        }
    }

    /// How long to wait before retry number `retry` (from 0): what the provider asks, however long, else the first delay
    /// times the factor each time, up to the longest, less the jitter; `random` is in 0.0..1.0.
    fn delay(&self, retry: u32, error: &Error, random: f64) -> Duration {
        if let Some(asked) = error.details().retry_after {
            return asked;
        }
        let exponent = i32::try_from(retry).unwrap_or(i32::MAX);
        let full = Duration::try_from_secs_f64(self.first_delay.as_secs_f64() * self.factor.powi(exponent));
        let full = full.unwrap_or(self.max_delay).min(self.max_delay);
        full.mul_f64(1.0 - self.jitter.clamp(0.0, 1.0) * random.clamp(0.0, 1.0))
    }
}

/// How long the response asks us to wait: `retry-after-ms` in milliseconds, else `retry-after` in seconds or as an HTTP
/// date (a date that has passed is no wait).
pub fn retry_after(headers: &[(String, String)], now: SystemTime) -> Option<Duration> {
    let value = |name: &str| {
        let header = headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.trim())
    };
    let seconds = |text: &str, unit: f64| Duration::try_from_secs_f64(text.parse::<f64>().ok()? * unit).ok();
    value("retry-after-ms").and_then(|text| seconds(text, 0.001)).or_else(|| {
        let text = value("retry-after")?;
        let date = || Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default());
        seconds(text, 1.0).or_else(date)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: Kind, status: Option<u16>) -> Error {
        let mut error = Error::new(kind, "x");
        error.details_mut().status = status;
        error
    }

    #[test]
    fn exactly_these_statuses_are_retried() {
        let retried: Vec<u16> = (300..=600)
            .filter(|&status| Policy::default().is_retryable(&failed(Kind::BadRequest, Some(status))))
            .collect();
        let expected: Vec<u16> = [408, 429].into_iter().chain(500..=599).collect();
        assert_eq!(retried, expected);
        assert!(!Policy::default().is_retryable(&failed(Kind::InternalServer, Some(200))));
    }

    #[test]
    fn without_an_answer_only_the_connection_counts() {
        assert!(Policy::default().is_retryable(&failed(Kind::Connection, None)));
        assert!(Policy::default().is_retryable(&failed(Kind::Timeout(TimeoutKind::Connect), None)));
        for kind in [TimeoutKind::FirstToken, TimeoutKind::Idle, TimeoutKind::Total, TimeoutKind::Upstream] {
            assert!(!Policy::default().is_retryable(&failed(Kind::Timeout(kind), None)), "{kind:?}");
        }
        for kind in [Kind::InternalServer, Kind::BadRequest, Kind::Internal, Kind::UnknownProvider] {
            assert!(!Policy::default().is_retryable(&failed(kind, None)), "{kind:?}");
        }
        // A body that broke off: bytes had arrived.
        assert!(!Policy::default().is_retryable(&failed(Kind::Connection, Some(200))));
        let mut untrusted = failed(Kind::Connection, None);
        untrusted.details_mut().permanent = true;
        assert!(!Policy::default().is_retryable(&untrusted));
    }

    #[test]
    fn waits_double_up_to_eight_seconds_less_jitter() {
        let (policy, error) = (Policy::default(), failed(Kind::Connection, None));
        let waits: Vec<u128> = (0..7).map(|attempt| policy.delay(attempt, &error, 0.0).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(policy.delay(0, &error, 1.0), Duration::from_millis(375));
        assert_eq!(policy.delay(u32::MAX, &error, 0.0), policy.max_delay);
    }

    #[test]
    fn callers_choose_statuses_and_waits() {
        let policy = Policy {
            max_retries: 2,
            first_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(5),
            factor: 3.0,
            jitter: 0.5,
            statuses: Some(vec![418]),
        };
        let teapot = failed(Kind::BadRequest, Some(418));
        let waits: Vec<_> = (1..=3).map(|attempts| policy.next_delay(attempts, &teapot, 0.0)).collect();
        assert_eq!(waits, [Some(Duration::from_secs(1)), Some(Duration::from_secs(3)), None]);
        assert_eq!(policy.delay(7, &teapot, 1.0), Duration::from_millis(2500));
        assert_eq!(policy.next_delay(1, &failed(Kind::InternalServer, Some(500)), 0.0), None);
        assert_eq!(Policy::default().next_delay(1, &failed(Kind::Connection, None), 0.0), None);
    }

    #[test]
    fn what_the_provider_asks_is_returned_as_it_is() {
        let mut error = failed(Kind::RateLimit, Some(429));
        error.details_mut().retry_after = Some(Duration::from_secs(3600));
        assert_eq!(Policy::default().delay(0, &error, 0.5), Duration::from_secs(3600));
    }

    #[test]
    fn reads_every_spelling_of_retry_after() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        type Headers<'a> = &'a [(&'a str, &'a str)];
        let read = |headers: Headers| {
            let headers: Vec<_> = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            retry_after(&headers, now)
        };
        let cases: [(Headers, Option<Duration>); 12] = [
            (&[("Retry-After", "2")], Some(Duration::from_secs(2))),
            (&[("retry-after", "0.25")], Some(Duration::from_millis(250))),
            (&[("retry-after", " 7 ")], Some(Duration::from_secs(7))),
            (&[("retry-after", "9"), ("Retry-After-Ms", "1500")], Some(Duration::from_millis(1500))),
            (&[("retry-after", "9"), ("retry-after-ms", "soon")], Some(Duration::from_secs(9))),
            (&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], Some(Duration::from_secs(30))),
            (&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(Duration::ZERO)),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "inf")], None),
            (&[("retry-after", "")], None),
            (&[], None),
        ];
        for (headers, expected) in cases {
            assert_eq!(read(headers), expected, "{headers:?}");
        }
    }
}
