// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! How values of an Arrow type become values of a Flink type.

use arrow::datatypes::{DataType, TimeUnit};
use starrocks_types::{FlinkType, FlinkTypeRoot};

/// The way of a column, or of a part of a nested value. Widening that loses nothing is on it, narrowing is not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    Bool,
    /// A whole number; sign-extended where the Flink type is wider.
    Int {
        from: u8,
        to: u8,
    },
    Float,
    Double,
    FloatToDouble,
    DateText,
    DateDays,
    TimeText,
    /// Date and time as text or as a number in some unit, to `precision` digits; `local` where the Flink type has a zone.
    DateTimeText {
        precision: u8,
        local: bool,
    },
    DateTime {
        unit: TimeUnit,
        precision: u8,
        local: bool,
    },
    Decimal {
        from_scale: i8,
        precision: u8,
        scale: u8,
    },
    /// LARGEINT, which comes as text.
    DecimalText {
        precision: u8,
        scale: u8,
    },
    Text,
    Bytes,
    Array(Box<Part>),
    Map(Box<Part>, Box<Part>),
    Row(Vec<Part>),
}

/// An element, key, value or field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) plan: Plan,
    pub(super) nullable: bool,
}

impl Plan {
    /// Chooses the way, or says why there is none.
    pub(super) fn of(target: &FlinkType, source: &DataType) -> Result<Self, String> {
        use DataType as A;
        use FlinkTypeRoot as F;
        let none = || format!("{source} cannot be read as {target}");
        let int = |to: u8| {
            match source {
                A::Int8 => Some(1),
                A::Int16 => Some(2),
                A::Int32 => Some(4),
                A::Int64 => Some(8),
                _ => None,
            }
            .filter(|from| *from <= to)
            .map(|from| Self::Int { from, to })
            .ok_or_else(none)
        };
        let datetime = |precision: u8, local: bool| match source {
            A::Utf8 => Ok(Self::DateTimeText { precision, local }),
            A::Timestamp(unit, _) => Ok(Self::DateTime { unit: *unit, precision, local }),
            _ => Err(none()),
        };
        match &target.root {
            F::Boolean if *source == A::Boolean => Ok(Self::Bool),
            F::Tinyint => int(1),
            F::Smallint => int(2),
            F::Integer => int(4),
            F::Bigint => int(8),
            F::Float if *source == A::Float32 => Ok(Self::Float),
            F::Double if *source == A::Float64 => Ok(Self::Double),
            F::Double if *source == A::Float32 => Ok(Self::FloatToDouble),
            F::Date if *source == A::Utf8 => Ok(Self::DateText),
            F::Date if *source == A::Date32 => Ok(Self::DateDays),
            F::TimeWithoutTimeZone { .. } if *source == A::Utf8 => Ok(Self::TimeText),
            F::TimestampWithoutTimeZone { precision } => datetime(*precision, false),
            F::TimestampWithLocalTimeZone { precision } => datetime(*precision, true),
            F::Decimal { precision, scale } => match source {
                A::Decimal128(_, from_scale) => {
                    Ok(Self::Decimal { from_scale: *from_scale, precision: *precision, scale: *scale })
                }
                A::Utf8 => Ok(Self::DecimalText { precision: *precision, scale: *scale }),
                _ => Err(none()),
            },
            F::Char { .. } | F::Varchar { .. } if *source == A::Utf8 => Ok(Self::Text),
            F::Binary { .. } | F::Varbinary { .. } => match source {
                A::Utf8 => Ok(Self::Text),
                A::Binary => Ok(Self::Bytes),
                _ => Err(none()),
            },
            F::Array { element } => match source {
                A::List(field) => Ok(Self::Array(Box::new(Part::of(element, field.data_type())?))),
                _ => Err(none()),
            },
            F::Map { key, value } => match source {
                A::Map(entries, _) => match entries.data_type() {
                    A::Struct(fields) => match fields.iter().as_slice() {
                        [k, v] => Ok(Self::Map(
                            Box::new(Part::of(key, k.data_type())?),
                            Box::new(Part::of(value, v.data_type())?),
                        )),
                        _ => Err(none()),
                    },
                    _ => Err(none()),
                },
                _ => Err(none()),
            },
            F::Row { fields } => match source {
                A::Struct(children) if children.len() == fields.len() => fields
                    .iter()
                    .zip(children)
                    .map(|(field, child)| Part::of(&field.data_type, child.data_type()))
                    .collect::<Result<_, _>>()
                    .map(Self::Row),
                A::Struct(children) => Err(format!("a STRUCT of {} fields cannot be read as {target}", children.len())),
                _ => Err(none()),
            },
            _ => Err(none()),
        }
    }

    /// Bytes of an element of a binary array.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Int { to, .. } => usize::from(*to),
            Self::Float | Self::DateText | Self::DateDays | Self::TimeText => 4,
            _ => 8,
        }
    }
}

impl Part {
    fn of(target: &FlinkType, source: &DataType) -> Result<Self, String> {
        Ok(Self { plan: Plan::of(target, source)?, nullable: target.nullable })
    }
}
