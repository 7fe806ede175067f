// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! CREATE TABLE as a declaration, with the checks in the FE's order.

use std::collections::BTreeMap;

use starrocks_types::{StarRocksType as T, TableModel};

use super::{column_def, position};
use crate::catalog::{AggregateFunction, ColumnDef, Distribution, Partitioning, TableDef};
use crate::sql::Sql;
use crate::sql::ast::CreateTable;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::session::Session;
use crate::sql::types::{create_form, error_form};

const KEY_ORDER: &str = "Key columns must be the first few columns of the schema and the order  of the key columns \
                         must be consistent with the order of the schema";

impl Sql {
    /// The declaration that a statement asks for.
    pub(super) fn define(&self, table: &CreateTable, _session: &Session) -> SqlResult<TableDef> {
        engine_name(table.engine.as_deref())?;
        let mut columns = table.columns.iter().map(column_def).collect::<SqlResult<Vec<_>>>()?;
        for (i, column) in columns.iter().enumerate() {
            if position(&columns, &column.name) != Some(i) {
                let text = format!("Duplicate column name '{}'", column.name);
                return Err(SqlError::analyzing_coded(1060, "42S21", text));
            }
        }
        crate::sql::generated::check(&mut columns)?;
        let (model, keys) = keys(table, &columns)?;
        declare_keys(model, &keys, table, &mut columns)?;
        let distribution = distribution(model, &keys, table, &columns)?;
        for column in columns.iter().filter(|c| !c.key) {
            if let Some(function) = column.aggregate
                && !aggregate_fits(function, &column.data_type)
            {
                return Err(SqlError::analyzing(format_args!(
                    "Invalid aggregate function '{}' for '{}'",
                    function.name(),
                    column.name
                )));
            }
        }
        let partitioning = match &table.partitioning {
            None => Partitioning::None,
            Some(spec) => super::partitions::partitioning(&self.engine, spec, &columns, &table.properties)?,
        };
        for (index, span) in &table.indexes {
            if let Some(missing) = index.columns.iter().find(|c| position(&columns, c).is_none()) {
                return Err(SqlError::analyzing_at(
                    *span,
                    format_args!("{} column does not exist in table. invalid column: {missing}", index.name),
                ));
            }
        }
        let properties = self.properties(table, model, &distribution)?;
        Ok(TableDef {
            sort_key: sort_key(table, &columns)?,
            distribution,
            partitioning,
            indexes: table.indexes.iter().map(|(index, _)| index.clone()).collect(),
            properties,
            comment: table.comment.clone(),
            ..TableDef::new(&table.name.name, model, columns)
        })
    }

    fn properties(
        &self,
        table: &CreateTable,
        model: TableModel,
        distribution: &Distribution,
    ) -> SqlResult<BTreeMap<String, String>> {
        let mut given: BTreeMap<String, String> =
            table.properties.iter().map(|(k, v)| (k.to_ascii_lowercase(), v.clone())).collect();
        for ignored in ["light_schema_change", "in_memory", "storage_cooldown_ttl", "enable_persistent_index_"] {
            given.remove(ignored);
        }
        let replication = match given.get("replication_num") {
            Some(text) => match text.parse::<i64>() {
                Err(_) => {
                    return Err(SqlError::plain(format!(
                        "For input string: \"{text}\" table={}, properties.replication_num={text}",
                        table.name.name
                    )));
                }
                Ok(n) if n <= 0 => return Err(SqlError::analyzing("Replication num should larger than 0")),
                Ok(n) if n > i64::from(self.addresses.backends.count()) => {
                    let alive: Vec<String> = self.addresses.backends.iter().map(|b| b.id.to_string()).collect();
                    return Err(SqlError::analyzing(format_args!(
                        "Table replication num should be less than of equal to the number of available BE nodes. You \
                         can change this default by setting the replication_num table properties. Current alive \
                         backend is [{}].",
                        alive.join(", ")
                    )));
                }
                Ok(n) => n.to_string(),
            },
            None => self.config_value("default_replication_num").unwrap_or_else(|| "1".to_owned()),
        };
        let compression = given.get("compression").map_or("LZ4", String::as_str).to_ascii_uppercase();
        let base = compression.split('(').next().unwrap_or_default();
        if !["LZ4", "LZ4_FRAME", "ZSTD", "ZLIB", "SNAPPY", "GZIP", "NO_COMPRESSION"].contains(&base) {
            return Err(SqlError::plain(format!("unknown compression type: {compression}")));
        }
        if let Some(medium) = given.get("storage_medium")
            && !["SSD", "HDD"].contains(&medium.to_ascii_uppercase().as_str())
        {
            return Err(SqlError::plain(format!("Invalid storage medium: {medium}")));
        }
        if given.contains_key("colocate_with") && matches!(distribution, Distribution::Random { .. }) {
            return Err(SqlError::analyzing("Colocate table must specify distribution column"));
        }
        let mut properties = given.clone();
        properties.insert("replication_num".to_owned(), replication);
        properties.insert("compression".to_owned(), compression);
        let default = |properties: &mut BTreeMap<String, String>, key: &str, value: &str| {
            properties.entry(key.to_owned()).or_insert_with(|| value.to_owned());
        };
        default(&mut properties, "fast_schema_evolution", "true");
        default(&mut properties, "replicated_storage", "true");
        if model == TableModel::Primary {
            default(&mut properties, "enable_persistent_index", "true");
        } else {
            properties.remove("enable_persistent_index");
        }
        if matches!(distribution, Distribution::Random { .. }) {
            default(&mut properties, "bucket_size", "1073741824");
        }
        if properties.contains_key("dynamic_partition.enable") {
            default(&mut properties, "dynamic_partition.history_partition_num", "0");
            default(&mut properties, "dynamic_partition.time_zone", "UTC");
        }
        Ok(properties)
    }
}

