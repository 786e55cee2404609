//! Tokens that end after a while: one fetch for however many calls ask at a time, kept by whoever keeps the clients.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// A token is renewed this long before it ends; Google's own libraries take the same, because its metadata server hands
/// out one token until five minutes before it ends
/// (https://cloud.google.com/compute/docs/access/authenticate-workloads#applications).
const MARGIN: Duration = Duration::from_secs(225);
/// How long a token that could not be renewed, and has not ended, is used before that is tried again.
const PAUSE: Duration = Duration::from_secs(10);

/// What shows who makes a call, for a while.
#[derive(Clone)]
pub struct Token {
    /// The token itself.
    pub text: String,
    /// What came beside it and goes with it: the project that pays, the host that serves.
    pub beside: Option<String>,
    renewed_at: Instant,
    ends: Instant,
}

impl Token {
    /// A token that lives this long from now.
    pub fn new(text: String, beside: Option<String>, life: Duration) -> Self {
        let now = Instant::now();
        Self { text, beside, renewed_at: now + (life - MARGIN.min(life / 2)), ends: now + life }
    }
}

/// The tokens of one process, by whose they are.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<String, Arc<Slot>>>);

/// Held while a token is fetched.
type Slot = tokio::sync::Mutex<Held>;

#[derive(Default)]
struct Held {
    token: Option<Token>,
    failed: Option<(Instant, Error)>,
    /// The last that was refused: calls that were under way with it are refused later.
    refused: Option<String>,
}

