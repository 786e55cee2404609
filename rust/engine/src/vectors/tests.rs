//! Replies as providers send them; then replies from a generator, against serde_json.

use super::*;

fn packed(reply: &str) -> Vectors {
    unpack(Bytes::copy_from_slice(reply.as_bytes())).unwrap().expect(reply)
}

fn is_refused(reply: &str) -> bool {
    unpack(Bytes::copy_from_slice(reply.as_bytes())).unwrap().is_none()
}

fn doubles(vectors: &Vectors) -> Vec<f64> {
    vectors.data.chunks_exact(8).map(|bytes| f64::from_ne_bytes(bytes.try_into().unwrap())).collect()
}

fn floats(vectors: &Vectors) -> Vec<f32> {
    vectors.data.chunks_exact(4).map(|bytes| f32::from_ne_bytes(bytes.try_into().unwrap())).collect()
}

fn rows(embeddings: &[&str]) -> String {
    let rows: Vec<_> = embeddings.iter().map(|row| format!(r#"{{"embedding":{row}}}"#)).collect();
    format!(r#"{{"data":[{}]}}"#, rows.join(","))
}

#[test]
fn numbers_are_taken_out_and_nothing_else() {
    let reply = r#" {"object":"list","note":"\"embedding\":[1.5] ]}","data":[ {"object":"embedding","index":0,"embedding":[0.1, -2.5e-3 ,3],"x":{"embedding":[9.5]}},
        {"embedding" : [ 1e2 ] , "index":1}],"model":"m","usage":{"prompt_tokens":8,"embedding":[1.5]}} "#;
    let vectors = packed(reply);
    let envelope = r#" {"object":"list","note":"\"embedding\":[1.5] ]}","data":[ {"object":"embedding","index":0,"embedding":null,"x":{"embedding":[9.5]}},
        {"embedding" : null , "index":1}],"model":"m","usage":{"prompt_tokens":8,"embedding":[1.5]}} "#;
    assert_eq!(vectors.envelope, envelope);
    assert_eq!((vectors.width, vectors.rows.as_slice()), (Width::F64, [(0, 3), (3, 1)].as_slice()));
    assert_eq!(doubles(&vectors), [0.1, -2.5e-3, 3.0, 100.0]);
}

#[test]
fn numbers_are_rounded_as_python_rounds_them() {
    // The first are halfway cases and ends of the range; their bits are those of Python 3.11.
    let cases = [
        ("0.1", 0x3fb9_9999_9999_999a_u64),
        ("9007199254740993.0", 0x4340_0000_0000_0000),
        ("1.00000000000000011102230246251565404236316680908203125", 0x3ff0_0000_0000_0000),
        ("1.00000000000000011102230246251565404236316680908203126", 0x3ff0_0000_0000_0001),
        ("2.2250738585072011e-308", 0x000f_ffff_ffff_ffff),
        ("5e-324", 0x0000_0000_0000_0001),
        ("1.7976931348623157e308", 0x7fef_ffff_ffff_ffff),
        ("1.8e308", 0x7ff0_0000_0000_0000),
        ("-0.0", 0x8000_0000_0000_0000),
        ("-0.04195026680827141", 0xbfa5_7a81_6000_0000),
    ];
    for (text, bits) in cases {
        assert_eq!(doubles(&packed(&rows(&[&format!("[{text}]")])))[0].to_bits(), bits, "{text}");
    }
}

#[test]
fn base64_is_packed_as_it_is() {
    let numbers = [1.0_f32, -2.5, f32::MIN_POSITIVE, 3.4e17];
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let text = BASE64.encode(&bytes);
    for spelled in
        [text.clone(), text.trim_end_matches('=').to_owned(), text.replace('/', r"\/"), text.replace('A', r"\u0041")]
    {
        let vectors = packed(&rows(&[&format!("\"{spelled}\""), &format!("\"{text}\"")]));
        assert_eq!((vectors.width, vectors.rows.as_slice()), (Width::F32, [(0, 4), (4, 4)].as_slice()));
        assert_eq!(floats(&vectors), [numbers, numbers].concat());
        assert_eq!(vectors.envelope, rows(&["null", "null"]));
    }
}

