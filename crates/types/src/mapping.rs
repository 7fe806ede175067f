// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which Flink types may be written to which StarRocks types, and the checks at planning.

use crate::{Error, ErrorKind, FlinkColumn, FlinkTypeRoot, Result, StarRocksTable, StarRocksType};

/// Checks that the Flink columns can be written to the table: each exists (names match without regard to case) and its
/// type can be converted without loss of meaning. Fails with [`ErrorKind::SchemaMismatch`] naming column and both types.
pub fn check_mapping(columns: &[FlinkColumn], table: &StarRocksTable) -> Result<()> {
    for column in columns {
        let Some(target) = table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(&column.name)) else {
            return Err(mismatch(table, &format!("StarRocks does not have column {}", column.name))
                .with("column", &column.name));
        };
        if target.generated {
            return Err(mismatch(
                table,
                &format!("StarRocks computes column {} itself: it cannot be written", target.name),
            )
            .with("column", &column.name)
            .hint("leave the column out of the Flink table"));
        }
        if !accepts(&target.data_type, &column.data_type.root) {
            return Err(mismatch(
                table,
                &format!(
                    "Flink and StarRocks types are not matched for column {}: Flink type is {}, StarRocks type is {}",
                    column.name, column.data_type, target.data_type
                ),
            )
            .with("column", &column.name));
        }
    }
    Ok(())
}

fn mismatch(table: &StarRocksTable, message: &str) -> Error {
    Error::new(ErrorKind::SchemaMismatch, message).with("table", format!("{}.{}", table.database, table.name))
}

/// Everything that the original connector accepts is accepted, save what it garbles or the server would store as something
/// else: fractions in LARGEINT, raw bytes in JSON, ROW fields that a STRUCT does not have.
fn accepts(target: &StarRocksType, source: &FlinkTypeRoot) -> bool {
    use FlinkTypeRoot as F;
    use StarRocksType as S;
    let text = matches!(source, F::Char { .. } | F::Varchar { .. });
    let nested = matches!(source, F::Array { .. } | F::Map { .. } | F::Row { .. });
    let bytes = matches!(source, F::Binary { .. } | F::Varbinary { .. });
    // BINARY in an integer column is a big-endian unsigned number.
    let integer = matches!(source, F::Tinyint | F::Smallint | F::Integer | F::Binary { .. } | F::Boolean);
    match target {
        // The original takes INT for TINYINT and SMALLINT columns; a value out of range is rejected by the server.
        S::Boolean | S::TinyInt => integer && !matches!(source, F::Smallint),
        S::SmallInt | S::Int => integer,
        S::BigInt => integer || matches!(source, F::Bigint),
        S::LargeInt => integer || text || matches!(source, F::Bigint | F::Decimal { .. }),
        S::Float => matches!(source, F::Float | F::Tinyint | F::Smallint | F::Integer),
        S::Double => matches!(source, F::Double | F::Float | F::Tinyint | F::Smallint | F::Integer | F::Bigint),
        S::Decimal(..) => matches!(
            source,
            F::Decimal { .. } | F::Tinyint | F::Smallint | F::Integer | F::Bigint | F::Double | F::Float
        ),
        S::Char(_) => text,
        S::Varchar(_) => text || nested || matches!(source, F::TimeWithoutTimeZone { .. }),
        S::Date => text || matches!(source, F::Date),
        S::DateTime => {
            text || matches!(
                source,
                F::TimestampWithoutTimeZone { .. } | F::TimestampWithLocalTimeZone { .. } | F::Date
            )
        }
        S::Json => !bytes,
        // Text for VARBINARY is base64, which was the only way to fill such a column from Flink.
        S::Varbinary(_) => bytes || text,
        // Text for a nested column is a JSON document.
        S::Array(element) => match source {
            F::Array { element: e } => accepts_within(element, &e.root),
            _ => text,
        },
        S::Map(key, value) => match source {
            F::Map { key: k, value: v } => accepts_within(key, &k.root) && accepts_within(value, &v.root),
            F::Row { fields } => {
                matches!(**key, S::Char(_) | S::Varchar(_))
                    && fields.iter().all(|f| accepts_within(value, &f.data_type.root))
            }
            _ => text,
        },
        S::Struct(fields) => match source {
            F::Row { fields: f } => f.iter().all(|c| {
                fields.iter().any(|(name, t)| c.name.eq_ignore_ascii_case(name) && accepts_within(t, &c.data_type.root))
            }),
            F::Map { key, value } => {
                matches!(key.root, F::Char { .. } | F::Varchar { .. })
                    && fields.iter().all(|(_, t)| accepts_within(t, &value.root))
            }
            _ => text,
        },
        // The server converts these from text or numbers through functions that the user names in `columns`.
        S::Hll | S::Bitmap | S::Percentile => true,
    }
}

