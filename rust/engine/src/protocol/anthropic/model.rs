//! What a model can do, by its name: `claude-sonnet-4-5-20250929` and `claude-3-5-haiku-latest` say their version.

/// The version of a Claude model; `None` for names that tell none.
pub fn version(model: &str) -> Option<(u32, u32)> {
    let (_, name) = model.split_once("claude")?;
    // Dates are longer than versions.
    let mut numbers = name.split(['-', '.', '@', ':']).filter(|part| part.len() <= 2).map(str::parse::<u32>);
    let major = numbers.by_ref().find_map(Result::ok)?;
    let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
    Some((major, minor))
}

/// The most that a model may write, which the API wants to be told
/// (https://docs.anthropic.com/en/docs/about-claude/models/overview).
pub fn max_tokens(model: &str) -> u32 {
    match version(model) {
        Some((3, 5)) => 8192,
        Some((3, minor)) if minor >= 7 => 64_000,
        Some((4, 0 | 1)) if model.contains("opus") => 32_000,
        Some((major, _)) if major >= 4 => 64_000,
        _ => 4096,
    }
}

/// Whether a model answers in JSON of a given schema by itself
/// (https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs).
pub fn has_structured_output(model: &str) -> bool {
    version(model).is_some_and(|version| version >= (4, 5))
}

/// Whether a model decides by itself how long to think, given an effort
/// (https://docs.anthropic.com/en/docs/build-with-claude/adaptive-thinking).
pub fn thinks_adaptively(model: &str) -> bool {
    version(model).is_some_and(|version| version >= (4, 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_versions() {
        let cases = [
            ("claude-3-haiku-20240307", Some((3, 0)), 4096),
            ("claude-3-5-sonnet-latest", Some((3, 5)), 8192),
            ("claude-3-7-sonnet-20250219", Some((3, 7)), 64_000),
            ("claude-sonnet-4-20250514", Some((4, 0)), 64_000),
            ("claude-opus-4-1-20250805", Some((4, 1)), 32_000),
            ("claude-sonnet-4-5", Some((4, 5)), 64_000),
            ("claude-haiku-4.5", Some((4, 5)), 64_000),
            ("claude-opus-4-6@default", Some((4, 6)), 64_000),
            ("anthropic/claude-opus-5", Some((5, 0)), 64_000),
            ("kimi-k2", None, 4096),
        ];
        for (model, expected, tokens) in cases {
            assert_eq!((version(model), max_tokens(model)), (expected, tokens), "{model}");
        }
        assert!(has_structured_output("claude-haiku-4-5") && !has_structured_output("claude-sonnet-4-20250514"));
        assert!(thinks_adaptively("claude-opus-4-6") && !thinks_adaptively("claude-opus-4-5"));
    }
}