#[test]
fn damaged_base64_is_an_error() {
    for text in ["!!!!", "AAA", "AAAAAAA_", "AA AA"] {
        let error = unpack(Bytes::from(rows(&["\"AACAPw==\"", &format!("\"{text}\"")])));
        match error {
            Err(error) => {
                assert_eq!(error.kind(), Kind::ResponseValidation);
                assert!(error.details().message.contains("row 1"), "{error}");
            }
            // Three characters are two bytes: no damage, and no f32 either.
            Ok(vectors) => assert!(vectors.is_none() && text == "AAA", "{text}"),
        }
    }
}

#[test]
fn quantised_base64_is_handed_on() {
    // The beginning of a recorded reply of Perplexity (base64_int8), exchange afda8d09032980b3.
    assert!(is_refused(&rows(&["\"1/8A807U0Euwxfo5JgDoo/8KPCwm3lxiAPq8lu0gD60kOPQACD7YtfI6TOsn7frs\""])));
    for hostile in [f32::NAN, f32::INFINITY, -1e37] {
        let bytes: Vec<u8> = [0.5, hostile].iter().flat_map(|number| number.to_le_bytes()).collect();
        assert!(is_refused(&rows(&[&format!("\"{}\"", BASE64.encode(bytes))])), "{hostile}");
    }
}

#[test]
fn other_shapes_are_handed_on() {
    let shapes = [
        rows(&[]),
        rows(&["[]"]),
        rows(&["null"]),
        rows(&["\"\""]),
        rows(&["[1,-3,127]"]),
        rows(&["[0.5]", "[1,2]"]),
        rows(&["[[0.5]]"]),
        rows(&["[0.5,null]"]),
        rows(&["[0.5,\"x\"]"]),
        rows(&["{\"float\":[0.5]}"]),
        rows(&["[0.5]", "\"AACAPw==\""]),
        rows(&["\"AACAPw==\"", "[0.5]"]),
        rows(&["[NaN]"]),
        rows(&["[Infinity]"]),
        rows(&["[-inf]"]),
        rows(&["[+0.5]"]),
        rows(&["[.5]"]),
        rows(&["[5.]"]),
        rows(&["[00.5]"]),
        rows(&["[-.5]"]),
        rows(&["[0.5 0.5]"]),
        rows(&["[0.5,]"]),
        r#"{"data":[{"index":0}]}"#.into(),
        r#"{"data":[{"embedding":[0.5],"embedding":[0.5]}]}"#.into(),
        r#"{"data":[{"embedding":[0.5]}],"data":[{"embedding":[0.5]}]}"#.into(),
        r#"{"data":{"embedding":[0.5]}}"#.into(),
        r#"{"data":[[0.5]]}"#.into(),
        r#"{"data":null}"#.into(),
        r#"{"embeddings":[[0.5]]}"#.into(),
        r#"{"data":[{"embedding":[0.5]}]} x"#.into(),
        r#"{"error":{"message":"m"}}"#.into(),
        "[]".into(),
        String::new(),
        "<html>".into(),
    ];
    for shape in shapes {
        assert!(is_refused(&shape), "{shape}");
    }
}

#[test]
fn every_truncation_is_handed_on() {
    let reply = r#"{"object":"list","data":[{"embedding":[0.5,1.5],"index":0},{"embedding":[2.5],"x":"\\\""}],"usage":{"n":1}}"#;
    packed(reply);
    for end in 0..reply.len() {
        let truncated = String::from_utf8(reply.as_bytes()[..end].to_vec()).unwrap();
        assert!(is_refused(&truncated), "{truncated}");
    }
}