impl Tokens {
    /// The token of `whose`, fetched where there is none that lasts. Who waited for a fetch that failed fails with it; a
    /// fetch that its call gave up is begun anew by the next.
    ///
    /// # Errors
    /// Those of `fetch`.
    pub async fn get<F: Future<Output = Result<Token>>>(
        &self,
        whose: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<Token> {
        let asked = Instant::now();
        let slot = self.slot(whose);
        let mut held = slot.lock().await;
        match (&held.token, &held.failed) {
            (Some(token), _) if Instant::now() < token.renewed_at => return Ok(token.clone()),
            (_, Some((at, error))) if *at > asked => return Err(error.clone()),
            _ => {}
        }
        let fetched = fetch().await;
        let now = Instant::now();
        match (fetched, &mut held.token) {
            (Ok(token), _) => {
                (held.token, held.failed) = (Some(token.clone()), None);
                Ok(token)
            }
            (Err(_), Some(token)) if now < token.ends => {
                token.renewed_at = now + PAUSE;
                Ok(token.clone())
            }
            (Err(error), _) => {
                (held.token, held.failed) = (None, Some((now, error.clone())));
                Err(error)
            }
        }
    }

    /// Forgets this token of `whose`, which was refused; whether it was one of `whose`. One that is being fetched is
    /// another.
    pub fn forget(&self, whose: &str, refused: &str) -> bool {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(slot) = slots.get(whose) else {
            return false;
        };
        let Ok(mut held) = slot.try_lock() else {
            return true;
        };
        if let Some(token) = held.token.take_if(|token| token.text == refused) {
            held.refused = Some(token.text);
        }
        held.refused.as_deref() == Some(refused)
    }

    fn slot(&self, whose: &str) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(whose) {
            return slot.clone();
        }
        // Programs that serve many people's credentials would gather tokens without end.
        slots.retain(|_, slot| match slot.try_lock() {
            Ok(held) => held.token.as_ref().is_some_and(|token| Instant::now() < token.ends),
            Err(_) => true,
        });
        slots.entry(whose.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::future::join_all;

    use super::*;
    use crate::error::Kind;

    const HOUR: Duration = Duration::from_secs(3600);

    fn token(text: &str, life: Duration) -> Token {
        Token::new(text.to_owned(), None, life)
    }

    #[tokio::test]
    async fn many_that_ask_at_a_time_share_one_fetch() {
        let (tokens, fetches) = (Tokens::default(), AtomicU32::new(0));
        let get = || {
            tokens.get("a", || async {
                tokio::task::yield_now().await;
                Ok(token(&fetches.fetch_add(1, Ordering::Relaxed).to_string(), HOUR))
            })
        };
        let got = join_all((0..100).map(|_| get())).await;
        assert!(got.iter().all(|token| token.as_ref().unwrap().text == "0"));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert_eq!(tokens.get("b", || async { Ok(token("other", HOUR)) }).await.unwrap().text, "other");
    }

    #[tokio::test]
    async fn many_that_ask_at_a_time_share_one_failure_and_later_ones_try_again() {
        let (tokens, fetches) = (Tokens::default(), AtomicU32::new(0));
        let get = || {
            tokens.get("a", || async {
                tokio::task::yield_now().await;
                fetches.fetch_add(1, Ordering::Relaxed);
                Err(Error::new(Kind::Authentication, "no"))
            })
        };
        assert!(join_all((0..100).map(|_| get())).await.iter().all(Result::is_err));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert!(get().await.is_err());
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_token_that_is_about_to_end_is_renewed_and_used_where_that_fails() {
        let tokens = Tokens::default();
        let refuse = || async { Err(Error::new(Kind::ServiceUnavailable, "later")) };
        assert_eq!(tokens.get("a", || async { Ok(token("first", Duration::ZERO)) }).await.unwrap().text, "first");
        assert_eq!(tokens.get("a", || async { Ok(token("second", MARGIN * 2)) }).await.unwrap().text, "second");
        assert_eq!(tokens.get("a", refuse).await.unwrap().text, "second");
        if let Some(token) = &mut tokens.slot("a").lock().await.token {
            token.renewed_at = Instant::now();
        }
        assert_eq!(tokens.get("a", refuse).await.unwrap().text, "second");
        assert_eq!(tokens.get("a", || async { panic!("not so soon") }).await.unwrap().text, "second");
        if let Some(token) = &mut tokens.slot("a").lock().await.token {
            (token.renewed_at, token.ends) = (Instant::now(), Instant::now());
        }
        assert_eq!(tokens.get("a", refuse).await.err().map(|error| error.kind()), Some(Kind::ServiceUnavailable));
    }

    #[tokio::test]
    async fn a_fetch_that_is_given_up_is_begun_anew() {
        let tokens = Tokens::default();
        let never = tokens.get("a", std::future::pending);
        assert!(tokio::time::timeout(Duration::from_millis(1), never).await.is_err());
        assert_eq!(tokens.get("a", || async { Ok(token("second", HOUR)) }).await.unwrap().text, "second");
    }

    #[tokio::test]
    async fn a_token_that_was_refused_is_fetched_anew() {
        let tokens = Tokens::default();
        let first = || async { Ok(token("first", HOUR)) };
        assert_eq!(tokens.get("a", first).await.unwrap().text, "first");
        assert!(!tokens.forget("a", "another") && !tokens.forget("b", "first"));
        assert_eq!(tokens.get("a", || async { panic!("there is one") }).await.unwrap().text, "first");
        assert!(tokens.forget("a", "first"));
        assert_eq!(tokens.get("a", || async { Ok(token("second", HOUR)) }).await.unwrap().text, "second");
        // Another call was under way with it.
        assert!(tokens.forget("a", "first"));
        assert_eq!(tokens.get("a", || async { panic!("there is one") }).await.unwrap().text, "second");
    }

    #[tokio::test]
    async fn tokens_that_ended_are_forgotten() {
        let tokens = Tokens::default();
        tokens.get("a", || async { Ok(token("short", Duration::ZERO)) }).await.unwrap();
        tokens.get("b", || async { Ok(token("long", HOUR)) }).await.unwrap();
        tokens.get("c", || async { Ok(token("long", HOUR)) }).await.unwrap();
        let slots = tokens.0.lock().unwrap();
        assert_eq!((slots.contains_key("a"), slots.contains_key("b"), slots.len()), (false, true, 2));
    }
}
