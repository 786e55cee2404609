//! The one way to fail: every failure of the engine is an [`Error`] with a [`Kind`].
//!
//! An error carries everything that arrived before it: status, structured fields of the body, headers and the body
//! itself. It never carries a key: [`crate::redact`] cleans it before it leaves the engine.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

/// The engine's result.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, one kind per exception class of the Python package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 400 and the other client errors that have no kind of their own.
    BadRequest,
    /// The prompt does not fit the model's context window.
    ContextWindowExceeded,
    /// The provider's safety system refused the request.
    ContentPolicyViolation,
    /// What a message refers to could not be fetched.
    ImageFetch,
    /// The provider cannot do what a parameter asks.
    UnsupportedParams,
    /// The model string names no provider that we know.
    UnknownProvider,
    /// 401, or no key at all.
    Authentication,
    /// 402.
    PaymentRequired,
    /// 403.
    PermissionDenied,
    /// 404.
    NotFound,
    /// 422.
    UnprocessableEntity,
    /// 429.
    RateLimit,
    /// One of our four limits fired, or the provider said 408 or 504.
    Timeout(TimeoutKind),
    /// No answer: refused, reset, DNS, TLS, or a stream cut before its end.
    Connection,
    /// 500 and the other server errors that have no kind of their own.
    InternalServer,
    /// 502.
    BadGateway,
    /// 503 and 529 (overloaded).
    ServiceUnavailable,
    /// A successful status with a body that is not what the protocol says.
    ResponseValidation,
    /// A defect of ours: a panic caught at the bridge.
    Internal,
}

/// Which limit fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeoutKind {
    /// TCP and TLS set-up.
    Connect,
    /// From the request being sent to the first event (stream) or the response head (unary).
    FirstToken,
    /// Between two pieces of a body.
    Idle,
    /// The whole call, retries included.
    Total,
    /// Not ours: the provider answered 408 or 504.
    Upstream,
}

impl TimeoutKind {
    /// The name that the Python exception shows as `timeout_kind`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::FirstToken => "first_token",
            Self::Idle => "idle",
            Self::Total => "total",
            Self::Upstream => "upstream",
        }
    }
}

impl Kind {
    /// The Python exception class of this kind.
    pub const fn class_name(self) -> &'static str {
        match self {
            Self::BadRequest => "BadRequestError",
            Self::ContextWindowExceeded => "ContextWindowExceededError",
            Self::ContentPolicyViolation => "ContentPolicyViolationError",
            Self::ImageFetch => "ImageFetchError",
            Self::UnsupportedParams => "UnsupportedParamsError",
            Self::UnknownProvider => "LiteLLMUnknownProvider",
            Self::Authentication => "AuthenticationError",
            Self::PaymentRequired => "PaymentRequiredError",
            Self::PermissionDenied => "PermissionDeniedError",
            Self::NotFound => "NotFoundError",
            Self::UnprocessableEntity => "UnprocessableEntityError",
            Self::RateLimit => "RateLimitError",
            Self::Timeout(_) => "Timeout",
            Self::Connection => "APIConnectionError",
            Self::InternalServer => "InternalServerError",
            Self::BadGateway => "BadGatewayError",
            Self::ServiceUnavailable => "ServiceUnavailableError",
            Self::ResponseValidation => "APIResponseValidationError",
            Self::Internal => "InternalError",
        }
    }
}

/// A failure, with all that is known of it.
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

/// The fields of an [`Error`]; boxed so that a `Result` stays small.
#[derive(Clone, Debug)]
pub struct Details {
    /// What went wrong.
    pub kind: Kind,
    /// One sentence for a person: the provider's own message where there is one.
    pub message: String,
    /// The provider's name in the table, empty before one is known.
    pub provider: String,
    /// HTTP status, where a response arrived.
    pub status: Option<u16>,
    /// `error.code` of the body, as text (providers send strings and integers).
    pub code: Option<String>,
    /// `error.type` of the body.
    pub error_type: Option<String>,
    /// `error.param` of the body.
    pub param: Option<String>,
    /// The provider's request id, from the response headers.
    pub request_id: Option<String>,
    /// How long the provider asks us to wait.
    pub retry_after: Option<Duration>,
    /// Response headers, in order, values as Latin-1 text.
    pub headers: Vec<(String, String)>,
    /// The response body as it arrived.
    pub body: Bytes,
    /// How many requests were sent, the first included.
    pub attempts: u32,
    /// Sending again cannot help (a certificate that is not trusted).
    pub permanent: bool,
    /// A token was refused that had been kept, and another would be shown instead.
    pub token_refused: bool,
    /// The operating system's number, where a file of the caller's is at fault.
    pub os_error: Option<i32>,
}

impl Error {
    /// A failure without a response.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            message: message.into(),
            provider: String::new(),
            status: None,
            code: None,
            error_type: None,
            param: None,
            request_id: None,
            retry_after: None,
            headers: Vec::new(),
            body: Bytes::new(),
            attempts: 0,
            permanent: false,
            token_refused: false,
            os_error: None,
        }))
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The fields.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// The fields, to be filled in.
    pub fn details_mut(&mut self) -> &mut Details {
        &mut self.0
    }

    /// The fields, by value.
    pub fn into_details(self) -> Details {
        *self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.class_name(), self.0.message)
    }
}

impl std::error::Error for Error {}
