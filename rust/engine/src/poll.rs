//! Replies that are not ready: a provider that is busy answers 202 with an id, by which the reply is fetched when it is
//! (https://docs.api.nvidia.com/nim/reference/mistralai-mistral-medium-3-instruct-statuspolling).

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, StatusCode, Url};

use crate::connect;
use crate::error::Result;
use crate::http::transport_error;
use crate::target::Target;
use crate::timeouts::Deadline;

/// Where the id is.
const ID: &str = "nvcf-reqid";
/// Each pause is twice the one before, up to the longest. The provider holds a question back for seconds itself.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// Asks for the reply until it is there; `headers` are those of the request. A reply that names no id is returned as it is.
///
/// # Errors
/// Those of the connection, and the limit that passed.
pub(crate) async fn until_ready(
    client: &Client,
    target: &Target,
    mut headers: HeaderMap,
    mut response: Response,
    limit: Deadline,
) -> Result<Response> {
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
    let Some(url) = target.polls.as_ref().and_then(|base| status_url(base, response.headers())) else {
        return Ok(response);
    };
    let [mut pause, longest] = PAUSES;
    while response.status() == StatusCode::ACCEPTED {
        drop(response);
        limit.run(tokio::time::sleep(pause)).await?;
        pause = longest.min(pause * 2);
        let asking = client.get(url.clone()).headers(headers.clone()).send();
        let asking = connect::with_limit(target.timeouts.connect, asking);
        response = limit.run(asking).await?.map_err(|error| transport_error(&error, &target.origin))?;
    }
    Ok(response)
}

/// The address of the reply. An id that is more than letters, digits and hyphens is none.
fn status_url(base: &Url, headers: &HeaderMap) -> Option<Url> {
    let id = headers.get(ID)?.to_str().ok()?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_id.then(|| base.join(id).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_a_segment_and_nothing_else() {
        let base = Url::parse("https://h/v1/status/").unwrap();
        let found = |id: &str| {
            let headers = [(ID.parse().unwrap(), id.parse().unwrap())].into_iter().collect();
            status_url(&base, &headers).map(String::from)
        };
        assert_eq!(found("0a-1B").as_deref(), Some("https://h/v1/status/0a-1B"));
        for id in ["", "../models", "a/b", "//evil.example", "a?b"] {
            assert_eq!(found(id), None, "{id}");
        }
        assert_eq!(status_url(&base, &HeaderMap::new()), None);
    }
}
