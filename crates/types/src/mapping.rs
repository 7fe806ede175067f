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

fn accepts(target: &StarRocksType, source: &FlinkTypeRoot) -> bool {
    use FlinkTypeRoot as F;
    use StarRocksType as S;
    match target {
        S::Boolean | S::TinyInt => matches!(source, F::Boolean | F::Tinyint | F::Integer | F::Binary { .. }),
        S::SmallInt => matches!(source, F::Boolean | F::Tinyint | F::Smallint | F::Integer | F::Binary { .. }),
        S::Int => matches!(source, F::Boolean | F::Tinyint | F::Smallint | F::Integer | F::Binary { .. }),
        S::BigInt => {
            matches!(source, F::Boolean | F::Tinyint | F::Smallint | F::Integer | F::Bigint | F::Binary { .. })
        }
        S::LargeInt => matches!(
            source,
            F::Tinyint
                | F::Smallint
                | F::Integer
                | F::Bigint
                | F::Decimal { .. }
                | F::Char { .. }
                | F::Varchar { .. }
                | F::Binary { .. }
        ),
        S::Float => matches!(source, F::Float | F::Tinyint | F::Smallint | F::Integer),
        S::Double => matches!(source, F::Double | F::Float | F::Tinyint | F::Smallint | F::Integer | F::Bigint),
        S::Decimal(..) => matches!(
            source,
            F::Decimal { .. } | F::Tinyint | F::Smallint | F::Integer | F::Bigint | F::Double | F::Float
        ),
        S::Char(_) => matches!(source, F::Char { .. } | F::Varchar { .. }),
        S::Varchar(_) => {
            matches!(
                source,
                F::Char { .. }
                    | F::Varchar { .. }
                    | F::TimeWithoutTimeZone { .. }
                    | F::Array { .. }
                    | F::Map { .. }
                    | F::Row { .. }
            )
        }
        S::Date => matches!(source, F::Date | F::Char { .. } | F::Varchar { .. }),
        S::DateTime => matches!(
            source,
            F::TimestampWithoutTimeZone { .. }
                | F::TimestampWithLocalTimeZone { .. }
                | F::Date
                | F::Char { .. }
                | F::Varchar { .. }
        ),
        S::Json => {
            matches!(source, F::Char { .. } | F::Varchar { .. } | F::Array { .. } | F::Map { .. } | F::Row { .. })
        }
        S::Varbinary(_) => matches!(source, F::Binary { .. } | F::Varbinary { .. }),
        S::Array(element) => match source {
            F::Array { element: e } => accepts(element, &e.root),
            other => matches!(other, F::Char { .. } | F::Varchar { .. }),
        },
        S::Map(key, value) => match source {
            F::Map { key: k, value: v } => accepts(key, &k.root) && accepts(value, &v.root),
            other => matches!(other, F::Char { .. } | F::Varchar { .. }),
        },
        S::Struct(fields) => match source {
            F::Row { fields: f } => fields.iter().all(|(name, t)| {
                f.iter().find(|c| c.name.eq_ignore_ascii_case(name)).is_none_or(|c| accepts(t, &c.data_type.root))
            }),
            other => matches!(other, F::Char { .. } | F::Varchar { .. }),
        },
        // The server converts these from text or numbers through functions that the user names in `columns`.
        S::Hll | S::Bitmap | S::Percentile => true,
    }
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
            columns: vec![StarRocksColumn { name: "Id".into(), data_type, nullable: true, key: false, default: None }],
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
}