/// Elements and fields are JSON values, of which a text column takes any as it is written.
fn accepts_within(target: &StarRocksType, source: &FlinkTypeRoot) -> bool {
    accepts(target, source) || matches!(target, StarRocksType::Char(_) | StarRocksType::Varchar(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FlinkType, StarRocksColumn, TableModel};

    fn table(data_type: StarRocksType) -> StarRocksTable {
        StarRocksTable {
            database: "d".into(),
            name: "t".into(),
            model: TableModel::Duplicate,
            columns: vec![StarRocksColumn {
                name: "Id".into(),
                data_type,
                nullable: true,
                key: false,
                default: None,
                generated: false,
            }],
        }
    }

    #[test]
    fn a_mismatch_names_column_and_both_types() {
        let columns = [FlinkColumn::new("id", FlinkType::nullable(FlinkTypeRoot::Bigint))];
        let error = check_mapping(&columns, &table(StarRocksType::Int)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
        let text = error.to_string();
        assert!(
            text.contains("id") && text.contains("BIGINT") && text.contains("INT") && text.contains("d.t"),
            "{text}"
        );
    }

    #[test]
    fn names_match_without_regard_to_case_and_missing_columns_are_named() {
        let int = FlinkType::nullable(FlinkTypeRoot::Integer);
        check_mapping(&[FlinkColumn::new("ID", int.clone())], &table(StarRocksType::Int)).unwrap();
        let error = check_mapping(&[FlinkColumn::new("nope", int)], &table(StarRocksType::Int)).unwrap_err();
        assert!(error.to_string().contains("StarRocks does not have column nope"), "{error}");
    }

    fn verdict(target: StarRocksType, source: FlinkTypeRoot) -> bool {
        check_mapping(&[FlinkColumn::new("id", FlinkType::nullable(source))], &table(target)).is_ok()
    }

    fn string() -> FlinkTypeRoot {
        FlinkTypeRoot::Varchar { length: i32::MAX as u32 }
    }

    fn array(element: FlinkTypeRoot) -> FlinkTypeRoot {
        FlinkTypeRoot::Array { element: Box::new(FlinkType::nullable(element)) }
    }

    fn row(fields: &[(&str, FlinkTypeRoot)]) -> FlinkTypeRoot {
        let fields = fields.iter().map(|(n, t)| FlinkColumn::new(*n, FlinkType::nullable(t.clone()))).collect();
        FlinkTypeRoot::Row { fields }
    }

    fn map(key: FlinkTypeRoot, value: FlinkTypeRoot) -> FlinkTypeRoot {
        FlinkTypeRoot::Map { key: Box::new(FlinkType::not_null(key)), value: Box::new(FlinkType::nullable(value)) }
    }

    /// The matrix of the original connector: whoever has a job that starts today can start it tomorrow.
    #[test]
    fn what_the_original_accepts_is_accepted() {
        use FlinkTypeRoot::*;
        use StarRocksType as S;
        let binary = || Binary { length: 4 };
        let decimal = || Decimal { precision: 10, scale: 2 };
        let timestamp = || TimestampWithoutTimeZone { precision: 6 };
        let local = || TimestampWithLocalTimeZone { precision: 6 };
        let char9 = || Char { length: 9 };
        let nested = || vec![array(Integer), map(string(), Integer), row(&[("x", Integer)])];
        let matrix = [
            (S::TinyInt, vec![Tinyint, Integer, binary(), Boolean]),
            (S::Boolean, vec![Tinyint, Integer, binary(), Boolean]),
            (S::SmallInt, vec![Smallint, Integer, binary()]),
            (S::Int, vec![Integer, binary()]),
            (S::BigInt, vec![Bigint, Integer, binary()]),
            (S::LargeInt, vec![decimal(), Bigint, Integer, binary(), string()]),
            (S::Float, vec![Float, Integer]),
            (S::Double, vec![Double, Bigint, Integer]),
            (S::Decimal(10, 2), vec![decimal(), Bigint, Integer, Double, Float]),
            (S::Char(9), vec![char9(), string()]),
            (S::Varchar(9), [vec![string()], nested()].concat()),
            (S::Date, vec![Date, string()]),
            (S::DateTime, vec![timestamp(), local(), string()]),
            (
                S::Json,
                [vec![string(), char9(), Boolean, Integer, Double, decimal(), Date, timestamp()], nested()].concat(),
            ),
            (S::Varbinary(None), vec![string(), binary()]),
            (S::Array(Box::new(S::Int)), vec![array(Integer), string()]),
            (
                S::Map(Box::new(S::Varchar(9)), Box::new(S::Int)),
                vec![map(string(), Integer), row(&[("x", Integer)]), string()],
            ),
            (S::Struct(vec![("X".into(), S::Int)]), vec![row(&[("x", Integer)]), map(string(), Integer), string()]),
            (S::Bitmap, vec![Integer, string()]),
            (S::Hll, vec![string()]),
        ];
        for (target, sources) in matrix {
            for source in sources {
                assert!(verdict(target.clone(), source.clone()), "{source:?} to {target}");
            }
        }
    }

    #[test]
    fn more_is_accepted_where_nothing_is_lost() {
        use FlinkTypeRoot::*;
        use StarRocksType as S;
        for (target, source) in [
            (S::Int, Smallint),
            (S::BigInt, Tinyint),
            (S::Double, Float),
            (S::Varchar(9), Char { length: 9 }),
            (S::Varchar(9), TimeWithoutTimeZone { precision: 0 }),
            (S::DateTime, Date),
            (S::Varbinary(None), Varbinary { length: 9 }),
            (S::Array(Box::new(S::Varchar(9))), array(Bigint)),
        ] {
            assert!(verdict(target.clone(), source.clone()), "{source:?} to {target}");
        }
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        use FlinkTypeRoot::*;
        use StarRocksType as S;
        let point = || S::Struct(vec![("x".into(), S::Int)]);
        for (target, source) in [
            (S::Int, Bigint),
            (S::TinyInt, Smallint),
            (S::BigInt, Decimal { precision: 20, scale: 0 }),
            (S::LargeInt, Double),
            (S::Float, Double),
            (S::Float, Bigint),
            (S::Date, TimestampWithoutTimeZone { precision: 3 }),
            (S::Varchar(9), Varbinary { length: 9 }),
            (S::Json, Varbinary { length: 9 }),
            (S::Varbinary(None), Integer),
            (S::Array(Box::new(S::Int)), array(Bigint)),
            (S::Array(Box::new(S::Int)), map(Integer, Integer)),
            (S::Map(Box::new(S::Int), Box::new(S::Int)), row(&[("x", Integer)])),
            // A field that the STRUCT does not have would vanish.
            (point(), row(&[("x", Integer), ("y", Integer)])),
            (point(), row(&[("x", string())])),
        ] {
            assert!(!verdict(target.clone(), source.clone()), "{source:?} to {target}");
        }
    }
}
