//! JSON Schemas as Gemini takes them in `parametersJsonSchema` and `responseJsonSchema`.
//!
//! Most keywords travel as they are; those that Gemini does not know it ignores there. What it refuses is rewritten:
//! beside `$ref` it allows no more than `description` and `default`, so references are replaced by what they mean. A
//! schema that refers to itself keeps its references, without other members beside them.

use serde_json::{Value, json};

use crate::protocol::Object;

/// A schema that grows beyond so many references keeps them.
const MAX_REFERENCES: usize = 500;
/// So does one that becomes deeper than any that was read from JSON.
const MAX_DEPTH: usize = 200;

/// Members that hold schemas by name, in which a name is no keyword.
const BY_NAME: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];
/// Members that hold no schema.
const PLAIN: [&str; 5] = ["enum", "const", "default", "examples", "required"];

/// The schema as Gemini takes it.
pub fn cleaned(schema: &Value) -> Value {
    let mut inlined = Inliner { root: schema, above: Vec::new(), left: MAX_REFERENCES }.inline(schema, 0);
    if let Some(Value::Object(root)) = &mut inlined {
        for definitions in ["$defs", "definitions"] {
            root.shift_remove(definitions);
        }
    }
    inlined.unwrap_or_else(|| kept(schema))
}

/// With references as they are.
fn kept(schema: &Value) -> Value {
    let Value::Object(root) = schema else {
        return schema.clone();
    };
    // The definitions may stand beside a reference; they are walked without it.
    let mut alone = root.clone();
    if let Some(reference) = alone.shift_remove("$ref") {
        alone.retain(|name, _| matches!(name.as_str(), "$defs" | "definitions" | "description" | "default"));
        let mut walked = kept(&Value::Object(alone));
        if let (Value::Object(walked), Some(reference)) = (&mut walked, reference.as_str()) {
            walked.insert("$ref".into(), renamed(reference).into());
        }
        return walked;
    }
    let walked = walk(schema, 0, &mut |node, _| {
        let reference = node.get("$ref").and_then(Value::as_str)?;
        let mut alone = Object::new();
        alone.insert("$ref".into(), renamed(reference).into());
        for beside in ["description", "default"] {
            alone.extend(node.get(beside).map(|value| (beside.to_owned(), value.clone())));
        }
        Some(Some(Value::Object(alone)))
    });
    walked.unwrap_or(Value::Null)
}

fn renamed(reference: &str) -> String {
    reference.replacen("#/definitions/", "#/$defs/", 1)
}

struct Inliner<'a> {
    root: &'a Value,
    /// The references that are being replaced.
    above: Vec<String>,
    left: usize,
}

impl Inliner<'_> {
    /// `None`: the schema refers to itself, or to nothing, or too often.
    fn inline(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        walk(schema, depth, &mut |node, depth| {
            let reference = node.get("$ref").and_then(Value::as_str)?;
            Some(self.replace(reference, node, depth))
        })
    }

    fn replace(&mut self, reference: &str, node: &Object, depth: usize) -> Option<Value> {
        let meant = self.root.pointer(reference.strip_prefix('#')?)?.as_object()?;
        if self.left == 0 || self.above.iter().any(|above| above == reference) {
            return None;
        }
        self.left -= 1;
        let mut merged = meant.clone();
        merged
            .extend(node.iter().filter(|(name, _)| *name != "$ref").map(|(name, value)| (name.clone(), value.clone())));
        self.above.push(reference.to_owned());
        let inlined = self.inline(&Value::Object(merged), depth + 1);
        self.above.pop();
        inlined
    }
}

/// What becomes of a node: `None` to walk on into it, else its replacement, which may fail.
type Replace<'a> = dyn FnMut(&Object, usize) -> Option<Option<Value>> + 'a;

fn walk(schema: &Value, depth: usize, replace: &mut Replace<'_>) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let node = match schema {
        Value::Object(node) => node,
        Value::Array(list) => {
            return list.iter().map(|item| walk(item, depth + 1, replace)).collect::<Option<_>>().map(Value::Array);
        }
        _ => return Some(schema.clone()),
    };
    if let Some(replacement) = replace(node, depth) {
        return replacement;
    }
    let mut walked = Object::new();
    for (name, value) in node {
        let value = match (name.as_str(), value) {
            ("$schema", _) => continue,
            // The constant is an `enum` of one, which Gemini knows.
            ("const", value) => {
                walked.entry("enum").or_insert(json!([value]));
                continue;
            }
            (name, value) if PLAIN.contains(&name) => value.clone(),
            (name, Value::Object(schemas)) if BY_NAME.contains(&name) => {
                let walk_named = |(name, schema)| Some((String::clone(name), walk(schema, depth + 1, replace)?));
                Value::Object(schemas.iter().map(walk_named).collect::<Option<_>>()?)
            }
            (_, value) => walk(value, depth + 1, replace)?,
        };
        let name = if name == "definitions" { "$defs" } else { name };
        walked.insert(name.to_owned(), value);
    }
    Some(Value::Object(walked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "a": {"$ref": "#/$defs/A", "description": "mine"},
                "$ref": {"type": "string"},
                "const": {"const": 1}
            },
            "$defs": {"A": {"type": "object", "description": "its", "properties": {"b": {"$ref": "#/$defs/B"}}},
                      "B": {"enum": ["x"], "default": {"$ref": "no schema"}}}
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "a": {"type": "object", "description": "mine",
                      "properties": {"b": {"enum": ["x"], "default": {"$ref": "no schema"}}}},
                "$ref": {"type": "string"},
                "const": {"enum": [1]}
            }
        });
        assert_eq!(cleaned(&schema), expected);
    }

    #[test]
    fn a_schema_that_refers_to_itself_keeps_its_references() {
        let schema = json!({
            "properties": {"next": {"$ref": "#/definitions/Node", "title": "Next", "default": null}},
            "definitions": {"Node": {"properties": {"next": {"$ref": "#/definitions/Node"}, "kind": {"const": "n"}}}}
        });
        let expected = json!({
            "properties": {"next": {"$ref": "#/$defs/Node", "default": null}},
            "$defs": {"Node": {"properties": {"next": {"$ref": "#/$defs/Node"}, "kind": {"enum": ["n"]}}}}
        });
        assert_eq!(cleaned(&schema), expected);
        assert_eq!(cleaned(&json!({"$ref": "#/$defs/Nobody"})), json!({"$ref": "#/$defs/Nobody"}));
    }

    #[test]
    fn references_that_double_each_time_end() {
        let mut definitions = Object::new();
        for level in 0..40 {
            let next = json!({"$ref": format!("#/$defs/L{}", level + 1)});
            definitions.insert(format!("L{level}"), json!({"properties": {"a": next, "b": next}}));
        }
        definitions.insert("L40".into(), json!({"type": "string"}));
        let schema = json!({"$ref": "#/$defs/L0", "$defs": definitions});
        assert!(cleaned(&schema).to_string().len() < 10_000);
        let mut chain = Object::new();
        for level in 0..450 {
            chain.insert(format!("L{level}"), json!({"items": {"$ref": format!("#/$defs/L{}", level + 1)}}));
        }
        chain.insert("L450".into(), json!({"type": "string"}));
        let schema = json!({"$ref": "#/$defs/L0", "$defs": chain});
        assert_eq!(cleaned(&schema), schema);
    }
}
