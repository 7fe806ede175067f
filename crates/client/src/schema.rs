// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The checks at planning: may these Flink columns be written to this table, and how.

use std::collections::BTreeMap;

use serde::Serialize;
use starrocks_codec::{CsvFormat, EncoderConfig, Format, RowEncoder};
use starrocks_types::{
    Error, ErrorKind, FlinkColumn, Result, StarRocksTable, StarRocksType, TableModel, check_mapping,
};

/// What a writer has to know about the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedSchema {
    /// The table has a primary key: rows carry `__op`.
    pub upsert_delete: bool,
    /// The Flink columns are all columns of the table, in its order: CSV needs no `columns` header.
    pub aligned: bool,
    /// The StarRocks type of each Flink column, where the table has it.
    pub starrocks_types: Vec<Option<StarRocksType>>,
}

/// Checks the Flink columns against the table. Every mismatch is [`ErrorKind::SchemaMismatch`] and names the column.
pub fn check_schema(
    columns: &[FlinkColumn],
    primary_key: Option<&[String]>,
    properties: &BTreeMap<String, String>,
    table: &StarRocksTable,
) -> Result<CheckedSchema> {
    let property =
        |name: &str| properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
    let upsert_delete = table.model == TableModel::Primary;
    if upsert_delete {
        check_primary_key(primary_key, table)?;
    }
    // A `columns` property maps by expressions, which only the server can judge.
    if property("columns").is_none_or(|v| v.trim().is_empty()) {
        check_mapping(columns, table)?;
        if !property("partial_update").is_some_and(|v| v.trim().eq_ignore_ascii_case("true")) {
            check_complete(columns, table)?;
        }
    }
    let known = |column: &FlinkColumn| table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(&column.name));
    let starrocks_types: Vec<_> = columns.iter().map(|c| known(c).map(|c| c.data_type.clone())).collect();
    let format = if property("format").is_some_and(|v| v.trim().eq_ignore_ascii_case("json")) {
        Format::Json
    } else {
        Format::Csv(CsvFormat::parse(
            property("column_separator"),
            property("row_delimiter"),
            property("enclose"),
            property("escape"),
        )?)
    };
    // What the writer could not encode is refused here, before the job runs.
    RowEncoder::new(EncoderConfig { targets: &starrocks_types, upsert_delete, ..EncoderConfig::new(columns, format) })
        .map_err(|e| e.with("table", format!("{}.{}", table.database, table.name)))?;
    let position = |column: &FlinkColumn| table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(&column.name));
    let positions: Option<Vec<usize>> = columns.iter().map(position).collect();
    let in_order = positions.is_some_and(|p| p.len() == table.columns.len() && p.is_sorted_by(|a, b| a < b));
    Ok(CheckedSchema { upsert_delete, aligned: !upsert_delete && in_order, starrocks_types })
}

fn check_primary_key(primary_key: Option<&[String]>, table: &StarRocksTable) -> Result<()> {
    let expected: Vec<&str> = table.columns.iter().filter(|c| c.key).map(|c| c.name.as_str()).collect();
    let Some(primary_key) = primary_key.filter(|key| !key.is_empty()) else {
        return Err(mismatch(table, "Primary keys not defined in the sink `TableSchema`")
            .with("primary_key", expected.join(","))
            .hint("declare the table's primary key in the Flink table: PRIMARY KEY (…) NOT ENFORCED"));
    };
    let same = primary_key.len() == expected.len()
        && primary_key.iter().all(|name| expected.iter().any(|e| e.eq_ignore_ascii_case(name)));
    if same {
        return Ok(());
    }
    Err(mismatch(table, "Primary keys of the flink `TableSchema` do not match with the ones from starrocks table")
        .with("flink", primary_key.join(","))
        .with("starrocks", expected.join(",")))
}

/// A row without a value for a NOT NULL column that has no default is rejected by the server, every time.
fn check_complete(columns: &[FlinkColumn], table: &StarRocksTable) -> Result<()> {
    for needed in table.columns.iter().filter(|c| !c.nullable && c.default.is_none()) {
        if !columns.iter().any(|c| c.name.eq_ignore_ascii_case(&needed.name)) {
            return Err(mismatch(
                table,
                &format!(
                    "StarRocks column {} ({}) is NOT NULL without a default and missing in the Flink schema",
                    needed.name, needed.data_type
                ),
            )
            .with("column", &needed.name)
            .hint("add the column, give it a default, or set sink.properties.partial_update"));
        }
    }
    Ok(())
}

