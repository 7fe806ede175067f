// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which StarRocks types are read as which Flink types, and which of them can be keys.

use starrocks_types::{Error, ErrorKind, FlinkTypeRoot, Result, StarRocksType};

use super::value::Kind;

/// How a column is read. A key must be compared by the server as Flink compares it.
pub(super) fn kind(flink: &FlinkTypeRoot, target: &StarRocksType, key: bool) -> Result<Kind> {
    use FlinkTypeRoot as F;
    use StarRocksType as S;
    let refused = |message: &str| Error::new(ErrorKind::SchemaMismatch, message.to_owned());
    if matches!(target, S::Hll | S::Bitmap | S::Percentile) {
        // Queries give NULL for them.
        return Err(
            refused("columns of this StarRocks type cannot be read").hint("leave the column out of the Flink table")
        );
    }
    let (kind, readable, comparable) = match flink {
        F::Boolean => (Kind::Boolean, matches!(target, S::Boolean), true),
        F::Tinyint => (Kind::Integer { bytes: 1 }, integer(target, 1), true),
        F::Smallint => (Kind::Integer { bytes: 2 }, integer(target, 2), true),
        F::Integer => (Kind::Integer { bytes: 4 }, integer(target, 4), true),
        F::Bigint => (Kind::Integer { bytes: 8 }, integer(target, 8), true),
        F::Float => (Kind::Float, matches!(target, S::Float), true),
        F::Double => {
            let narrow = matches!(target, S::Float);
            (Kind::Double { narrow }, matches!(target, S::Float | S::Double), true)
        }
        F::Decimal { precision, scale } => {
            let readable = matches!(target, S::Decimal(..) | S::LargeInt) || integer(target, 8);
            if *precision == 0 || *precision > 38 || scale > precision {
                return Err(refused("this is not a decimal type"));
            }
            (Kind::Decimal { precision: *precision, scale: *scale }, readable, true)
        }
        F::Date => (Kind::Date, matches!(target, S::Date), true),
        F::TimestampWithoutTimeZone { precision } => {
            (Kind::Timestamp { precision: *precision, zoned: false }, matches!(target, S::DateTime), true)
        }
        F::TimestampWithLocalTimeZone { precision } => {
            (Kind::Timestamp { precision: *precision, zoned: true }, matches!(target, S::DateTime), true)
        }
        F::Char { .. } | F::Varchar { .. } => {
            let comparable = matches!(target, S::Char(_) | S::Varchar(_) | S::LargeInt | S::Date | S::DateTime);
            (Kind::Text, !matches!(target, S::Varbinary(_)), comparable)
        }
        F::Binary { .. } | F::Varbinary { .. } => (Kind::Binary, matches!(target, S::Varbinary(_)), false),
        F::TimeWithoutTimeZone { .. } | F::Array { .. } | F::Map { .. } | F::Row { .. } => {
            return Err(Error::new(ErrorKind::Unsupported, "a lookup join cannot read columns of this Flink type")
                .hint("declare the column as STRING, or leave it out of the query"));
        }
    };
    if !readable {
        return Err(
            refused("the StarRocks column cannot be read as the Flink type").hint("change the type in the Flink table")
        );
    }
    if key && !comparable {
        return Err(Error::new(ErrorKind::Unsupported, "a column of these types cannot be a key of a lookup join")
            .hint("join on another column"));
    }
    Ok(kind)
}

/// Whole numbers of at most so many bytes.
fn integer(target: &StarRocksType, bytes: u8) -> bool {
    use StarRocksType as S;
    let width = match target {
        S::TinyInt => 1,
        S::SmallInt => 2,
        S::Int => 4,
        S::BigInt => 8,
        _ => return false,
    };
    width <= bytes
}
