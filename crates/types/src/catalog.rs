// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which Flink type stands for a StarRocks column, and which StarRocks type a Flink column gets in a new table.

use crate::{Error, ErrorKind, FlinkColumn, FlinkType, FlinkTypeRoot, Result, StarRocksType};

/// Flink's unbounded length.
const UNBOUNDED: u32 = i32::MAX as u32;
/// STRING of StarRocks.
const STRING_BYTES: u32 = 65_533;
/// The longest VARCHAR and VARBINARY.
const MAX_BYTES: u32 = 1_048_576;
const MAX_CHAR_BYTES: u32 = 255;
/// UTF-8 of any character.
const BYTES_PER_CHAR: u32 = 4;

/// The Flink type that holds every value of the StarRocks type; `None` for BITMAP, HLL and PERCENTILE, which have no values
/// outside of the server.
pub fn flink_type(data_type: &StarRocksType) -> Option<FlinkType> {
    use FlinkTypeRoot as F;
    use StarRocksType as S;
    let string = || F::Varchar { length: UNBOUNDED };
    Some(FlinkType::nullable(match data_type {
        S::Boolean => F::Boolean,
        S::TinyInt => F::Tinyint,
        S::SmallInt => F::Smallint,
        S::Int => F::Integer,
        S::BigInt => F::Bigint,
        // It has 39 digits, one more than DECIMAL.
        S::LargeInt => string(),
        S::Float => F::Float,
        S::Double => F::Double,
        S::Decimal(precision, scale) => F::Decimal { precision: *precision, scale: *scale },
        S::Varchar(bytes) if *bytes >= STRING_BYTES => string(),
        // A CHAR of StarRocks is not padded, one of Flink is.
        S::Char(bytes) | S::Varchar(bytes) => F::Varchar { length: (*bytes).max(1) },
        S::Varbinary(bytes) => {
            F::Varbinary { length: bytes.filter(|n| (1..MAX_BYTES).contains(n)).unwrap_or(UNBOUNDED) }
        }
        S::Date => F::Date,
        S::DateTime => F::TimestampWithoutTimeZone { precision: 6 },
        S::Json => string(),
        S::Array(element) => F::Array { element: Box::new(flink_type(element)?) },
        S::Map(key, value) => F::Map { key: Box::new(flink_type(key)?), value: Box::new(flink_type(value)?) },
        S::Struct(fields) => {
            let fields = fields.iter().map(|(name, t)| Some(FlinkColumn::new(name.as_str(), flink_type(t)?)));
            F::Row { fields: fields.collect::<Option<_>>()? }
        }
        S::Hll | S::Bitmap | S::Percentile => return None,
    }))
}

/// The StarRocks type of a new table's column that holds every value of the Flink column, save that texts end at the longest
/// VARCHAR. Types that StarRocks could only keep in part are refused.
pub fn starrocks_type(column: &FlinkColumn) -> Result<StarRocksType> {
    of(&column.data_type).map_err(|e| e.with("column", &column.name))
}

