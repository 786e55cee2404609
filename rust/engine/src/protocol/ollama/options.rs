//! `options`: what a model is set to for one call.

use serde_json::{Value, json};

use super::take;
use crate::error::Result;
use crate::protocol::{Object, bad};

/// Those that OpenAI and Ollama call alike.
const ALIKE: [&str; 5] = ["temperature", "top_p", "seed", "presence_penalty", "frequency_penalty"];

/// Ollama's own (https://github.com/ollama/ollama/blob/main/api/types.go, `Options` and `Runner`), older ones too.
const OWN: [&str; 28] = [
    "f16_kv",
    "draft_num_predict",
    "logits_all",
    "low_vram",
    "main_gpu",
    "min_p",
    "mirostat",
    "mirostat_eta",
    "mirostat_tau",
    "num_batch",
    "num_ctx",
    "num_gpu",
    "num_gqa",
    "num_keep",
    "num_predict",
    "num_thread",
    "numa",
    "penalize_newline",
    "repeat_last_n",
    "repeat_penalty",
    "rope_frequency_base",
    "rope_frequency_scale",
    "tfs_z",
    "top_k",
    "typical_p",
    "use_mlock",
    "use_mmap",
    "vocab_only",
];

/// Takes the options out of a request: OpenAI's in Ollama's words, Ollama's own by their names, and those in `options`,
/// which win.
///
/// # Errors
/// `BadRequest`: `options` is no dict.
pub fn options(body: &mut Object) -> Result<Object> {
    let mut options = Object::new();
    let limits = [take(body, "max_completion_tokens"), take(body, "max_tokens")];
    if let Some(limit) = limits.into_iter().flatten().next() {
        options.insert("num_predict".into(), limit);
    }
    if let Some(stop) = take(body, "stop") {
        options.insert("stop".into(), if stop.is_string() { json!([stop]) } else { stop });
    }
    for name in ALIKE.iter().chain(&OWN) {
        if let Some(value) = take(body, name) {
            options.insert((*name).to_owned(), value);
        }
    }
    let extra = body.get_mut("extra_body").and_then(Value::as_object_mut).and_then(|extra| take(extra, "options"));
    for given in [take(body, "options"), extra].into_iter().flatten() {
        match given {
            Value::Object(given) => options.extend(given),
            _ => return Err(bad("options", "must be a dict")),
        }
    }
    Ok(options)
}