fn engine_name(engine: Option<&str>) -> SqlResult<()> {
    match engine.map(str::to_ascii_uppercase).as_deref() {
        None | Some("OLAP" | "STARROCKS") => Ok(()),
        Some("MYSQL") => Err(SqlError::plain(
            "Please set properties of mysql table, they are: host, port, user, password, database and table",
        )),
        Some(_) => Err(SqlError::analyzing(format_args!("Unknown engine name: {}", engine.unwrap_or_default()))),
    }
}

/// Model and key columns; without a clause, a duplicate key of the leading columns that fit a short key.
fn keys(table: &CreateTable, columns: &[ColumnDef]) -> SqlResult<(TableModel, Vec<String>)> {
    if let Some((model, keys)) = &table.keys {
        return Ok((*model, keys.clone()));
    }
    if columns.iter().any(|c| c.aggregate.is_some()) {
        let keys = columns.iter().take_while(|c| c.aggregate.is_none()).map(|c| c.name.clone()).collect();
        return Ok((TableModel::Aggregate, keys));
    }
    let mut keys = Vec::new();
    let mut bytes = 0;
    for column in columns {
        let size = match &column.data_type {
            T::Boolean | T::TinyInt => 1,
            T::SmallInt => 2,
            T::Int => 4,
            T::BigInt | T::DateTime => 8,
            T::LargeInt => 16,
            T::Date => 3,
            T::Decimal(p, _) => match p {
                0..=9 => 4,
                10..=18 => 8,
                _ => 16,
            },
            T::Char(_) | T::Varchar(_) => 20,
            T::Float | T::Double if keys.is_empty() => {
                return Err(SqlError::analyzing(format_args!(
                    "Data type of first column cannot be {}",
                    error_form(&column.data_type)
                )));
            }
            _ => break,
        };
        bytes += size;
        let text = matches!(column.data_type, T::Char(_) | T::Varchar(_));
        if keys.len() >= 3 || bytes > 36 {
            if keys.is_empty() && text {
                keys.push(column.name.clone());
            }
            break;
        }
        keys.push(column.name.clone());
        if matches!(column.data_type, T::Varchar(_)) {
            break;
        }
    }
    match columns.first() {
        Some(first) if keys.is_empty() => Err(SqlError::analyzing(format_args!(
            "Data type of first column cannot be {}",
            error_form(&first.data_type)
        ))),
        _ => Ok((TableModel::Duplicate, keys)),
    }
}

