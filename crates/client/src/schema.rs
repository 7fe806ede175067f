// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The checks at planning: may these Flink columns be written to this table, and how.

use std::collections::BTreeMap;

use serde::Serialize;
use starrocks_codec::{EncoderConfig, Format, RowEncoder};
use starrocks_types::{
    Error, ErrorKind, FlinkColumn, Result, StarRocksColumn, StarRocksTable, StarRocksType, TableModel, check_mapping,
};

use crate::sink::LoadProperties;

/// What a writer has to know about the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedSchema {
    /// The table has a primary key: rows carry `__op`.
    pub upsert_delete: bool,
    /// The Flink columns, spelled as the table spells them: keys of JSON rows are matched with regard to case.
    pub columns: Vec<FlinkColumn>,
    /// The StarRocks type of each Flink column, where the table has it.
    pub starrocks_types: Vec<Option<StarRocksType>>,
    /// Positions of the primary key's columns; empty for a table without.
    pub primary_key: Vec<usize>,
    /// Whether the table takes no NULL for a Flink column.
    pub not_null: Vec<bool>,
    /// Loads must name the columns.
    pub send_columns_header: bool,
    /// Load properties that follow from the schema and that the user did not set.
    pub properties: BTreeMap<String, String>,
}

/// Checks the Flink columns against the table. Every mismatch is [`ErrorKind::SchemaMismatch`] and names the column.
pub fn check_schema(
    columns: &[FlinkColumn],
    primary_key: Option<&[String]>,
    properties: &BTreeMap<String, String>,
    table: &StarRocksTable,
) -> Result<CheckedSchema> {
    let given = LoadProperties::new(properties);
    let upsert_delete = table.model == TableModel::Primary;
    if upsert_delete {
        check_primary_key(primary_key, table)?;
    }
    let mut derived = BTreeMap::new();
    if given.is_mapped() {
        // Only the server can judge expressions.
        check_merge_condition(&given, None, table)?;
    } else {
        check_mapping(columns, table)?;
        check_merge_condition(&given, Some(columns), table)?;
        let missing = || table.columns.iter().filter(|c| !c.generated && find_flink(columns, c).is_none());
        if upsert_delete && given.get("partial_update").is_none() && missing().next().is_some() {
            derived.insert("partial_update".to_owned(), "true".to_owned());
        } else if !given.is_partial_update() {
            check_complete(missing(), table)?;
        }
    }
    if given.is_partial_update() && !upsert_delete {
        return Err(mismatch(table, "a partial update needs a PRIMARY KEY table")
            .hint("remove sink.properties.partial_update: columns that are left out get their defaults"));
    }
    let known = |column: &FlinkColumn| find(table, &column.name);
    let starrocks_types: Vec<_> = columns.iter().map(|c| known(c).map(|c| c.data_type.clone())).collect();
    let format = given.format(false)?;
    // What the writer could not encode is refused here, before the job runs.
    RowEncoder::new(EncoderConfig {
        targets: &starrocks_types,
        upsert_delete,
        ..EncoderConfig::new(columns, format.clone())
    })
    .map_err(|e| e.with("table", format!("{}.{}", table.database, table.name)))?;
    let complete = columns.len() == table.columns.len();
    let position = |column: &FlinkColumn| table.columns.iter().position(|c| c.name.eq_ignore_ascii_case(&column.name));
    let in_order = || {
        let positions: Option<Vec<usize>> = columns.iter().map(position).collect();
        positions.is_some_and(|p| p.is_sorted_by(|a, b| a < b))
    };
    let send_columns_header = !given.is_mapped()
        && match format {
            // Without it a column that is left out would be NULL rather than its default, or what it was.
            Format::Json => !complete,
            Format::Csv(_) => upsert_delete || !complete || !in_order(),
        };
    Ok(CheckedSchema {
        upsert_delete,
        columns: columns.iter().map(|c| spelled(c, known(c).filter(|_| !given.is_mapped()))).collect(),
        not_null: columns.iter().map(|c| known(c).is_some_and(|c| !c.nullable)).collect(),
        starrocks_types,
        primary_key: if upsert_delete { key_positions(columns, table) } else { Vec::new() },
        send_columns_header,
        properties: derived,
    })
}

