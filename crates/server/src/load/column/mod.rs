// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Arrow builders that take text and JSON.

mod json;
mod nested;

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Decimal256Builder, Float32Builder,
    Float64Builder, Int8Builder, Int16Builder, Int32Builder, Int64Builder, NullBufferBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use starrocks_types::StarRocksType;

use self::json::{Text, minified, normal_json, whole_number};
use self::nested::{Nested, NestedKind};
use crate::catalog::arrow_type;
use crate::load::{csv_array, value};

/// Builds one column. A failed append has appended NULL, so that all columns of a batch stay equally long.
pub(crate) struct ColumnBuilder {
    data_type: StarRocksType,
    values: Values,
}

enum Values {
    Boolean(BooleanBuilder),
    TinyInt(Int8Builder),
    SmallInt(Int16Builder),
    Int(Int32Builder),
    BigInt(Int64Builder),
    LargeInt(Decimal256Builder),
    Float(Float32Builder),
    Double(Float64Builder),
    Decimal(Decimal128Builder, u8, u8),
    Text(StringBuilder),
    Json(StringBuilder),
    Date(Date32Builder),
    DateTime(TimestampMicrosecondBuilder),
    Binary(BinaryBuilder),
    Nested(Box<Nested>),
}

/// Why a value was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It cannot be converted; without strict mode it is NULL.
    Cast,
    /// A text is not UTF-8; the row is rejected in either mode.
    Utf8,
    /// The row is rejected in either mode.
    Reject(String),
}

impl ColumnBuilder {
    pub(crate) fn new(data_type: &StarRocksType) -> Self {
        let nested = |kind, children: Vec<&StarRocksType>| {
            Values::Nested(Box::new(Nested {
                kind,
                valid: NullBufferBuilder::new(0),
                lengths: Vec::new(),
                children: children.into_iter().map(Self::new).collect(),
            }))
        };
        let values = match (data_type, arrow_type(data_type)) {
            (StarRocksType::Boolean, _) => Values::Boolean(BooleanBuilder::new()),
            (StarRocksType::TinyInt, _) => Values::TinyInt(Int8Builder::new()),
            (StarRocksType::SmallInt, _) => Values::SmallInt(Int16Builder::new()),
            (StarRocksType::Int, _) => Values::Int(Int32Builder::new()),
            (StarRocksType::BigInt, _) => Values::BigInt(Int64Builder::new()),
            (StarRocksType::LargeInt, t) => Values::LargeInt(Decimal256Builder::new().with_data_type(t)),
            (StarRocksType::Float, _) => Values::Float(Float32Builder::new()),
            (StarRocksType::Double, _) => Values::Double(Float64Builder::new()),
            (StarRocksType::Decimal(p, s), t) => Values::Decimal(Decimal128Builder::new().with_data_type(t), *p, *s),
            (StarRocksType::Json, _) => Values::Json(StringBuilder::new()),
            (StarRocksType::Date, _) => Values::Date(Date32Builder::new()),
            (StarRocksType::DateTime, _) => Values::DateTime(TimestampMicrosecondBuilder::new()),
            (StarRocksType::Array(item), DataType::List(field)) => nested(NestedKind::List(field), vec![item]),
            (StarRocksType::Map(k, v), DataType::Map(field, _)) => nested(NestedKind::Map(field), vec![k, v]),
            (StarRocksType::Struct(types), DataType::Struct(fields)) => {
                nested(NestedKind::Struct(fields), types.iter().map(|(_, t)| t).collect())
            }
            (_, DataType::Binary) => Values::Binary(BinaryBuilder::new()),
            _ => Values::Text(StringBuilder::new()),
        };
        Self { data_type: data_type.clone(), values }
    }

    pub(crate) fn append_null(&mut self) {
        match &mut self.values {
            Values::Boolean(b) => b.append_null(),
            Values::TinyInt(b) => b.append_null(),
            Values::SmallInt(b) => b.append_null(),
            Values::Int(b) => b.append_null(),
            Values::BigInt(b) => b.append_null(),
            Values::LargeInt(b) => b.append_null(),
            Values::Float(b) => b.append_null(),
            Values::Double(b) => b.append_null(),
            Values::Decimal(b, ..) => b.append_null(),
            Values::Text(b) | Values::Json(b) => b.append_null(),
            Values::Date(b) => b.append_null(),
            Values::DateTime(b) => b.append_null(),
            Values::Binary(b) => b.append_null(),
            Values::Nested(n) => n.append_null(),
        }
    }

    /// Appends a text that is not NULL.
    pub(crate) fn append_text(&mut self, text: &str) -> Result<(), Unfit> {
        self.append_bytes(text.as_bytes())
    }

