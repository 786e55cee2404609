//! `generationConfig`: sampling, limits, structured output, thinking.

use serde_json::{Value, json};

use super::{schema, take, version};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, text};

/// OpenAI's parameters that differ in name only.
const RENAMED: [(&str, &str); 9] = [
    ("temperature", "temperature"),
    ("top_p", "topP"),
    ("n", "candidateCount"),
    ("max_tokens", "maxOutputTokens"),
    ("max_completion_tokens", "maxOutputTokens"),
    ("seed", "seed"),
    ("presence_penalty", "presencePenalty"),
    ("frequency_penalty", "frequencyPenalty"),
    ("top_logprobs", "logprobs"),
];

/// Members of `generationConfig` (https://ai.google.dev/api/generate-content#generationconfig and Vertex AI's) that callers
/// name themselves.
const OWN: [&str; 26] = [
    "audioTimestamp",
    "candidateCount",
    "enableAffectiveDialog",
    "enableEnhancedCivicAnswers",
    "frequencyPenalty",
    "imageConfig",
    "maxOutputTokens",
    "mediaResolution",
    "modelSelectionConfig",
    "presencePenalty",
    "responseFormat",
    "responseJsonSchema",
    "responseLogprobs",
    "responseMimeType",
    "responseModalities",
    "responseSchema",
    "routingConfig",
    "speechConfig",
    "stopSequences",
    "temperature",
    "thinkingConfig",
    "topK",
    "topP",
    "translationConfig",
    "logprobs",
    "seed",
];

/// Takes every parameter that belongs to `generationConfig`.
///
/// # Errors
/// `BadRequest`: a value that is none of OpenAI's.
pub fn config(ask: &Ask, body: &mut Object) -> Result<Object> {
    let mut config = Object::new();
    for (openai, own) in RENAMED {
        if let Some(value) = take(body, openai) {
            config.insert(own.into(), value);
        }
    }
    match take(body, "stop") {
        Some(stop @ Value::String(_)) => drop(config.insert("stopSequences".into(), json!([stop]))),
        Some(stop) => drop(config.insert("stopSequences".into(), stop)),
        None => {}
    }
    if let Some(wanted) = take(body, "logprobs") {
        config.insert("responseLogprobs".into(), wanted);
    }
    modalities(body, &mut config)?;
    structure(body, &mut config)?;
    thinking(ask, body, &mut config)?;
    config.extend(take_own(body));
    Ok(config)
}

/// Takes what is named as `generationConfig` names it, and `generationConfig` itself.
pub fn take_own(body: &mut Object) -> Object {
    let mut own = Object::new();
    for name in ["generationConfig", "generation_config"] {
        if let Some(Value::Object(given)) = body.shift_remove(name) {
            own.extend(given);
        }
    }
    let names: Vec<String> = body.keys().filter(|name| OWN.contains(&camel(name).as_str())).cloned().collect();
    for name in names {
        if let Some(value) = take(body, &name) {
            own.insert(camel(&name), value);
        }
    }
    own
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn modalities(body: &mut Object, config: &mut Object) -> Result<()> {
    if let Some(Value::Array(wanted)) = take(body, "modalities") {
        let wanted = wanted.iter().map(|name| name.as_str().unwrap_or_default().to_ascii_uppercase().into()).collect();
        config.insert("responseModalities".into(), Value::Array(wanted));
    }
    if let Some(audio) = take(body, "audio") {
        // Speech is 16-bit PCM at 24 kHz (https://ai.google.dev/gemini-api/docs/speech-generation).
        if let Some(format) = text(&audio, "format").filter(|format| *format != "pcm16") {
            return Err(bad("audio.format", &format!("Gemini speaks pcm16, not {format}")));
        }
        if let Some(voice) = text(&audio, "voice") {
            let voice = json!({"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}});
            config.insert("speechConfig".into(), voice);
        }
    }
    Ok(())
}

fn structure(body: &mut Object, config: &mut Object) -> Result<()> {
    let Some(format) = take(body, "response_format") else {
        return Ok(());
    };
    let schema = match text(&format, "type") {
        Some("text") => return Ok(()),
        // `response_schema` beside it is litellm's way to say a schema.
        Some("json_object") => format.get("response_schema"),
        Some("json_schema") => format.get("json_schema").and_then(|named| named.get("schema")),
        _ => return Err(bad("response_format", "its type must be text, json_object or json_schema")),
    };
    config.insert("responseMimeType".into(), "application/json".into());
    if let Some(schema) = schema {
        config.insert("responseJsonSchema".into(), schema::cleaned(schema));
    }
    Ok(())
}

/// The budgets that stand for efforts where a model has no levels (https://ai.google.dev/gemini-api/docs/openai#thinking;
/// `disable` is litellm's, and Google has nothing above `high`).
const BUDGETS: [(&str, i32); 7] = [
    ("none", 0),
    ("disable", 0),
    ("minimal", 1024),
    ("low", 1024),
    ("medium", 8192),
    ("high", 24576),
    ("xhigh", 24576),
];
/// The least that a model which always thinks may be given
/// (https://ai.google.dev/gemini-api/docs/thinking#set-budget).
const LEAST: i32 = 128;

fn thinking(ask: &Ask, body: &mut Object, config: &mut Object) -> Result<()> {
    let mut wanted = Object::new();
    if let Some(effort) = take(body, "reasoning_effort") {
        // `{"effort", "summary"}` is what the Responses API and programs made for it say.
        let effort = text(&effort, "effort").or(effort.as_str()).unwrap_or_default();
        let Some((_, budget)) = BUDGETS.iter().find(|(name, _)| *name == effort) else {
            return Err(bad("reasoning_effort", &format!("{effort:?} is none of Gemini's efforts")));
        };
        let is_pro = ask.model.split('-').any(|word| word == "pro");
        if version(&ask.model) >= (3, 0) {
            // Models of this generation cannot be kept from thinking; which levels each has is told on
            // https://cloud.google.com/vertex-ai/generative-ai/docs/thinking.
            let has_minimal = !is_pro && version(&ask.model) < (3, 7);
            let level = match effort {
                "none" | "disable" | "minimal" => {
                    if has_minimal {
                        "minimal"
                    } else {
                        "low"
                    }
                }
                "medium" if ask.model.contains("gemini-3-pro") => "high",
                "xhigh" => "high",
                level => level,
            };
            wanted.insert("thinkingLevel".into(), level.to_ascii_uppercase().into());
        } else {
            let budget = if is_pro { LEAST.max(*budget) } else { *budget };
            wanted.insert("thinkingBudget".into(), budget.into());
        }
        wanted.insert("includeThoughts".into(), (*budget != 0).into());
    }
    if let Some(thinking) = take(body, "thinking") {
        let budget = thinking.get("budget_tokens").and_then(Value::as_u64);
        match text(&thinking, "type") {
            Some("enabled") => {
                wanted.insert("includeThoughts".into(), (budget != Some(0)).into());
                if let Some(budget) = budget {
                    // The two exclude each other.
                    wanted.shift_remove("thinkingLevel");
                    wanted.insert("thinkingBudget".into(), budget.into());
                }
            }
            Some("adaptive") => drop(wanted.insert("includeThoughts".into(), true.into())),
            Some("disabled") => drop(wanted.insert("thinkingBudget".into(), 0.into())),
            _ => return Err(bad("thinking", "its type must be enabled, adaptive or disabled")),
        }
    }
    if !wanted.is_empty() {
        config.insert("thinkingConfig".into(), Value::Object(wanted));
    }
    Ok(())
}
