//! The fuzz target of `fuzz/` on a stable compiler: streams from a seeded generator, cut at random.

mod splits;

/// What event streams are made of, and what resembles it.
const TOKENS: [&[u8]; 24] = [
    b"data:",
    b"data: ",
    b"data",
    b"event:",
    b"event: error",
    b"id: 7",
    b"retry:",
    b":",
    b": keep-alive",
    b" ",
    b"\n",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"{\"a\":1}",
    b"[DONE]",
    b"x",
    b"\xEF\xBB\xBF",
    b"\xE2\x80\xA8",
    b"\xC2\x85",
    b"\xF0\x9F\x98\x80",
    b"\0\xFF",
];

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as usize % limit
    }
}

#[test]
fn however_a_stream_is_cut_its_events_are_the_same() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let mut stream = Vec::new();
        for _ in 0..random.below(40) {
            stream.extend_from_slice(TOKENS[random.below(TOKENS.len())]);
        }
        splits::check(&stream, |limit| random.below(limit + 1));
    }
}

#[test]
fn noise_is_cut_like_anything_else() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..20_000 {
        let stream: Vec<u8> = (0..random.below(60)).map(|_| b"data: \n\r:\xEF\xBB\xBFev"[random.below(14)]).collect();
        splits::check(&stream, |limit| random.below(limit + 1));
    }
}
