// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Column types as `information_schema.columns` spells them.

use starrocks_types::StarRocksType;

/// What STRING stands for, and what a length that is not told is taken for.
const STRING_LENGTH: u32 = 65_533;

/// Reads a `COLUMN_TYPE`, such as `decimal(10,2)`, `bigint(20) unsigned` or ``struct<`a` int(11)>``. `None` for a type
/// that we do not know.
pub(crate) fn parse(text: &str) -> Option<StarRocksType> {
    let mut parser = Parser { rest: text.trim() };
    let parsed = parser.data_type(0)?;
    parser.rest.trim().is_empty().then_some(parsed)
}

/// Nesting that no table has; the text comes from a server, so it is bounded all the same.
const MAX_DEPTH: usize = 32;

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn data_type(&mut self, depth: usize) -> Option<StarRocksType> {
        use StarRocksType as S;
        if depth > MAX_DEPTH {
            return None;
        }
        let name = self.word()?.to_ascii_lowercase();
        match name.as_str() {
            "array" => {
                self.expect('<')?;
                let element = self.data_type(depth + 1)?;
                self.expect('>')?;
                return Some(S::Array(Box::new(element)));
            }
            "map" => {
                self.expect('<')?;
                let key = self.data_type(depth + 1)?;
                self.expect(',')?;
                let value = self.data_type(depth + 1)?;
                self.expect('>')?;
                return Some(S::Map(Box::new(key), Box::new(value)));
            }
            "struct" => {
                self.expect('<')?;
                let mut fields = Vec::new();
                loop {
                    let name = self.name()?;
                    fields.push((name, self.data_type(depth + 1)?));
                    if self.expect(',').is_none() {
                        break;
                    }
                }
                self.expect('>')?;
                return Some(S::Struct(fields));
            }
            _ => {}
        }
        let arguments = self.arguments()?;
        let first = arguments.first().copied();
        let unsigned = self.rest.trim_start().get(..8).is_some_and(|w| w.eq_ignore_ascii_case("unsigned"));
        if unsigned {
            self.rest = self.rest.trim_start().get(8..)?;
        }
        Some(match name.as_str() {
            "boolean" => S::Boolean,
            // The server writes BOOLEAN this way.
            "tinyint" if first == Some(1) => S::Boolean,
            "tinyint" => S::TinyInt,
            "smallint" => S::SmallInt,
            "int" => S::Int,
            "bigint" if unsigned => S::LargeInt,
            "bigint" => S::BigInt,
            "largeint" => S::LargeInt,
            "float" => S::Float,
            "double" => S::Double,
            "decimal" | "decimalv2" | "decimal32" | "decimal64" | "decimal128" | "decimal256" => {
                let digits =
                    |at: usize, default: u8| arguments.get(at).map_or(Some(default), |n| u8::try_from(*n).ok());
                S::Decimal(digits(0, 10)?, digits(1, 0)?)
            }
            "char" => S::Char(first.unwrap_or(1)),
            "varchar" | "string" => S::Varchar(first.unwrap_or(STRING_LENGTH)),
            "varbinary" | "binary" => S::Varbinary(first),
            "date" => S::Date,
            "datetime" => S::DateTime,
            // A variant takes what JSON takes.
            "json" | "variant" => S::Json,
            "hll" => S::Hll,
            "bitmap" | "object" => S::Bitmap,
            "percentile" => S::Percentile,
            _ => return None,
        })
    }

    fn word(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// A field name, with or without back-quotes; two of them within stand for one.
    fn name(&mut self) -> Option<String> {
        let Some(mut rest) = self.rest.trim_start().strip_prefix('`') else { return self.word().map(str::to_owned) };
        let mut name = String::new();
        loop {
            let (part, after) = rest.split_once('`')?;
            name.push_str(part);
            match after.strip_prefix('`') {
                Some(_) => name.push('`'),
                None => {
                    self.rest = after;
                    return Some(name);
                }
            }
            rest = after.get(1..)?;
        }
    }

    fn arguments(&mut self) -> Option<Vec<u32>> {
        let Some(rest) = self.rest.trim_start().strip_prefix('(') else { return Some(Vec::new()) };
        let (inside, rest) = rest.split_once(')')?;
        self.rest = rest;
        inside.split(',').map(|n| n.trim().parse().ok()).collect()
    }

    fn expect(&mut self, token: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(token)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn recorded_types_are_read() {
        for (text, sql) in [
            ("tinyint(1)", "BOOLEAN"),
            ("tinyint(4)", "TINYINT"),
            ("int(11)", "INT"),
            ("bigint(20) unsigned", "LARGEINT"),
            ("decimal(38, 18)", "DECIMAL(38, 18)"),
            ("varchar(65533)", "VARCHAR(65533)"),
            ("varchar", "VARCHAR(65533)"),
            ("varbinary(1048576)", "VARBINARY(1048576)"),
            ("array<DECIMAL64(10,2)>", "ARRAY<DECIMAL(10, 2)>"),
            ("map<varchar(10),array<double>>", "MAP<VARCHAR(10),ARRAY<DOUBLE>>"),
            ("struct<`a` array<int(11)>, `m` map<int(11),int(11)>>", "STRUCT<a ARRAY<INT>, m MAP<INT,INT>>"),
            ("struct<`a``b c` int(11)>", "STRUCT<a`b c INT>"),
            ("percentile", "PERCENTILE"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), sql, "{text}");
        }
    }

    #[test]
    fn other_text_is_not_a_type() {
        for text in
            ["", "unknown", "array<", "array<int", "map<int>", "struct<>", "int(x)", "int(11) signed", "decimal(300,1)"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"array<".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,60}") {
            let _ = parse(&text);
        }
    }
}
