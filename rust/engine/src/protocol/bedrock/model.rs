//! What a model string tells: `invoke/us-west-2/us.anthropic.claude-sonnet-4-5-20250929-v1:0` is `claude-...` by `anthropic`,
//! asked in the region `us-west-2` and in its maker's own body. The id may be that of an inference profile, or an ARN.

use crate::protocol::anthropic;

/// How ARNs begin.
pub const ARN: &str = "arn:";

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

/// A model string in its parts, litellm's words for how and where a model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// In its own body instead of Converse's.
    pub is_invoke: bool,
    /// Where, if the string says so.
    pub region: Option<&'a str>,
    /// The rest: an id or an ARN.
    pub id: &'a str,
}

impl<'a> Parts<'a> {
    /// The parts of that string.
    pub fn of(model: &'a str) -> Self {
        let mut parts = Self { is_invoke: false, region: None, id: model };
        while let Some((first, rest)) = parts.id.split_once('/').filter(|(_, rest)| !rest.is_empty()) {
            match first {
                "invoke" => parts.is_invoke = true,
                "converse" | "converse_like" => parts.is_invoke = false,
                region if is_region(region) => parts.region = Some(region),
                _ => break,
            }
            parts.id = rest;
        }
        // arn:aws:bedrock:us-east-1:...
        let of_arn = parts.id.strip_prefix(ARN).and_then(|rest| rest.split(':').nth(2));
        parts.region = parts.region.or(of_arn.filter(|region| !region.is_empty()));
        parts
    }
}

/// Whether it is like `us-gov-west-1`, which no id of a model is.
fn is_region(text: &str) -> bool {
    let mut words = text.split('-').rev();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.next().is_some_and(is_number) && words.clone().count() >= 2 && words.all(is_word)
}

/// The id without what says how and where it is asked.
pub fn id(model: &str) -> &str {
    Parts::of(model).id
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
    }

    #[test]
    fn strings_tell_ways_and_regions() {
        let arn = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/ab12";
        for (given, is_invoke, region, id) in [
            ("m", false, None, "m"),
            ("invoke/m", true, None, "m"),
            ("converse_like/x/y", false, None, "x/y"),
            ("us-west-2/m", false, Some("us-west-2"), "m"),
            ("us-gov-west-1/invoke/m", true, Some("us-gov-west-1"), "m"),
            ("converse/ap-southeast-1/m", false, Some("ap-southeast-1"), "m"),
            (arn, false, Some("eu-west-1"), arn),
            (&format!("us-west-2/{arn}"), false, Some("us-west-2"), arn),
            ("arn:aws:bedrock", false, None, "arn:aws:bedrock"),
            ("us-west-2", false, None, "us-west-2"),
            ("us-west-2/", false, None, "us-west-2/"),
            ("west-2/m", false, None, "west-2/m"),
            ("gpt-oss-20b/m", false, None, "gpt-oss-20b/m"),
        ] {
            assert_eq!(Parts::of(given), Parts { is_invoke, region, id }, "{given}");
        }
    }
}
