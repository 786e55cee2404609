//! How a model is made to answer in JSON of a schema: by itself, by a tool that it must call, or by being told.

use super::find;
use crate::protocol::{self, Ask};

/// The ways, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structured {
    /// The provider takes the schema and holds the answer to it.
    JsonSchema,
    /// The answer is the arguments of a tool that the model must call.
    Tool,
    /// The provider holds the answer to JSON, and an instruction tells the model the schema.
    JsonObject,
}

impl Structured {
    /// The name that Python shows as `_hidden_params["structured_output"]`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JsonSchema => "json_schema",
            Self::Tool => "tool",
            Self::JsonObject => "json_object",
        }
    }
}

/// Providers that take `json_object` and no schema.
struct ObjectOnly {
    provider: &'static str,
    /// How the names of the models begin that do take one.
    but: &'static [&'static str],
}

const OBJECT_ONLY: [ObjectOnly; 6] = [
    // https://api-docs.deepseek.com/api/create-chat-completion: "This response_format type is unavailable now".
    ObjectOnly { provider: "deepseek", but: &[] },
    // https://docs.z.ai/guides/capabilities/struct-output
    ObjectOnly { provider: "zai", but: &[] },
    // https://www.alibabacloud.com/help/en/model-studio/qwen-structured-output: schemas for some snapshots only.
    ObjectOnly { provider: "dashscope", but: &[] },
    ObjectOnly { provider: "qwen_ai_platform", but: &[] },
    ObjectOnly { provider: "qwencloud", but: &[] },
    // https://console.groq.com/docs/structured-outputs; other models answer 400 to a schema.
    ObjectOnly { provider: "groq", but: &["openai/gpt-oss", "moonshotai/kimi-k2", "meta-llama/llama-4"] },
];

/// The way for a model of a provider, where `schema` is asked for or any JSON. A provider that is not in the table is
/// taken to speak all of OpenAI's protocol.
pub fn structured(provider: &str, model: &str, schema: bool) -> Structured {
    let asked = if schema { Structured::JsonSchema } else { Structured::JsonObject };
    let lacks = |row: &ObjectOnly| row.provider == provider && !row.but.iter().any(|start| model.starts_with(start));
    if OBJECT_ONLY.iter().any(lacks) {
        return Structured::JsonObject;
    }
    let Some(protocol) = find(provider).and_then(|row| protocol::find(row.protocol)) else {
        return asked;
    };
    protocol.structured(&Ask { provider: provider.to_owned(), model: model.to_owned(), ..Ask::default() }, asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_model_has_its_way() {
        for (provider, model, way) in [
            ("openai", "gpt-4o", "json_schema"),
            ("deepseek", "deepseek-chat", "json_object"),
            ("groq", "llama-3.3-70b-versatile", "json_object"),
            ("groq", "openai/gpt-oss-120b", "json_schema"),
            ("anthropic", "claude-sonnet-4-5", "json_schema"),
            ("anthropic", "claude-3-5-haiku-latest", "tool"),
            ("gemini", "gemini-2.5-flash", "json_schema"),
            ("nobody", "x", "json_schema"),
        ] {
            assert_eq!(structured(provider, model, true).name(), way, "{provider}/{model}");
        }
        assert_eq!(structured("openai", "gpt-4o", false), Structured::JsonObject);
        assert_eq!(structured("anthropic", "claude-sonnet-4-5", false), Structured::Tool);
    }

    #[test]
    fn every_exception_is_a_provider() {
        for row in OBJECT_ONLY {
            assert!(find(row.provider).is_some(), "{}", row.provider);
        }
    }
}
