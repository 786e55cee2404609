//! A cursor over JSON that finds its way by structure. It checks no more than it needs: what is skipped is handed on as
//! it is, to a parser that checks it.

use memchr::memchr2;

/// Every method returns `None` where the document is not what was expected; the cursor is of no use after that.
pub struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is not white space, not consumed.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn between(&self, start: usize, end: usize) -> &'a [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    pub fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Enters an object or a list; whether it has members.
    pub fn open(&mut self, opening: u8, closing: u8) -> Option<bool> {
        self.expect(opening)?;
        let is_empty = self.peek()? == closing;
        self.at += usize::from(is_empty);
        Some(!is_empty)
    }

    /// After a member: whether another one follows.
    pub fn more(&mut self, closing: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => Some(true),
            _ => (byte == closing).then_some(false),
        }
    }

    /// A member's name, as it is spelled between its quotes.
    pub fn key(&mut self) -> Option<&'a [u8]> {
        let key = self.string()?;
        self.expect(b':')?;
        Some(key)
    }

    /// A string, as it is spelled between its quotes.
    pub fn string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            let at = self.at + memchr2(b'"', b'\\', self.rest())?;
            if self.text.get(at) == Some(&b'"') {
                self.at = at + 1;
                return Some(self.between(start, at));
            }
            self.at = at + 2;
        }
    }

    /// Steps over a value of any kind.
    pub fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                _ => {
                    let ends =
                        |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b'"' | b'\t' | b'\n' | b'\r' | b' ');
                    let length = self.rest().iter().position(ends).filter(|&length| length > 0)?;
                    self.at += length;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Whether only white space is left.
    pub fn is_done(&mut self) -> bool {
        self.peek().is_none()
    }
}