fn mismatch(table: &StarRocksTable, message: &str) -> Error {
    Error::new(ErrorKind::SchemaMismatch, message).with("table", format!("{}.{}", table.database, table.name))
}

#[cfg(test)]
mod tests {
    use starrocks_types::{FlinkType, FlinkTypeRoot, StarRocksColumn};

    use super::*;

    fn table(model: TableModel) -> StarRocksTable {
        let column = |name: &str, nullable, key| StarRocksColumn {
            name: name.into(),
            data_type: StarRocksType::Int,
            nullable,
            key,
            default: None,
        };
        StarRocksTable {
            database: "d".into(),
            name: "t".into(),
            model,
            columns: vec![column("id", false, true), column("must", false, false), column("may", true, false)],
        }
    }

    fn columns(names: &[&str]) -> Vec<FlinkColumn> {
        names.iter().map(|n| FlinkColumn::new(*n, FlinkType::nullable(FlinkTypeRoot::Integer))).collect()
    }

    fn check(
        names: &[&str],
        key: Option<&[&str]>,
        properties: &[(&str, &str)],
        model: TableModel,
    ) -> Result<CheckedSchema> {
        let key: Option<Vec<String>> = key.map(|k| k.iter().map(|s| (*s).to_owned()).collect());
        let properties = properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        check_schema(&columns(names), key.as_deref(), &properties, &table(model))
    }

    #[test]
    fn primary_keys_must_agree() {
        let all = ["id", "must", "may"];
        assert!(check(&all, Some(&["ID"]), &[], TableModel::Primary).unwrap().upsert_delete);
        for key in [None, Some(&["id", "may"][..]), Some(&["may"][..]), Some(&[][..])] {
            let error = check(&all, key, &[], TableModel::Primary).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SchemaMismatch, "{error}");
        }
        let duplicate = check(&all, Some(&["may"]), &[], TableModel::Duplicate).unwrap();
        assert!(!duplicate.upsert_delete && duplicate.aligned);
    }

    #[test]
    fn aligned_means_all_columns_in_the_tables_order() {
        assert!(!check(&["must", "id", "may"], None, &[], TableModel::Duplicate).unwrap().aligned);
        assert!(!check(&["id", "must"], None, &[], TableModel::Duplicate).unwrap().aligned);
        assert!(!check(&["id", "must", "may"], Some(&["id"]), &[], TableModel::Primary).unwrap().aligned);
    }

    #[test]
    fn a_needed_column_may_only_be_missing_in_a_partial_update() {
        let error = check(&["id", "may"], None, &[], TableModel::Duplicate).unwrap_err();
        assert!(error.to_string().contains("must"), "{error}");
        check(&["id", "may"], Some(&["id"]), &[("partial_update", "true")], TableModel::Primary).unwrap();
        check(&["x"], None, &[("columns", "x,id=x,must=x")], TableModel::Duplicate).unwrap();
    }

    #[test]
    fn a_struct_in_csv_is_refused_with_column_and_both_types() {
        let mut target = table(TableModel::Duplicate);
        target.columns[2].data_type = StarRocksType::Struct(vec![("a".into(), StarRocksType::Int)]);
        let mut columns = columns(&["id", "must", "may"]);
        columns[2].data_type = FlinkType::nullable(FlinkTypeRoot::Row {
            fields: vec![FlinkColumn::new("a", FlinkType::nullable(FlinkTypeRoot::Integer))],
        });
        let error = check_schema(&columns, None, &BTreeMap::new(), &target).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
        for expected in ["column=may", "flink_type=ROW", "starrocks_type=struct", "table=d.t"] {
            assert!(error.to_string().to_lowercase().contains(&expected.to_lowercase()), "{error}");
        }
        let json = BTreeMap::from([("format".to_owned(), "JSON".to_owned())]);
        check_schema(&columns, None, &json, &target).unwrap();
    }

    #[test]
    fn types_follow_the_flink_columns() {
        let checked = check(&["MUST", "id"], None, &[], TableModel::Duplicate).unwrap();
        assert_eq!(checked.starrocks_types, [Some(StarRocksType::Int), Some(StarRocksType::Int)]);
    }
}