fn find<'a>(table: &'a StarRocksTable, name: &str) -> Option<&'a StarRocksColumn> {
    table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name))
}

fn find_flink(columns: &[FlinkColumn], column: &StarRocksColumn) -> Option<usize> {
    columns.iter().position(|c| c.name.eq_ignore_ascii_case(&column.name))
}

fn spelled(column: &FlinkColumn, target: Option<&StarRocksColumn>) -> FlinkColumn {
    let name = target.map_or(&column.name, |t| &t.name);
    FlinkColumn::new(name.clone(), column.data_type.clone())
}

fn key_positions(columns: &[FlinkColumn], table: &StarRocksTable) -> Vec<usize> {
    table.columns.iter().filter(|c| c.key).filter_map(|c| find_flink(columns, c)).collect()
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
fn check_complete<'a>(mut missing: impl Iterator<Item = &'a StarRocksColumn>, table: &StarRocksTable) -> Result<()> {
    let Some(needed) = missing.find(|c| !c.nullable && c.default.is_none()) else { return Ok(()) };
    Err(mismatch(
        table,
        &format!(
            "StarRocks column {} ({}) is NOT NULL without a default and missing in the Flink schema",
            needed.name, needed.data_type
        ),
    )
    .with("column", &needed.name)
    .hint("add the column to the Flink table, or give it a default"))
}

