//! An OpenAI-shaped embeddings reply without its numbers, and the numbers packed, so that Python parses a small
//! document and takes the vectors as one buffer.
//!
//! JSON numbers become `f64`, correctly rounded, as Python's `float()` reads them; base64 is `f32` already. A shape
//! that is not recognised (integers, nested lists, several kinds of rows) is refused, and the caller hands on the reply
//! unchanged.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use self::scan::Scanner;
use crate::error::{Error, Kind, Result};

mod scan;

/// Some servers leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Embeddings are of order 1. Quantised ones (Perplexity's `base64_int8`) come in base64 too and look like `f32` but
/// for their size: a small negative byte at the top makes 1e37.
const MAX_F32: f32 = 1e18;

/// The width of the packed numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 4 bytes each.
    F32,
    /// 8 bytes each.
    F64,
}

impl Width {
    const fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// A reply and its numbers, apart.
#[derive(Clone, Debug)]
pub struct Vectors {
    /// The reply with `null` for each row's `embedding`.
    pub envelope: Bytes,
    /// The numbers of all rows, native-endian.
    pub data: Bytes,
    /// The width of one number.
    pub width: Width,
    /// Where each row lies in `data`: offset and length, in numbers.
    pub rows: Vec<(usize, usize)>,
}

/// Takes the numbers out of a reply; `None` where its shape is not recognised.
///
/// # Errors
/// `ResponseValidation`: a row's base64 is damaged.
pub fn unpack(body: Bytes) -> Result<Option<Vectors>> {
    let mut packer = Packer::new(&body);
    match packer.reply() {
        Some(()) => Ok(packer.finish()),
        None => packer.damage.map_or(Ok(None), Err),
    }
}

struct Packer<'a> {
    scanner: Scanner<'a>,
    envelope: Vec<u8>,
    /// How much of the reply is in the envelope or taken out of it.
    copied: usize,
    data: Vec<u8>,
    width: Option<Width>,
    rows: Vec<(usize, usize)>,
    damage: Option<Error>,
}

impl<'a> Packer<'a> {
    fn new(reply: &'a [u8]) -> Self {
        Self {
            scanner: Scanner::new(reply),
            envelope: Vec::new(),
            copied: 0,
            // Numbers take about 20 bytes as text and 8 packed, base64 takes 4 bytes for 3.
            data: Vec::with_capacity(reply.len() / 2),
            width: None,
            rows: Vec::new(),
            damage: None,
        }
    }

    fn reply(&mut self) -> Option<()> {
        let mut has_more = self.scanner.open(b'{', b'}')?;
        while has_more {
            match self.scanner.key()? {
                b"data" if !self.rows.is_empty() => return None,
                b"data" => self.list()?,
                _ => self.scanner.skip_value()?,
            }
            has_more = self.scanner.more(b'}')?;
        }
        self.scanner.is_done().then_some(())
    }

    fn list(&mut self) -> Option<()> {
        let mut has_more = self.scanner.open(b'[', b']')?;
        while has_more {
            self.row()?;
            has_more = self.scanner.more(b']')?;
        }
        Some(())
    }

    fn row(&mut self) -> Option<()> {
        let rows_before = self.rows.len();
        let mut has_more = self.scanner.open(b'{', b'}')?;
        while has_more {
            match self.scanner.key()? {
                b"embedding" => self.embedding()?,
                _ => self.scanner.skip_value()?,
            }
            has_more = self.scanner.more(b'}')?;
        }
        (self.rows.len() == rows_before + 1).then_some(())
    }

    fn embedding(&mut self) -> Option<()> {
        let width = match self.scanner.peek()? {
            b'[' => Width::F64,
            b'"' => Width::F32,
            _ => return None,
        };
        if *self.width.get_or_insert(width) != width {
            return None;
        }
        let (from, packed) = (self.scanner.position(), self.data.len());
        match width {
            Width::F64 => self.numbers()?,
            Width::F32 => self.base64()?,
        }
        self.rows.push((packed / width.bytes(), (self.data.len() - packed) / width.bytes()));
        self.envelope.extend_from_slice(self.scanner.between(self.copied, from));
        self.envelope.extend_from_slice(b"null");
        self.copied = self.scanner.position();
        Some(())
    }

    /// A list of numbers. One of integers alone is quantised (int8, ubinary) and keeps its type by not being packed.
    fn numbers(&mut self) -> Option<()> {
        let mut has_more = self.scanner.open(b'[', b']')?;
        let mut has_float = false;
        while has_more {
            self.scanner.peek()?;
            let rest = self.scanner.rest();
            let (value, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
            let spelled = rest.get(..length)?;
            is_json_number(spelled).then_some(())?;
            has_float = has_float || spelled.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
            self.data.extend_from_slice(&value.to_ne_bytes());
            self.scanner.advance(length);
            has_more = self.scanner.more(b']')?;
        }
        has_float.then_some(())
    }

    /// Little-endian `f32` in base64; other contents (quantised vectors) have no multiple of four bytes or are not
    /// packed.
    fn base64(&mut self) -> Option<()> {
        let (quoted_at, packed) = (self.scanner.position(), self.data.len());
        let mut text = std::borrow::Cow::Borrowed(self.scanner.string()?);
        if text.contains(&b'\\') {
            // PHP and others spell `/` as `\/`.
            let quoted = self.scanner.between(quoted_at, self.scanner.position());
            text = serde_json::from_slice::<String>(quoted).ok()?.into_bytes().into();
        }
        if let Err(error) = BASE64.decode_vec(text, &mut self.data) {
            let message = format!("The embedding of row {} is damaged: {error}", self.rows.len());
            self.damage = Some(Error::new(Kind::ResponseValidation, message));
            return None;
        }
        let numbers = self.data.get_mut(packed..)?;
        let (words, rest) = numbers.as_chunks::<4>();
        if words.is_empty() || !rest.is_empty() || !words.iter().all(|word| f32::from_le_bytes(*word).abs() < MAX_F32) {
            return None;
        }
        if cfg!(target_endian = "big") {
            numbers.chunks_exact_mut(Width::F32.bytes()).for_each(<[u8]>::reverse);
        }
        Some(())
    }

    fn finish(mut self) -> Option<Vectors> {
        self.envelope.extend_from_slice(self.scanner.between(self.copied, self.scanner.position()));
        let (envelope, data) = (Bytes::from(self.envelope), Bytes::from(self.data));
        Some(Vectors { envelope, data, width: self.width?, rows: self.rows })
    }
}

/// What the parser accepts and JSON does not: infinities, a plus, a missing digit, a leading zero.
fn is_json_number(spelled: &[u8]) -> bool {
    let digits = spelled.strip_prefix(b"-").unwrap_or(spelled);
    let starts_well = match digits {
        [b'0', next, ..] => !next.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    };
    starts_well && digits.last().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests;
