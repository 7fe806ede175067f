// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! JSON bodies.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::options::{JsonOptions, JsonPath, JsonStep};
use super::sink::RowSink;

/// Reads all documents of a body into `sink`. An error fails the whole load.
pub(crate) fn read(body: &[u8], options: &JsonOptions, names: &[String], sink: &mut RowSink) -> Result<(), String> {
    let first = body.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        None => return Ok(()),
        Some(b'[') if options.strip_outer_array || options.root.is_some() => {}
        Some(b'[') => {
            return Err(
                "The value is array type in json document stream, you can set strip_outer_array=true to parse \
                        each element of the array as individual rows"
                    .to_owned(),
            );
        }
        Some(b'{') if !options.strip_outer_array || options.root.is_some() => {}
        Some(b'{') => {
            let excerpt: String = String::from_utf8_lossy(body).chars().take(100).collect();
            return Err(format!("the value should be array type with strip_outer_array=true, value: {excerpt}"));
        }
        Some(other) => return Err(format!("illegal json started with {}", char::from(*other))),
    }
    let mut reader = Reader { options, names, sink, found: vec![None; names.len()] };
    let mut documents = serde_json::Deserializer::from_slice(body);
    loop {
        // `end` is the only way to look whether anything but blanks is left.
        if documents.end().is_ok() {
            return Ok(());
        }
        let read = if options.root.is_none() && options.strip_outer_array {
            DeserializeSeed::deserialize(Rows(&mut reader), &mut documents)
        } else {
            <&RawValue as serde::Deserialize>::deserialize(&mut documents)
                .and_then(|document| reader.document(document.get()).map_err(serde::de::Error::custom))
        };
        read.map_err(|e| format!("Failed to parse json body, error: {e}"))?;
        if let Some(failure) = reader.sink.failure() {
            return Err(failure.to_owned());
        }
    }
}

struct Reader<'a, 'b> {
    options: &'a JsonOptions,
    names: &'a [String],
    sink: &'a mut RowSink,
    /// The values of the row at hand by source; kept between rows for its memory.
    found: Vec<Option<&'b str>>,
}

impl<'b> Reader<'_, 'b> {
    fn document(&mut self, json: &'b str) -> Result<(), String> {
        let json = match &self.options.root {
            Some(root) => follow(json, root).ok_or("json_root does not exist in a document")?,
            None => json,
        };
        if self.options.strip_outer_array {
            let items: Vec<&'b RawValue> = serde_json::from_str(json)
                .map_err(|e| format!("the value should be array type with strip_outer_array=true, value: {e}"))?;
            items.into_iter().try_for_each(|item| self.row(item.get()))
        } else {
            self.row(json)
        }
    }

    fn row(&mut self, json: &'b str) -> Result<(), String> {
        self.found.fill(None);
        if let Some(paths) = &self.options.paths {
            for (slot, path) in self.found.iter_mut().zip(paths) {
                *slot = follow(json, path);
            }
        } else if json.starts_with('{') {
            let mut document = serde_json::Deserializer::from_str(json);
            let members = Members { names: self.names, found: &mut self.found };
            document.deserialize_map(members).map_err(|e| e.to_string())?;
        } else {
            self.sink.reject_unparsed("The value is not an object", json.as_bytes());
            return Ok(());
        }
        let found = &self.found;
        self.sink.append_row(
            json.as_bytes(),
            |i, name, builder| match found.get(i).copied().flatten() {
                Some(value) => builder.append_json(name, value),
                None => {
                    builder.append_null();
                    Ok(())
                }
            },
            |i| found.get(i).copied().flatten().unwrap_or("null").to_owned(),
        );
        Ok(())
    }
}

/// Elements of the outer array, each a row.
struct Rows<'r, 'a, 'b>(&'r mut Reader<'a, 'b>);

impl<'b> DeserializeSeed<'b> for Rows<'_, '_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'b> Visitor<'b> for Rows<'_, '_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(item) = seq.next_element::<&'b RawValue>()? {
            self.0.row(item.get()).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

/// Members of one object, by source.
struct Members<'r, 'b> {
    names: &'r [String],
    found: &'r mut [Option<&'b str>],
}

impl<'b> Visitor<'b> for Members<'_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<(), A::Error> {
        // Writers keep the order of keys, so the next name is usually the next key.
        let mut expected = 0;
        while let Some(key) = map.next_key_seed(Key)? {
            let at = match self.names.get(expected) {
                Some(name) if *name == key => Some(expected),
                _ => self.names.iter().position(|name| *name == key),
            };
            match at.and_then(|at| Some((at, self.found.get_mut(at)?))) {
                Some((at, slot)) => {
                    *slot = Some(map.next_value::<&'b RawValue>()?.get());
                    expected = at + 1;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A key, borrowed when it has no escapes.
struct Key;

impl<'b> DeserializeSeed<'b> for Key {
    type Value = Cow<'b, str>;

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'b> Visitor<'b> for Key {
    type Value = Cow<'b, str>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'b str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// The value at `path`, if it is there.
fn follow<'b>(json: &'b str, path: &JsonPath) -> Option<&'b str> {
    let mut at = json;
    for step in path {
        at = match step {
            JsonStep::Key(key) => {
                let mut found = [None];
                let mut document = serde_json::Deserializer::from_str(at);
                let members = Members { names: std::slice::from_ref(key), found: &mut found };
                document.deserialize_map(members).ok()?;
                found.first().copied().flatten()?
            }
            JsonStep::Index(index) => serde_json::from_str::<Vec<&RawValue>>(at).ok()?.get(*index)?.get(),
        };
    }
    Some(at)
}