/// A conditional update compares one column that is written and not part of the key.
fn check_merge_condition(
    given: &LoadProperties<'_>,
    columns: Option<&[FlinkColumn]>,
    table: &StarRocksTable,
) -> Result<()> {
    use StarRocksType as S;
    let Some(name) = given.get("merge_condition") else { return Ok(()) };
    let refuse = |why: String| {
        Err(mismatch(table, &format!("sink.properties.merge_condition = {name}: {why}"))
            .with("column", name)
            .hint("name a column of a numeric or date type that the Flink table has and that is not part of the key"))
    };
    if table.model != TableModel::Primary {
        return refuse("a conditional update needs a PRIMARY KEY table".to_owned());
    }
    let Some(column) = find(table, name) else { return refuse("the table has no such column".to_owned()) };
    if column.key {
        return refuse("the column is part of the primary key".to_owned());
    }
    if columns.is_some_and(|columns| find_flink(columns, column).is_none()) {
        return refuse("the Flink table does not have the column".to_owned());
    }
    let ordered = matches!(column.data_type, S::Boolean | S::TinyInt | S::SmallInt | S::Int | S::BigInt | S::LargeInt)
        || matches!(column.data_type, S::Float | S::Double | S::Decimal(..) | S::Date | S::DateTime);
    if ordered { Ok(()) } else { refuse(format!("StarRocks cannot compare {}", column.data_type)) }
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
            generated: false,
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
        assert!(!duplicate.upsert_delete && !duplicate.send_columns_header);
    }

    #[test]
    fn columns_are_named_unless_the_server_would_assume_the_same() {
        let header = |names: &[&str], format: &str, model| {
            let key = (model == TableModel::Primary).then_some(&["id"][..]);
            check(names, key, &[("format", format)], model).unwrap().send_columns_header
        };
        assert!(!header(&["id", "must", "may"], "csv", TableModel::Duplicate));
        assert!(header(&["must", "id", "may"], "csv", TableModel::Duplicate));
        assert!(header(&["id", "must"], "csv", TableModel::Duplicate));
        assert!(header(&["id", "must", "may"], "csv", TableModel::Primary));
        assert!(!header(&["must", "id", "may"], "json", TableModel::Primary));
        // A key that a JSON object does not have is NULL, not the default.
        assert!(header(&["id", "must"], "json", TableModel::Duplicate));
        let mapped = check(&["x"], None, &[("columns", "x,id=x,must=x")], TableModel::Duplicate).unwrap();
        assert!(!mapped.send_columns_header);
    }

    #[test]
    fn fewer_columns_than_a_primary_key_table_has_are_a_partial_update() {
        let derived = |names: &[&str], properties: &[(&str, &str)]| {
            check(names, Some(&["id"]), properties, TableModel::Primary).unwrap().properties
        };
        let partial = BTreeMap::from([("partial_update".to_owned(), "true".to_owned())]);
        assert_eq!(derived(&["id", "may"], &[]), partial);
        assert_eq!(derived(&["id", "must", "may"], &[]), BTreeMap::new());
        assert_eq!(derived(&["id", "must"], &[("Partial_Update", "false")]), BTreeMap::new());
        assert_eq!(derived(&["id", "x"], &[("columns", "id,x,must=x")]), BTreeMap::new());
        let error = check(&["id", "may"], None, &[], TableModel::Duplicate).unwrap_err();
        assert!(error.to_string().contains("must"), "{error}");
        let error = check(&["id", "must", "may"], None, &[("partial_update", "true")], TableModel::Unique).unwrap_err();
        assert!(error.to_string().contains("PRIMARY KEY"), "{error}");
        let mut computed = table(TableModel::Primary);
        computed.columns[2].generated = true;
        let key = ["id".to_owned()];
        let checked = check_schema(&columns(&["id", "must"]), Some(&key), &BTreeMap::new(), &computed).unwrap();
        assert_eq!((checked.properties, checked.send_columns_header), (BTreeMap::new(), true));
        let error =
            check_schema(&columns(&["id", "must", "may"]), Some(&key), &BTreeMap::new(), &computed).unwrap_err();
        assert!(error.to_string().contains("computes column may"), "{error}");
    }

    #[test]
    fn a_merge_condition_is_a_written_column_with_an_order() {
        let refused = |condition: &str, names: &[&str], model| {
            let key = (model == TableModel::Primary).then_some(&["id"][..]);
            check(names, key, &[("merge_condition", condition)], model).err().map(|e| e.to_string())
        };
        let all = ["id", "must", "may"];
        assert_eq!(refused("MAY", &all, TableModel::Primary), None);
        for (condition, names, model, why) in [
            ("may", &all[..], TableModel::Duplicate, "PRIMARY KEY table"),
            ("nope", &all, TableModel::Primary, "no such column"),
            ("id", &all, TableModel::Primary, "part of the primary key"),
            ("may", &["id", "must"], TableModel::Primary, "Flink table does not have"),
        ] {
            let error = refused(condition, names, model).unwrap();
            assert!(error.contains(why) && error.contains(condition), "{error}");
        }
        let mut text = table(TableModel::Primary);
        text.columns[2].data_type = StarRocksType::Varchar(9);
        let properties = BTreeMap::from([("merge_condition".to_owned(), "may".to_owned())]);
        let mut columns = columns(&all);
        columns[2].data_type = FlinkType::nullable(FlinkTypeRoot::Varchar { length: 9 });
        let error = check_schema(&columns, Some(&["id".to_owned()]), &properties, &text).unwrap_err();
        assert!(error.to_string().contains("cannot compare VARCHAR(9)"), "{error}");
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
    fn types_and_names_follow_the_table() {
        let checked = check(&["MUST", "id"], Some(&["ID"]), &[], TableModel::Primary).unwrap();
        assert_eq!(checked.starrocks_types, [Some(StarRocksType::Int), Some(StarRocksType::Int)]);
        assert_eq!(checked.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["must", "id"]);
        assert_eq!(checked.primary_key, [1]);
    }
}
