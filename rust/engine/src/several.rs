//! Embeddings of several inputs by a model that takes one a call: a call for each, a few at a time, and one reply of them
//! all, in the order of the inputs. litellm asks in the same way, one after the other.

use std::time::Instant;

use bytes::Bytes;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use serde_json::{Map, Value, json};

use crate::body::Body;
use crate::call::{self, Call, Reply};
use crate::error::{Error, Kind, Result, TimeoutKind};
use crate::http::Clients;
use crate::target::Target;
use crate::timeouts::Deadline;

/// How many of the calls are under way at a time.
const AT_A_TIME: usize = 8;

/// Sends a request, or one for each of its inputs where the model takes one; reads the whole reply. Its headers are those
/// of the first input's, `attempts` counts all requests.
///
/// # Errors
/// Those of [`call::send`]: the first failure ends the other calls.
pub async fn send(clients: &Clients, target: &Target, call: &Call) -> Result<Reply> {
    let Some(calls) = split(target, call) else {
        return call::send(clients, target, call).await;
    };
    let started = Instant::now();
    let sent = calls.into_iter().enumerate().map(|(index, call)| async move {
        let reply = call::send(clients, target, &call).await?;
        Ok::<_, Error>((index, reply))
    });
    let all = iter(sent).buffer_unordered(AT_A_TIME).try_collect::<Vec<_>>();
    let total = Deadline::after(target.timeouts.total, TimeoutKind::Total);
    let mut replies = total.run(all).await.map_err(|error| target.sign(error))??;
    replies.sort_by_key(|(index, _)| *index);
    join(replies.into_iter().map(|(_, reply)| reply), started).map_err(|error| target.sign(error))
}

/// The calls that a call becomes; None where it is one. Inputs that are no texts stay together, to be refused together.
fn split(target: &Target, call: &Call) -> Option<Vec<Call>> {
    target.native.as_ref().filter(|native| native.takes_one_input())?;
    let Body::Json(body) = &call.body else {
        return None;
    };
    let mut body: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let Some(Value::Array(inputs)) = body.get_mut("input").map(Value::take) else {
        return None;
    };
    if inputs.len() < 2 || !inputs.iter().all(Value::is_string) {
        return None;
    }
    let calls = inputs.into_iter().map(|input| {
        body.insert("input".to_owned(), input);
        let body = serde_json::to_vec(&body).ok()?;
        Some(Call { body: Body::Json(body.into()), ..call.clone() })
    });
    calls.collect()
}

/// One reply of several: the first's, with the rows and the counts of all.
fn join(replies: impl Iterator<Item = Reply>, started: Instant) -> Result<Reply> {
    let unread = |why: String| Error::new(Kind::Internal, format!("an embedding reply of ours: {why}"));
    let (mut rows, mut counts) = (Vec::new(), Map::new());
    let mut whole: Option<(Map<String, Value>, Reply)> = None;
    for reply in replies {
        let mut said: Map<String, Value> =
            serde_json::from_slice(&reply.body).map_err(|error| unread(error.to_string()))?;
        let Some(Value::Array(data)) = said.remove("data") else {
            return Err(unread("it has no data".to_owned()));
        };
        for mut row in data {
            if let Some(row) = row.as_object_mut() {
                row.insert("index".to_owned(), rows.len().into());
            }
            rows.push(row);
        }
        for (name, count) in said.get("usage").and_then(Value::as_object).into_iter().flatten() {
            let so_far = counts.get(name).and_then(Value::as_u64).unwrap_or(0);
            counts.insert(name.clone(), json!(so_far + count.as_u64().unwrap_or(0)));
        }
        match &mut whole {
            None => whole = Some((said, reply)),
            Some((_, first)) => first.attempts += reply.attempts,
        }
    }
    let (mut said, mut reply) = whole.ok_or_else(|| unread("there is none".to_owned()))?;
    said.insert("data".to_owned(), Value::Array(rows));
    if !counts.is_empty() {
        said.insert("usage".to_owned(), Value::Object(counts));
    }
    reply.body = serde_json::to_vec(&said).map(Bytes::from).map_err(|error| unread(error.to_string()))?;
    reply.elapsed = started.elapsed();
    Ok(reply)
}