fn declare_keys(model: TableModel, keys: &[String], table: &CreateTable, columns: &mut [ColumnDef]) -> SqlResult<()> {
    for (i, key) in keys.iter().enumerate() {
        if position(columns, key) != Some(i) {
            return Err(SqlError::analyzing(KEY_ORDER));
        }
    }
    for (i, column) in columns.iter_mut().enumerate() {
        column.key = i < keys.len();
        if !column.key {
            if column.aggregate.is_none() && model == TableModel::Aggregate {
                return Err(SqlError::analyzing(format_args!(
                    "AGG_KEYS table should specify aggregate type for non-key column[{}]",
                    column.name
                )));
            }
            continue;
        }
        if column.aggregate.is_some() {
            return Err(SqlError::analyzing(format_args!(
                "Cannot specify aggregate function '{}' for key column '{}'",
                column.aggregate.map_or("", AggregateFunction::name),
                column.name
            )));
        }
        let data_type = &column.data_type;
        if model == TableModel::Primary {
            if table.columns.get(i).is_some_and(|c| c.nullable == Some(true)) {
                return Err(SqlError::analyzing(format_args!(
                    "primary key column[{}] cannot be nullable",
                    column.name
                )));
            }
            let allowed = matches!(
                data_type,
                T::Boolean
                    | T::TinyInt
                    | T::SmallInt
                    | T::Int
                    | T::BigInt
                    | T::LargeInt
                    | T::Date
                    | T::DateTime
                    | T::Varchar(_)
            );
            if !allowed {
                let shown =
                    if *data_type == T::Varbinary(None) { "varbinary".to_owned() } else { create_form(data_type) };
                return Err(SqlError::analyzing(format_args!(
                    "primary key column[{}] type not supported: {shown}",
                    column.name
                )));
            }
            column.nullable = false;
            continue;
        }
        match data_type {
            T::Float | T::Double => {
                return Err(SqlError::analyzing(format_args!(
                    "Invalid data type of key column '{}': '{}', use decimal instead",
                    column.name,
                    error_form(data_type)
                )));
            }
            T::Json | T::Array(_) | T::Map(..) | T::Struct(_) | T::Hll | T::Bitmap | T::Percentile => {
                return Err(SqlError::analyzing(format_args!(
                    "Invalid data type of key column '{}': '{}'",
                    column.name,
                    error_form(data_type)
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn distribution(
    model: TableModel,
    keys: &[String],
    table: &CreateTable,
    columns: &[ColumnDef],
) -> SqlResult<Distribution> {
    let Some(spec) = &table.distribution else {
        return match model {
            TableModel::Duplicate => Ok(Distribution::Random { buckets: None }),
            TableModel::Primary => Ok(Distribution::Hash { columns: names(keys, columns), buckets: None }),
            TableModel::Aggregate => Err(SqlError::analyzing("Currently not support default distribution in AGG_KEYS")),
            TableModel::Unique => Err(SqlError::analyzing("Currently not support default distribution in UNIQUE_KEYS")),
        };
    };
    if spec.buckets == Some(0) {
        return Err(SqlError::analyzing("Number of buckets should be larger than zero"));
    }
    let Some(hash) = &spec.columns else {
        return match model {
            TableModel::Duplicate => Ok(Distribution::Random { buckets: spec.buckets }),
            TableModel::Primary => Err(SqlError::analyzing_at(spec.span, "PRIMARY KEY cannot use random distribution")),
            TableModel::Unique => Err(SqlError::analyzing_at(spec.span, "UNIQUE KEY cannot use random distribution")),
            TableModel::Aggregate => {
                let replaces = columns.iter().any(|c| {
                    matches!(c.aggregate, Some(AggregateFunction::Replace | AggregateFunction::ReplaceIfNotNull))
                });
                if replaces {
                    return Err(SqlError::analyzing_at(
                        spec.span,
                        "AGGREGATE KEY table with REPLACE value columns cannot use random distribution",
                    ));
                }
                Ok(Distribution::Random { buckets: spec.buckets })
            }
        };
    };
    for name in hash {
        let Some(at) = position(columns, name) else {
            return Err(SqlError::plain(format!("Distribution column({name}) doesn't exist.")));
        };
        if model != TableModel::Duplicate && !columns.get(at).is_some_and(|c| c.key) {
            return Err(SqlError::plain(format!("Distribution column[{name}] is not key column")));
        }
    }
    Ok(Distribution::Hash { columns: names(hash, columns), buckets: spec.buckets })
}

/// The names as declared.
pub(super) fn names(wanted: &[String], columns: &[ColumnDef]) -> Vec<String> {
    wanted.iter().filter_map(|n| position(columns, n).and_then(|i| columns.get(i)).map(|c| c.name.clone())).collect()
}

fn sort_key(table: &CreateTable, columns: &[ColumnDef]) -> SqlResult<Vec<String>> {
    if let Some(missing) = table.order_by.iter().find(|c| position(columns, c).is_none()) {
        return Err(SqlError::analyzing(format_args!("Unknown column '{missing}' does not exist")));
    }
    Ok(names(&table.order_by, columns))
}

/// Whether values of that type can be merged by that function.
pub(crate) fn aggregate_fits(function: AggregateFunction, data_type: &T) -> bool {
    let numeric = matches!(
        data_type,
        T::Boolean
            | T::TinyInt
            | T::SmallInt
            | T::Int
            | T::BigInt
            | T::LargeInt
            | T::Float
            | T::Double
            | T::Decimal(..)
    );
    match function {
        AggregateFunction::Sum => numeric && *data_type != T::Boolean,
        AggregateFunction::Min | AggregateFunction::Max => {
            numeric || matches!(data_type, T::Date | T::DateTime | T::Char(_) | T::Varchar(_))
        }
        AggregateFunction::Replace | AggregateFunction::ReplaceIfNotNull => true,
        AggregateFunction::HllUnion => *data_type == T::Hll,
        AggregateFunction::BitmapUnion => *data_type == T::Bitmap,
        AggregateFunction::PercentileUnion => *data_type == T::Percentile,
    }
}