    /// Appends a CSV field that is not NULL. Only texts are checked to be UTF-8: whatever else is no value anyway.
    pub(crate) fn append_bytes(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        match &mut self.values {
            Values::Boolean(b) => fit(value::boolean(bytes), |v| b.append_option(v)),
            Values::TinyInt(b) => {
                fit(value::integer(bytes, 8).and_then(|v| i8::try_from(v).ok()), |v| b.append_option(v))
            }
            Values::SmallInt(b) => {
                fit(value::integer(bytes, 16).and_then(|v| i16::try_from(v).ok()), |v| b.append_option(v))
            }
            Values::Int(b) => {
                fit(value::integer(bytes, 32).and_then(|v| i32::try_from(v).ok()), |v| b.append_option(v))
            }
            Values::BigInt(b) => fit(value::integer(bytes, 64), |v| b.append_option(v)),
            Values::LargeInt(b) => fit(value::large_decimal(bytes), |v| b.append_option(v)),
            Values::Float(b) => fit(value::float32(bytes), |v| b.append_option(v)),
            Values::Double(b) => fit(value::float(bytes), |v| b.append_option(v)),
            Values::Decimal(b, p, s) => fit(value::decimal(bytes, *p, *s), |v| b.append_option(v)),
            Values::Text(b) => match str::from_utf8(bytes) {
                Ok(text) => {
                    b.append_value(text);
                    Ok(())
                }
                Err(_) => {
                    b.append_null();
                    Err(Unfit::Utf8)
                }
            },
            Values::Json(b) => fit(str::from_utf8(bytes).ok().and_then(normal_json), |v| b.append_option(v)),
            Values::Date(b) => fit(value::date(bytes), |v| b.append_option(v)),
            Values::DateTime(b) => fit(value::date_time(bytes), |v| b.append_option(v)),
            Values::Binary(b) => {
                match STANDARD.decode(bytes) {
                    Ok(decoded) => b.append_value(decoded),
                    // Newer backends take what is no base64 as it is.
                    Err(_) => b.append_value(bytes),
                }
                Ok(())
            }
            Values::Nested(n) => n.append_field(bytes),
        }
    }

    /// Appends a JSON value given as its source text, which is valid JSON without blanks around it.
    pub(crate) fn append_json(&mut self, name: &str, json: &str) -> Result<(), Unfit> {
        let first = json.bytes().next().unwrap_or(b'n');
        if first == b'n' {
            self.append_null();
            return Ok(());
        }
        match &mut self.values {
            Values::Json(b) => return fit(normal_json(json), |v| b.append_option(v)),
            Values::Nested(n) => {
                // A string may hold the nested value as text.
                return match serde_json::from_str::<Text<'_>>(json) {
                    Ok(Text(text)) if first == b'"' => self.append_text(&text),
                    _ => n.append(json),
                };
            }
            Values::Text(b) if matches!(first, b'{' | b'[') => {
                return fit(minified(json), |v| b.append_option(v));
            }
            _ => {}
        }
        match first {
            b'"' => {
                let Ok(Text(text)) = serde_json::from_str::<Text<'_>>(json) else {
                    self.append_null();
                    return Err(Unfit::Cast);
                };
                let is_number = self.is_json_number();
                self.append_text(&text).map_err(|unfit| {
                    if !is_number {
                        return unfit;
                    }
                    Unfit::Reject(format!(
                        "Unable to cast string value to {}. value={text}, column={name}",
                        self.data_type
                    ))
                })
            }
            b't' => self.append_text(if matches!(self.values, Values::Boolean(_)) { "true" } else { "1" }),
            b'f' => self.append_text(if matches!(self.values, Values::Boolean(_)) { "false" } else { "0" }),
            b'{' | b'[' => {
                self.append_null();
                Err(Unfit::Reject(format!(
                    "Unable to cast object or array to {}. value={json}, column={name}",
                    self.data_type
                )))
            }
            _ => {
                let is_number = self.is_json_number();
                // JSON writes integers as doubles too; for BIGINT they count when nothing is lost.
                let is_fraction = matches!(self.values, Values::Float(_) | Values::Double(_));
                let whole = if is_number && !is_fraction { whole_number(json) } else { None };
                self.append_text(whole.as_deref().unwrap_or(json)).map_err(|unfit| {
                    if is_number {
                        Unfit::Reject(format!("Value is overflow. column={name}, value={json}"))
                    } else {
                        unfit
                    }
                })
            }
        }
    }

    /// Appends an element of an array in CSV; false if it does not fit.
    fn append_csv_item(&mut self, item: &str) -> bool {
        if item == "null" {
            self.append_null();
            return true;
        }
        let quoted = matches!(self.values, Values::Text(_) | Values::Json(_) | Values::Date(_) | Values::DateTime(_));
        let text = if quoted { csv_array::unquote(item) } else { Some(item.into()) };
        text.is_some_and(|text| self.append_text(&text).is_ok())
    }

    /// Whether the backend's JSON reader converts numbers for this type itself instead of casting text later.
    fn is_json_number(&self) -> bool {
        matches!(
            self.values,
            Values::TinyInt(_)
                | Values::SmallInt(_)
                | Values::Int(_)
                | Values::BigInt(_)
                | Values::Float(_)
                | Values::Double(_)
        )
    }

    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match &mut self.values {
            Values::Boolean(b) => Arc::new(b.finish()),
            Values::TinyInt(b) => Arc::new(b.finish()),
            Values::SmallInt(b) => Arc::new(b.finish()),
            Values::Int(b) => Arc::new(b.finish()),
            Values::BigInt(b) => Arc::new(b.finish()),
            Values::LargeInt(b) => Arc::new(b.finish()),
            Values::Float(b) => Arc::new(b.finish()),
            Values::Double(b) => Arc::new(b.finish()),
            Values::Decimal(b, ..) => Arc::new(b.finish()),
            Values::Text(b) | Values::Json(b) => Arc::new(b.finish()),
            Values::Date(b) => Arc::new(b.finish()),
            Values::DateTime(b) => Arc::new(b.finish()),
            Values::Binary(b) => Arc::new(b.finish()),
            Values::Nested(n) => n.finish()?,
        })
    }
}

