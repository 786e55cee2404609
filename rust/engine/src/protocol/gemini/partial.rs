//! Calls whose arguments are streamed in pieces (`streamFunctionCallArguments`, Vertex AI): put together here, because
//! OpenAI's pieces are cut from the text of the arguments and Gemini's are values at paths.

use serde_json::{Value, json};

use crate::protocol::{Object, text};

/// Puts the pieces of calls together; other parts pass.
#[derive(Debug, Default)]
pub struct Joiner {
    open: Option<Value>,
}

impl Joiner {
    /// The next part; what is whole with it.
    pub fn add(&mut self, mut part: Value) -> Vec<Value> {
        let Some(Value::Object(call)) = part.get_mut("functionCall") else {
            return self.close().into_iter().chain([part]).collect();
        };
        let goes_on = call.shift_remove("willContinue").is_some_and(|goes_on| goes_on == true);
        let pieces = call.shift_remove("partialArgs");
        let is_new = call.contains_key("name");
        let mut whole = Vec::new();
        if is_new || self.open.is_none() {
            whole.extend(self.close());
            self.open = Some(part);
        }
        if let Some(args) = self.args() {
            for piece in pieces.as_ref().and_then(Value::as_array).into_iter().flatten() {
                place(args, piece);
            }
        }
        if !goes_on {
            whole.extend(self.close());
        }
        whole
    }

    /// A call is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The call that the end of the answer leaves open.
    pub fn close(&mut self) -> Option<Value> {
        self.open.take()
    }

    fn args(&mut self) -> Option<&mut Value> {
        let call = self.open.as_mut()?.get_mut("functionCall")?.as_object_mut()?;
        Some(call.entry("args").or_insert_with(|| json!({})))
    }
}

/// Puts a piece where its path says. Text goes on with the text that is there.
fn place(args: &mut Value, piece: &Value) {
    let Some(path) = text(piece, "jsonPath") else {
        return;
    };
    let mut place = args;
    for step in steps(path) {
        place = match step {
            Step::Name(name) => {
                if !place.is_object() {
                    *place = Value::Object(Object::new());
                }
                let Value::Object(object) = place else { return };
                object.entry(name).or_insert(Value::Null)
            }
            Step::Index(index) => {
                if !place.is_array() {
                    *place = Value::Array(Vec::new());
                }
                let Value::Array(list) = place else { return };
                // A list grows by its next item; a path far behind its end is no piece of an answer.
                if index > list.len() {
                    return;
                }
                if index == list.len() {
                    list.push(Value::Null);
                }
                let Some(item) = list.get_mut(index) else { return };
                item
            }
        };
    }
    match (&mut *place, text(piece, "stringValue")) {
        (Value::String(before), Some(more)) => before.push_str(more),
        (place, Some(whole)) => *place = whole.into(),
        (place, None) => {
            let value = ["numberValue", "boolValue"].iter().find_map(|name| piece.get(*name));
            *place = value.cloned().unwrap_or_default();
        }
    }
}

enum Step {
    Name(String),
    Index(usize),
}

/// The steps of `$.a[0].b` and `$['a']`.
fn steps(path: &str) -> Vec<Step> {
    let path = path.strip_prefix('$').unwrap_or(path);
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty());
    steps
        .map(|step| match step.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Name(step.trim_matches(['\'', '"']).to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_one_call() {
        let mut joiner = Joiner::default();
        let call = |call: Value| json!({ "functionCall": call });
        let piece = |path: &str, text: &str| json!({"jsonPath": path, "stringValue": text, "willContinue": true});
        assert!(joiner.add(call(json!({"name": "f", "willContinue": true}))).is_empty());
        for (path, text) in [("$.a", "Bos"), ("$.a", "ton"), ("$.b[0].c", "x"), ("$.b[1]", "y"), ("$.b[9]", "far")] {
            assert!(joiner.add(call(json!({"partialArgs": [piece(path, text)], "willContinue": true}))).is_empty());
        }
        assert!(
            joiner
                .add(call(json!({"partialArgs": [{"jsonPath": "$['n']", "numberValue": 2}], "willContinue": true})))
                .is_empty()
        );
        let whole = joiner.add(call(json!({})));
        assert_eq!(whole, [call(json!({"name": "f", "args": {"a": "Boston", "b": [{"c": "x"}, "y"], "n": 2}}))]);
        assert_eq!(joiner.add(json!({"text": "t"})), [json!({"text": "t"})]);
    }

    #[test]
    fn a_call_without_its_end_is_closed_by_what_follows() {
        let mut joiner = Joiner::default();
        joiner.add(json!({"functionCall": {"name": "f", "willContinue": true}}));
        let whole = joiner.add(json!({"functionCall": {"name": "g", "args": {}}}));
        assert_eq!(whole.len(), 2);
        assert_eq!(joiner.close(), None);
    }
}
