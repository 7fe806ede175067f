// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The ways in which the FE writes a type.

use starrocks_types::StarRocksType as T;

const VARBINARY: u32 = 1_048_576;

/// As in SHOW CREATE TABLE: lower case with display widths.
pub(crate) fn create_form(t: &T) -> String {
    match t {
        T::TinyInt => "tinyint(4)".to_owned(),
        T::SmallInt => "smallint(6)".to_owned(),
        T::Int => "int(11)".to_owned(),
        T::BigInt => "bigint(20)".to_owned(),
        T::LargeInt => "largeint(40)".to_owned(),
        T::Decimal(p, s) => format!("decimal({p}, {s})"),
        T::Varbinary(n) => format!("varbinary({})", n.unwrap_or(VARBINARY)),
        T::Array(item) => format!("array<{}>", create_form(item)),
        T::Map(key, value) => format!("map<{},{}>", create_form(key), create_form(value)),
        T::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|(n, t)| format!("`{n}` {}", create_form(t))).collect();
            format!("struct<{}>", fields.join(", "))
        }
        simple => simple.to_string().to_lowercase(),
    }
}

/// As in DESC: without display widths, except inside STRUCT.
pub(crate) fn desc_form(t: &T) -> String {
    match t {
        T::Decimal(p, s) => format!("decimal({p},{s})"),
        T::TinyInt | T::SmallInt | T::Int | T::BigInt | T::LargeInt => t.to_string().to_lowercase(),
        T::Array(item) => format!("array<{}>", desc_form(item)),
        T::Map(key, value) => format!("map<{},{}>", desc_form(key), desc_form(value)),
        other => create_form(other),
    }
}

/// As in error texts about conversions and keys: upper case, decimals with the width that holds them.
pub(crate) fn error_form(t: &T) -> String {
    match t {
        T::Decimal(p, s) => {
            // The parser makes every declared decimal at least 64 bits wide.
            format!("DECIMAL{}({p},{s})", if *p <= 18 { 64 } else { 128 })
        }
        T::Struct(_) => create_form(t),
        T::Array(item) => format!("ARRAY<{}>", error_form(item)),
        T::Map(key, value) => format!("MAP<{},{}>", error_form(key), error_form(value)),
        T::Varbinary(n) => n.map_or_else(|| "VARBINARY".to_owned(), |n| format!("VARBINARY({n})")),
        simple => simple.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_types_in_both_forms() {
        let t = T::Map(Box::new(T::Int), Box::new(T::Struct(vec![("a".into(), T::Int)])));
        assert_eq!(create_form(&t), "map<int(11),struct<`a` int(11)>>");
        assert_eq!(desc_form(&t), "map<int,struct<`a` int(11)>>");
        assert_eq!(error_form(&T::Decimal(10, 2)), "DECIMAL64(10,2)");
    }
}
