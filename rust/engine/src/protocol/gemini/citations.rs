//! Sources as OpenAI's annotations, and log probabilities. Gemini counts places in UTF-8 bytes (checked against
//! `segment.text` of recorded groundings), OpenAI in characters.

use serde_json::{Value, json};

use crate::protocol::{Object, count, text};

/// One annotation for each source of each supported passage of `said`.
pub fn annotations(candidate: &Object, said: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let list = |object: Option<&Value>, name: &str| {
        object.and_then(|object| object.get(name)).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let grounding = candidate.get("groundingMetadata");
    let sources = list(grounding, "groundingChunks");
    for support in list(grounding, "groundingSupports") {
        let segment = support.get("segment").unwrap_or(&Value::Null);
        for index in list(Some(&support), "groundingChunkIndices") {
            let source = index.as_u64().and_then(|index| sources.get(usize::try_from(index).ok()?));
            let web = source.and_then(|source| source.get("web").or(source.get("maps")));
            found.extend(web.and_then(|web| annotation(segment, web, said)));
        }
    }
    for citation in list(candidate.get("citationMetadata"), "citations") {
        found.extend(annotation(&citation, &citation, said));
    }
    found
}

/// `None` for a source without an address.
fn annotation(passage: &Value, source: &Value, said: &str) -> Option<Value> {
    let url = text(source, "uri").filter(|url| !url.is_empty())?;
    let place = |name| characters(said, count(passage, name));
    let mut cited = Object::new();
    cited.insert("start_index".into(), place("startIndex").into());
    cited.insert("end_index".into(), place("endIndex").into());
    cited.insert("url".into(), url.into());
    cited.insert("title".into(), text(source, "title").unwrap_or_default().into());
    Some(json!({"type": "url_citation", "url_citation": cited}))
}

/// How many characters begin before a byte.
fn characters(said: &str, bytes: u64) -> usize {
    said.char_indices().take_while(|(at, _)| (*at as u64) < bytes).count()
}

/// OpenAI's log probabilities. What there is besides (`logProbabilitySum`, candidates for tokens that were not chosen)
/// stays beside them.
pub fn logprobs(candidate: &Object) -> Option<Value> {
    let result = candidate.get("logprobsResult")?.as_object()?;
    let list = |name: &str| result.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (chosen, others) = (list("chosenCandidates"), list("topCandidates"));
    let content = chosen.iter().enumerate().map(|(index, token)| {
        let others = others.get(index).and_then(|others| others.get("candidates"));
        let others = others.and_then(Value::as_array).into_iter().flatten().map(probability).map(Value::Object);
        let mut token = probability(token);
        token.insert("top_logprobs".into(), others.collect());
        Value::Object(token)
    });
    let mut said = Object::new();
    said.insert("content".into(), content.collect());
    said.extend(
        result
            .iter()
            .filter(|(name, value)| match name.as_str() {
                "chosenCandidates" => false,
                "topCandidates" => others.len() > chosen.len(),
                _ => !value.is_null(),
            })
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    (!chosen.is_empty() || said.len() > 1).then_some(Value::Object(said))
}

/// Members without a place in OpenAI's shape (`tokenId`) stay.
fn probability(token: &Value) -> Object {
    let mut probability = Object::new();
    for (name, value) in token.as_object().into_iter().flatten() {
        let name = if name == "logProbability" { "logprob" } else { name };
        probability.insert(name.to_owned(), value.clone());
    }
    probability.entry("bytes").or_insert(Value::Null);
    probability
}
