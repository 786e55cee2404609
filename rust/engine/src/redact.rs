//! Keys never appear in an error: every occurrence of a secret is replaced before the error leaves the engine.
//!
//! Works on the forms it is given: a caller that wants the percent-encoded or base64 form of a key hidden passes that
//! too.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use memchr::memmem;
use serde_json::Value;

use crate::error::Error;

const REDACTED: &str = "[redacted]";
/// Shorter secrets ("k", "none") occur in ordinary text, so they are replaced only where a key stands.
const MIN_ANYWHERE: usize = 6;
/// What surrounds a short secret where a key stands.
const SURROUNDINGS: [(&str, &str); 2] = [("\"", "\""), ("'", "'")];
const BEARER: &str = "Bearer ";

/// What must not be shown; neither does its `Debug`.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Secrets to hide; empty ones are ignored.
    pub fn new<I: IntoIterator<Item = String>>(secrets: I) -> Self {
        Self(secrets.into_iter().filter(|secret| !secret.is_empty()).collect())
    }

    /// Hides the secrets in every text of the error.
    pub fn clean(&self, error: &mut Error) {
        let details = error.details_mut();
        let optional = [&mut details.code, &mut details.error_type, &mut details.param, &mut details.request_id];
        let values = details.headers.iter_mut().map(|(_, value)| value);
        for text in [&mut details.message].into_iter().chain(optional.into_iter().flatten()).chain(values) {
            if let Some(cleaned) = self.replace(text.as_bytes()) {
                *text = String::from_utf8_lossy(&cleaned).into_owned();
            }
        }
        if let Some(cleaned) = self.replace(&details.body) {
            details.body = Bytes::from(cleaned);
        }
        // JSON can write any character as an escape ("\/", "\u0073"), which whoever parses the body undoes.
        if memchr::memchr(b'\\', &details.body).is_some()
            && let Ok(mut document) = serde_json::from_slice::<Value>(&details.body)
            && self.clean_document(&mut document)
        {
            details.body = Bytes::from(document.to_string());
        }
    }

    /// Hides the secrets in every string of a document; says whether there were any.
    fn clean_document(&self, document: &mut Value) -> bool {
        match document {
            Value::String(text) => match self.replace(text.as_bytes()) {
                Some(cleaned) => {
                    *text = String::from_utf8_lossy(&cleaned).into_owned();
                    true
                }
                None => false,
            },
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.clean_document(item) | any),
            Value::Object(fields) => fields.values_mut().fold(false, |any, value| self.clean_document(value) | any),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// The text with every secret replaced, `None` where there is none. Overlapping secrets are replaced as one.
    fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut hidden: Vec<Range<usize>> = self.0.iter().flat_map(|secret| occurrences(text, secret)).collect();
        hidden.sort_unstable_by_key(|range| (range.start, range.end));
        hidden.first()?;
        let mut cleaned = Vec::with_capacity(text.len());
        let mut read = 0;
        for range in hidden {
            if range.start >= read {
                cleaned.extend_from_slice(text.get(read..range.start).unwrap_or_default());
                cleaned.extend_from_slice(REDACTED.as_bytes());
            }
            read = read.max(range.end);
        }
        cleaned.extend_from_slice(text.get(read..).unwrap_or_default());
        Some(cleaned)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

fn occurrences(text: &[u8], secret: &str) -> Vec<Range<usize>> {
    let found = |needle: &str| -> Vec<usize> { memmem::find_iter(text, needle).collect() };
    let span = |start: usize| start..start + secret.len();
    if secret.len() >= MIN_ANYWHERE {
        return found(secret).into_iter().map(span).collect();
    }
    let quoted = SURROUNDINGS.iter().flat_map(|(before, after)| {
        found(&format!("{before}{secret}{after}")).into_iter().map(|at| span(at + before.len()))
    });
    let ends_word = |range: &Range<usize>| text.get(range.end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let bearer = found(&format!("{BEARER}{secret}")).into_iter().map(|at| span(at + BEARER.len())).filter(ends_word);
    quoted.chain(bearer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(secrets: &Secrets, text: &str) -> String {
        let cleaned = secrets.replace(text.as_bytes());
        cleaned.map_or_else(|| text.to_owned(), |cleaned| String::from_utf8(cleaned).unwrap())
    }
    use crate::error::Kind;

    fn secrets(list: &[&str]) -> Secrets {
        Secrets::new(list.iter().map(|&secret| secret.to_owned()))
    }

    #[test]
    fn a_secret_is_hidden_in_every_field() {
        let key = "sk-proj-1234567890";
        let mut error = Error::new(Kind::Authentication, format!("Incorrect API key provided: {key}."));
        let details = error.details_mut();
        details.code = Some(key.into());
        details.error_type = Some(key.into());
        details.param = Some(format!("a{key}b"));
        details.request_id = Some(key.into());
        details.headers = vec![("x-echo".into(), format!("Bearer {key}"))];
        details.body = Bytes::from(format!("{{\"key\":\"{key}\",\"raw\":\"\u{e9}{key}{key}\"}}"));
        secrets(&[key]).clean(&mut error);
        assert!(!format!("{error:?}").contains("1234567890"));
        let details = error.details();
        assert_eq!(details.message, "Incorrect API key provided: [redacted].");
        assert_eq!(details.param.as_deref(), Some("a[redacted]b"));
        assert_eq!(details.headers, [("x-echo".to_owned(), "Bearer [redacted]".to_owned())]);
        assert_eq!(details.body, "{\"key\":\"[redacted]\",\"raw\":\"\u{e9}[redacted][redacted]\"}");
    }

    #[test]
    fn a_body_that_is_not_text_keeps_its_bytes() {
        let mut error = Error::new(Kind::BadRequest, "x");
        error.details_mut().body = Bytes::from_static(b"\xff\xfesecret-key\xff");
        secrets(&["secret-key"]).clean(&mut error);
        assert_eq!(error.details().body, b"\xff\xfe[redacted]\xff".as_slice());
    }

    #[test]
    fn short_secrets_are_hidden_only_where_a_key_stands() {
        let secrets = secrets(&["k"]);
        let text = r#"kiwi Bearer k; Bearer kiwi "k" 'k' "key" k"#;
        let expected = r#"kiwi Bearer [redacted]; Bearer kiwi "[redacted]" '[redacted]' "key" k"#;
        assert_eq!(cleaned(&secrets, text), expected);
        assert_eq!(cleaned(&secrets, "Bearer k"), "Bearer [redacted]");
    }

    #[test]
    fn overlapping_secrets_leave_no_rest() {
        assert_eq!(cleaned(&secrets(&["abcdef", "defghi"]), "<abcdefghi>"), "<[redacted]>");
        assert_eq!(cleaned(&secrets(&["abcdef", "abcdefgh"]), "<abcdefgh>"), "<[redacted]>");
        assert_eq!(cleaned(&secrets(&["bcdefg", "abcdefghijkl"]), "<abcdefghijkl>"), "<[redacted]>");
        assert_eq!(cleaned(&secrets(&["redact", "abcdef"]), "abcdef"), "[redacted]");
    }

    #[test]
    fn empty_secrets_and_debug_show_nothing() {
        assert_eq!(cleaned(&secrets(&[""]), "text"), "text");
        assert_eq!(format!("{:?}", secrets(&["sk-proj-1234567890", ""])), "Secrets(1)");
    }

    #[test]
    fn escapes_of_json_hide_nothing() {
        let mut error = Error::new(crate::Kind::BadRequest, "no");
        error.details_mut().body = Bytes::from_static(br#"{"a": [{"b": "key\/\u0030123"}], "n": 1.50}"#);
        secrets(&["key/0123"]).clean(&mut error);
        assert_eq!(&error.details().body[..], br#"{"a":[{"b":"[redacted]"}],"n":1.5}"#);
    }
}
