//! What an id tells of a model: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` is `claude-...` by `anthropic`, with or without
//! a region before it and whether it stands alone or at the end of an ARN.

use crate::protocol::anthropic;

/// Before a model: its own body instead of Converse's.
pub const INVOKE: &str = "invoke/";
/// What may stand before a model and says how it is asked; litellm's words.
const WAYS: [&str; 3] = [INVOKE, "converse/", "converse_like/"];

/// Those whose models the service has (https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html).
const MAKERS: [&str; 18] = [
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "luma",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "openai",
    "qwen",
    "stability",
    "twelvelabs",
    "writer",
];

/// Makers all of whose models answer in JSON of a given schema by themselves, and models of others that do
/// (https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html).
const STRUCTURED: [&str; 7] = ["google", "minimax", "moonshot", "moonshotai", "nvidia", "openai", "qwen"];
const STRUCTURED_MISTRALS: [&str; 4] = ["magistral", "ministral", "mistral-large-3", "voxtral"];

/// The id without what says how it is asked.
pub fn id(model: &str) -> &str {
    WAYS.iter().find_map(|way| model.strip_prefix(way)).unwrap_or(model)
}

/// A model, as far as its id tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model<'a> {
    /// Who made it; "" where the id does not say.
    pub maker: &'a str,
    /// What its maker calls it.
    pub name: &'a str,
}

impl<'a> Model<'a> {
    /// The model of that id.
    pub fn of(model: &'a str) -> Self {
        let name = id(model).rsplit('/').next().unwrap_or_default();
        let mut rest = name;
        for _ in 0..2 {
            let Some((first, after)) = rest.split_once('.') else {
                break;
            };
            if MAKERS.contains(&first) {
                return Self { maker: first, name: after };
            }
            rest = after;
        }
        Self { maker: "", name }
    }

    /// Whether it thinks as Anthropic's models do.
    pub fn is_claude(self) -> bool {
        self.maker == "anthropic"
    }

    /// Whether it is one of Amazon's Nova models.
    pub fn is_nova(self) -> bool {
        self.maker == "amazon" && self.name.starts_with("nova-")
    }

    /// Whether it answers in JSON of a given schema by itself.
    pub fn has_structured_output(self) -> bool {
        match self.maker {
            "anthropic" => anthropic::model::has_structured_output(self.name),
            "deepseek" => !self.name.starts_with("r1"),
            "mistral" => STRUCTURED_MISTRALS.iter().any(|name| self.name.starts_with(name)),
            maker => STRUCTURED.contains(&maker),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_makers() {
        let cases = [
            ("anthropic.claude-3-haiku-20240307-v1:0", "anthropic", "claude-3-haiku-20240307-v1:0", false),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic", "claude-sonnet-4-5-20250929-v1:0", true),
            ("invoke/global.anthropic.claude-opus-4-6-v1", "anthropic", "claude-opus-4-6-v1", true),
            ("us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic", "claude-sonnet-4-20250514-v1:0", false),
            ("converse/deepseek.v3.2", "deepseek", "v3.2", true),
            ("us.deepseek.r1-v1:0", "deepseek", "r1-v1:0", false),
            ("moonshotai.kimi-k2.5", "moonshotai", "kimi-k2.5", true),
            ("mistral.mistral-large-2407-v1:0", "mistral", "mistral-large-2407-v1:0", false),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "amazon", "nova-lite-v1:0", false),
            ("arn:aws:bedrock:us-east-1:1:application-inference-profile/ab12", "", "ab12", false),
            ("my.model", "", "my.model", false),
        ];
        for (given, maker, name, structured) in cases {
            let model = Model::of(given);
            assert_eq!((model, model.has_structured_output()), (Model { maker, name }, structured), "{given}");
        }
        assert_eq!(id("converse_like/x/y"), "x/y");
    }
}