/// xorshift64*: the tests need no crate for this.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit
    }

    fn pick<'a>(&mut self, options: &[&'a str]) -> &'a str {
        options[self.below(options.len() as u64) as usize]
    }

    fn space(&mut self) -> &'static str {
        self.pick(&["", "", "", " ", "\n", " \t\r\n"])
    }

    fn number(&mut self) -> String {
        let bits = f64::from_bits(self.below(u64::MAX));
        match self.below(4) {
            0 if bits.is_finite() => format!("{bits:e}"),
            1 => format!("{}.{}", self.below(1000), self.below(u64::MAX)),
            2 => format!("-0.{:016}", self.below(10_u64.pow(16))),
            _ => format!("{}", self.below(200) as i64 - 100),
        }
    }

    fn value(&mut self, depth: u64) -> String {
        match self.below(if depth == 0 { 3 } else { 5 }) {
            0 => self.pick(&["null", "true", "-1.5e3", "0"]).to_owned(),
            1 => self
                .pick(&[
                    r#""""#,
                    r#""embedding""#,
                    r#""\\""#,
                    r#""]}\"{[""#,
                    r#""a\u005d\u00e9""#,
                    "\"\u{e9}\u{2028}\"",
                ])
                .to_owned(),
            2 => "[0.5,1.5]".to_owned(),
            3 => format!("[{},{}{}]", self.value(depth - 1), self.space(), self.value(depth - 1)),
            _ => format!(
                "{{{}\"embedding\":{},\"data\":{}}}",
                self.space(),
                self.value(depth - 1),
                self.value(depth - 1)
            ),
        }
    }

    fn reply(&mut self) -> String {
        let rows: Vec<_> = (0..1 + self.below(4))
            .map(|_| {
                let numbers: Vec<_> =
                    (0..self.below(5)).map(|_| format!("{}{}{}", self.space(), self.number(), self.space())).collect();
                let (before, after, space) = (self.value(2), self.value(2), self.space());
                format!(
                    "{{\"a\":{before},{space}\"embedding\"{space}:{space}[0.25,{}],\"b\":{after}{space}}}",
                    [&numbers[..], &["1".to_owned()]].concat().join(",")
                )
            })
            .collect();
        let (before, after, space) = (self.value(3), self.value(3), self.space());
        format!("{space}{{\"x\":{before},\"data\":{space}[{}]{space},\"y\":{after}}}", rows.join(","))
    }
}

#[derive(serde::Deserialize)]
struct Reference {
    data: Vec<ReferenceRow>,
}

#[derive(serde::Deserialize)]
struct ReferenceRow {
    embedding: Vec<Box<serde_json::value::RawValue>>,
}

#[test]
fn generated_replies_agree_with_serde_json() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..5_000 {
        let reply = random.reply();
        let vectors = packed(&reply);
        let reference: Reference = serde_json::from_str(&reply).unwrap();
        let lengths: Vec<_> = reference.data.iter().map(|row| row.embedding.len()).collect();
        assert_eq!(vectors.rows.iter().map(|(_, length)| *length).collect::<Vec<_>>(), lengths);
        let expected = reference.data.iter().flat_map(|row| &row.embedding);
        let expected: Vec<u64> = expected.map(|number| number.get().parse::<f64>().unwrap().to_bits()).collect();
        assert_eq!(doubles(&vectors).into_iter().map(f64::to_bits).collect::<Vec<_>>(), expected, "{reply}");
        let mut envelope: serde_json::Value = serde_json::from_str(&reply).unwrap();
        for row in envelope["data"].as_array_mut().unwrap() {
            row["embedding"].take();
        }
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&vectors.envelope).unwrap(), envelope, "{reply}");
    }
}

#[test]
fn damaged_replies_never_panic() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..20_000 {
        let mut reply = random.reply().into_bytes();
        for _ in 0..1 + random.below(3) {
            let at = random.below(reply.len() as u64) as usize;
            match random.below(3) {
                0 => reply[at] = random.below(256) as u8,
                1 => drop(reply.drain(at..(at + 5).min(reply.len()))),
                _ => reply.insert(at, b"\"\\{}[]:,"[random.below(8) as usize]),
            }
        }
        let reply = Bytes::from(reply);
        if let Ok(Some(vectors)) = unpack(reply.clone()) {
            let numbers = vectors.data.len() / 8;
            assert!(vectors.rows.iter().all(|(offset, length)| offset + length <= numbers));
        }
    }
}
