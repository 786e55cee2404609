//! How many tokens a text is: OpenAI's vocabularies, embedded (1.2 MB compressed), each built when it is first asked for.
//!
//! Measured in a release build: 230 ms to build `o200k_base`, 70 ms `cl100k_base`, 15 and 10 MB each; then 160 MB/s of
//! English, and 2 MB/s of the worst text (one letter a million times).

use std::sync::OnceLock;

use tiktoken::{CoreBpe, encoding};

/// A vocabulary, by the name that OpenAI gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// GPT-3.5, GPT-4 and the embedding models.
    Cl100k,
    /// GPT-4o and later, o1 and later, gpt-oss.
    O200k,
}

/// A vocabulary that is ready.
pub struct Tokenizer(CoreBpe);

static CL100K: OnceLock<Tokenizer> = OnceLock::new();
static O200K: OnceLock<Tokenizer> = OnceLock::new();

impl Vocabulary {
    /// The vocabulary called `cl100k_base` or `o200k_base`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cl100k_base" => Some(Self::Cl100k),
            "o200k_base" => Some(Self::O200k),
            _ => None,
        }
    }

    /// The tokenizer, if this process has built it (or a parent, before it forked).
    pub fn ready(self) -> Option<&'static Tokenizer> {
        self.place().get()
    }

    /// Builds the tokenizer, without keeping it.
    pub fn build(self) -> Tokenizer {
        Tokenizer(match self {
            Self::Cl100k => encoding::cl100k_base(),
            Self::O200k => encoding::o200k_base(),
        })
    }

    /// Keeps a tokenizer for the process; of two that were built at once, the first.
    ///
    /// Building and keeping are apart because a lock that is held while a vocabulary is built would be held for ever in
    /// a child that is forked meanwhile.
    pub fn keep(self, built: Tokenizer) -> &'static Tokenizer {
        self.place().get_or_init(|| built)
    }

    fn place(self) -> &'static OnceLock<Tokenizer> {
        match self {
            Self::Cl100k => &CL100K,
            Self::O200k => &O200K,
        }
    }
}

impl Tokenizer {
    /// How many tokens a text is. Special tokens (`<|endoftext|>`) are ordinary text.
    pub fn count(&self, text: &str) -> usize {
        self.0.count(text)
    }

    /// The tokens of a text. Special tokens are ordinary text.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.0.encode(text)
    }

    /// The bytes of tokens, which need not be whole characters.
    ///
    /// # Errors
    ///
    /// The first token that the vocabulary does not have.
    pub fn decode(&self, tokens: &[u32]) -> Result<Vec<u8>, u32> {
        let mut bytes = Vec::with_capacity(tokens.len() * 4);
        for token in tokens {
            let piece = self.0.decode(std::slice::from_ref(token));
            // No token is empty, and the crate passes over those that it does not know.
            if piece.is_empty() {
                return Err(*token);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vocabulary_gives_its_known_tokens() {
        // https://github.com/openai/tiktoken/blob/main/tests/test_simple_public.py
        let cl100k = Vocabulary::Cl100k.build();
        assert_eq!(cl100k.encode("hello world"), [15339, 1917]);
        assert_eq!(cl100k.decode(&[15339, 1917]), Ok(b"hello world".to_vec()));
        assert_eq!(cl100k.encode(" \u{85}0"), [220, 126, 227, 15]);
        let o200k = Vocabulary::O200k.build();
        assert_eq!(o200k.encode("hello world"), [24912, 2375]);
        assert_eq!((cl100k.count("hello world"), o200k.count("")), (2, 0));
    }

    #[test]
    fn an_unknown_token_is_named() {
        assert_eq!(Vocabulary::Cl100k.build().decode(&[15339, 200_000]), Err(200_000));
        assert_eq!(Vocabulary::from_name("p50k_base"), None);
    }

    #[test]
    fn of_two_that_were_built_the_first_is_kept() {
        let kept = Vocabulary::Cl100k.keep(Vocabulary::Cl100k.build());
        assert!(std::ptr::eq(kept, Vocabulary::Cl100k.keep(Vocabulary::Cl100k.build())));
        assert!(Vocabulary::Cl100k.ready().is_some_and(|ready| std::ptr::eq(kept, ready)));
    }
}