/// Appends the value or NULL.
fn fit<T>(value: Option<T>, append: impl FnOnce(Option<T>)) -> Result<(), Unfit> {
    let fits = value.is_some();
    append(value);
    if fits { Ok(()) } else { Err(Unfit::Cast) }
}

#[cfg(test)]
mod tests {
    use arrow::util::display::array_value_to_string;

    use super::*;

    fn json(data_type: &StarRocksType, values: &[&str]) -> Vec<String> {
        let mut builder = ColumnBuilder::new(data_type);
        for value in values {
            let _unfit = builder.append_json("c", value);
        }
        let array = builder.finish().unwrap();
        (0..values.len()).map(|i| array_value_to_string(&array, i).unwrap()).collect()
    }

    #[test]
    fn json_values_become_what_the_backend_makes_of_them() {
        assert_eq!(
            json(&StarRocksType::Varchar(50), &["1.0", "true", "null", "{\"a\": [1, \"x y\"]}", "\"\\u00e4\""]),
            ["1.0", "1", "", "{\"a\":[1,\"x y\"]}", "ä"]
        );
        assert_eq!(json(&StarRocksType::BigInt, &["1", "\"2\"", "false", "3.0"]), ["1", "2", "0", "3"]);
        assert_eq!(json(&StarRocksType::Decimal(20, 10), &["0.1234567891"]), ["0.1234567891"]);
        assert_eq!(json(&StarRocksType::Json, &["{\"b\":1,\"a\":[1,2]}"]), ["{\"a\": [1, 2], \"b\": 1}"]);
    }

    #[test]
    fn nested_values_come_from_json_and_from_text() {
        let list = StarRocksType::Array(Box::new(StarRocksType::Int));
        assert_eq!(json(&list, &["[1,null,\"3\"]", "null", "\"[4]\"", "5"]), ["[1, , 3]", "", "[4]", ""]);
        let map = StarRocksType::Map(Box::new(StarRocksType::Int), Box::new(StarRocksType::Varchar(9)));
        assert_eq!(json(&map, &["{\"1\":\"a\"}"]), ["{1: a}"]);
        let fields = vec![("a".to_owned(), StarRocksType::Int), ("b".to_owned(), list)];
        assert_eq!(json(&StarRocksType::Struct(fields), &["{\"B\":[1],\"x\":2}"]), ["{a: , b: [1]}"]);
    }

    #[test]
    fn unfit_values_say_why() {
        let mut builder = ColumnBuilder::new(&StarRocksType::TinyInt);
        assert_eq!(
            builder.append_json("c", "128"),
            Err(Unfit::Reject("Value is overflow. column=c, value=128".into()))
        );
        assert_eq!(
            builder.append_json("c", "\"x\""),
            Err(Unfit::Reject("Unable to cast string value to TINYINT. value=x, column=c".into()))
        );
        assert_eq!(builder.append_text("x"), Err(Unfit::Cast));
        assert_eq!(builder.finish().unwrap().null_count(), 3);
    }
}
