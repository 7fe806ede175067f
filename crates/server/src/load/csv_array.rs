// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Arrays in CSV fields, `[1,null]` and `["a","say ""b"""]`, as the backend's `csv::DefaultArrayReader` takes them apart: a
//! backslash is a character like any other.

use std::borrow::Cow;

/// The elements as they are written; `None` for what is no array.
pub(super) fn split(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let (mut items, mut start) = (Vec::new(), 0);
    let (mut quoted, mut depth) = (false, 0i32);
    for (at, c) in inner.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // Elements may be arrays, and maps and structs as JSON.
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(inner.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(inner.get(start..)?);
    (!quoted && depth == 0).then_some(items)
}

/// The text between the quotes of an element; `None` without quotes.
pub(super) fn unquote(item: &str) -> Option<Cow<'_, str>> {
    let text = item.strip_prefix('"')?.strip_suffix('"')?;
    Some(if text.contains('"') { text.replace("\"\"", "\"").into() } else { text.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_taken_apart_as_the_backend_does() {
        assert_eq!(split("[]"), Some(vec![]));
        assert_eq!(split("[1,null, 3]"), Some(vec!["1", "null", " 3"]));
        assert_eq!(split(r#"["a,b","say ""c""",[1,2]]"#), Some(vec![r#""a,b""#, r#""say ""c""""#, "[1,2]"]));
        assert_eq!(split(r#"[{"x":1,"y":"}"}]"#), Some(vec![r#"{"x":1,"y":"}"}"#]));
        for broken in ["", "[", "1,2", r#"["a]"#, "[[1]", r#"["a\"b"]"#] {
            assert_eq!(split(broken), None, "{broken}");
        }
        assert_eq!(unquote(r#""say ""c""""#).as_deref(), Some(r#"say "c""#));
        assert_eq!(unquote("bare"), None);
    }
}