fn of(data_type: &FlinkType) -> Result<StarRocksType> {
    use FlinkTypeRoot as F;
    use StarRocksType as S;
    let refused = |why: &str, hint: &'static str| {
        Err(Error::new(ErrorKind::SchemaMismatch, format!("no StarRocks column can hold {data_type}: {why}"))
            .hint(hint))
    };
    Ok(match &data_type.root {
        F::Char { length } if length.saturating_mul(BYTES_PER_CHAR) <= MAX_CHAR_BYTES => {
            S::Char(length * BYTES_PER_CHAR)
        }
        F::Char { length } | F::Varchar { length } => {
            S::Varchar(length.saturating_mul(BYTES_PER_CHAR).clamp(1, MAX_BYTES))
        }
        F::Boolean => S::Boolean,
        F::Binary { length } | F::Varbinary { length } => {
            S::Varbinary(Some(*length).filter(|bytes| (1..=MAX_BYTES).contains(bytes)))
        }
        F::Decimal { precision, scale } => S::Decimal(*precision, *scale),
        F::Tinyint => S::TinyInt,
        F::Smallint => S::SmallInt,
        F::Integer => S::Int,
        F::Bigint => S::BigInt,
        F::Float => S::Float,
        F::Double => S::Double,
        F::Date => S::Date,
        F::TimeWithoutTimeZone { .. } => return refused("StarRocks stores no times of day", "declare STRING"),
        F::TimestampWithoutTimeZone { precision } | F::TimestampWithLocalTimeZone { precision } => {
            if *precision > 6 {
                return refused("DATETIME ends at microseconds", "declare a precision of 6");
            }
            S::DateTime
        }
        F::Array { element } => S::Array(Box::new(of(element)?)),
        F::Map { key, value } => S::Map(Box::new(of(key)?), Box::new(of(value)?)),
        F::Row { fields } if fields.is_empty() => return refused("STRUCT needs a field", "declare a field"),
        F::Row { fields } => {
            let fields = fields.iter().map(|f| Ok((f.name.clone(), starrocks_type(f)?)));
            S::Struct(fields.collect::<Result<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StarRocksColumn, StarRocksTable, TableModel, check_mapping};

    fn flink(data_type: StarRocksType) -> String {
        flink_type(&data_type).unwrap().to_string()
    }

    fn starrocks(root: FlinkTypeRoot) -> Result<StarRocksType> {
        starrocks_type(&FlinkColumn::new("c", FlinkType::nullable(root)))
    }

    #[test]
    fn flink_types_hold_every_value() {
        use StarRocksType as S;
        assert_eq!(flink(S::DateTime), "TIMESTAMP(6)");
        assert_eq!(flink(S::LargeInt), "STRING");
        assert_eq!(flink(S::Char(10)), "VARCHAR(10)");
        assert_eq!(flink(S::Varchar(65_533)), "STRING");
        assert_eq!(flink(S::Varchar(20)), "VARCHAR(20)");
        assert_eq!(flink(S::Varbinary(None)), "BYTES");
        assert_eq!(flink(S::Varbinary(Some(16))), "VARBINARY(16)");
        let nested =
            S::Array(Box::new(S::Struct(vec![("a b".into(), S::Map(Box::new(S::Varchar(9)), Box::new(S::Json)))])));
        assert_eq!(flink(nested), "ARRAY<ROW<a b MAP<VARCHAR(9), STRING>>>");
        assert_eq!(flink_type(&S::Bitmap), None);
        assert_eq!(flink_type(&S::Array(Box::new(S::Hll))), None);
    }

    #[test]
    fn starrocks_types_hold_every_value() {
        use FlinkTypeRoot::*;
        let text = |root| starrocks(root).unwrap().to_string();
        assert_eq!(text(Varchar { length: UNBOUNDED }), "VARCHAR(1048576)");
        assert_eq!(text(Varchar { length: 20 }), "VARCHAR(80)");
        assert_eq!(text(Char { length: 3 }), "CHAR(12)");
        assert_eq!(text(Char { length: 64 }), "VARCHAR(256)");
        assert_eq!(text(Varbinary { length: UNBOUNDED }), "VARBINARY");
        assert_eq!(text(Binary { length: 16 }), "VARBINARY(16)");
        assert_eq!(text(TimestampWithLocalTimeZone { precision: 6 }), "DATETIME");
        for root in
            [TimestampWithoutTimeZone { precision: 9 }, TimeWithoutTimeZone { precision: 0 }, Row { fields: vec![] }]
        {
            let error = starrocks(root).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
            assert!(error.to_string().contains("column=c"), "{error}");
        }
    }

    /// What a catalog creates can be written by the same Flink columns, and by those that it then shows.
    #[test]
    fn a_created_column_takes_what_it_was_created_for() {
        use FlinkTypeRoot::*;
        let string = || FlinkType::nullable(Varchar { length: UNBOUNDED });
        let int = || Box::new(FlinkType::nullable(Integer));
        for root in [
            Char { length: 3 },
            Varchar { length: 7 },
            Boolean,
            Binary { length: 3 },
            Varbinary { length: UNBOUNDED },
            Decimal { precision: 38, scale: 5 },
            Tinyint,
            Smallint,
            Integer,
            Bigint,
            Float,
            Double,
            Date,
            TimestampWithoutTimeZone { precision: 3 },
            TimestampWithLocalTimeZone { precision: 6 },
            Array { element: int() },
            Map { key: Box::new(string()), value: int() },
            Row { fields: vec![FlinkColumn::new("a", string())] },
        ] {
            let column = FlinkColumn::new("c", FlinkType::nullable(root));
            let data_type = starrocks_type(&column).unwrap();
            let shown = FlinkColumn::new("c", flink_type(&data_type).unwrap());
            let column_of_table = StarRocksColumn {
                name: "c".into(),
                data_type,
                nullable: true,
                key: false,
                default: None,
                generated: false,
            };
            let table = StarRocksTable {
                database: "d".into(),
                name: "t".into(),
                model: TableModel::Duplicate,
                columns: vec![column_of_table],
            };
            check_mapping(&[column], &table).unwrap();
            check_mapping(&[shown], &table).unwrap();
        }
    }
}
