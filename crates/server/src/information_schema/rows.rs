// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of system tables, as texts in the order of the tables' columns.

use starrocks_types::{StarRocksType as T, TableModel};

use super::{SystemTable, is_system};
use crate::catalog::{ColumnDef, Database, DefaultValue, Distribution, TableDef};
use crate::engine::Object;
use crate::show;
use crate::sql::error::SqlResult;
use crate::sql::query::ResultType;
use crate::sql::text::show_time;
use crate::sql::types::{create_form, error_form};
use crate::sql::{Session, Sql, View, generated, variables};
use crate::txn::{LoadSource, TxnState};

type Row = Vec<Option<String>>;

pub(super) fn rows(sql: &Sql, session: &Session, table: &SystemTable) -> SqlResult<Vec<Row>> {
    if table.database != "information_schema" {
        return Ok(Vec::new());
    }
    Ok(match table.name.as_str() {
        "columns" => columns(sql, session),
        "tables" => tables(sql, session),
        "schemata" => schemata(sql, session),
        "tables_config" => tables_config(sql, session),
        "views" => views(sql, session),
        "load_tracking_logs" => load_tracking_logs(sql),
        "partitions_meta" => partitions_meta(sql, session),
        "loads" => loads(sql),
        "engines" => ENGINES.iter().map(|row| row.iter().copied().map(some).collect()).collect(),
        "character_sets" => vec![["utf8", "utf8_general_ci", "UTF-8 Unicode", "3"].map(some).to_vec()],
        "collations" => vec![["utf8_general_ci", "utf8", "33", "Yes", "Yes", "1"].map(some).to_vec()],
        "session_variables" | "global_variables" | "verbose_session_variables" => {
            let globals = sql.shared().globals.clone();
            let session = if table.name == "global_variables" { &globals } else { &session.variables };
            let wide = table.columns.len();
            variables::listed(session, &globals, sql.version())
                .into_iter()
                .map(|(name, value)| {
                    let mut row = vec![Some(name), Some(value)];
                    row.resize(wide, None);
                    row
                })
                .collect()
        }
        "user_privileges" | "schema_privileges" | "table_privileges" => Vec::new(),
        _ => Vec::new(),
    })
}

/// The rows of SHOW ENGINES.
pub(crate) const ENGINES: [[&str; 6]; 5] = [
    ["OLAP", "YES", "Default storage engine of StarRocks", "NO", "NO", "NO"],
    ["MySQL", "YES", "MySQL server which data is in it", "NO", "NO", "NO"],
    ["ELASTICSEARCH", "YES", "ELASTICSEARCH cluster which data is in it", "NO", "NO", "NO"],
    ["HIVE", "YES", "HIVE database which data is in it", "NO", "NO", "NO"],
    ["ICEBERG", "YES", "ICEBERG data lake which data is in it", "NO", "NO", "NO"],
];

fn some(text: impl ToString) -> Option<String> {
    Some(text.to_string())
}

/// The databases of which the session's user may see something.
fn databases(sql: &Sql, session: &Session) -> Vec<std::sync::Arc<Database>> {
    let catalog = sql.engine.catalog();
    let visible = |d: &&std::sync::Arc<Database>| sql.users.may_see(&session.identity.user, Object::Database(&d.name));
    catalog.databases().filter(visible).cloned().collect()
}

fn may_see(sql: &Sql, session: &Session, database: &str, table: &str) -> bool {
    sql.users.may_see(&session.identity.user, Object::Table { database, table })
}

fn may_see_view(sql: &Sql, session: &Session, database: &str, view: &str) -> bool {
    sql.users.may_see(&session.identity.user, Object::View { database, view })
}

fn all_views(sql: &Sql, session: &Session) -> Vec<((String, String), View)> {
    let views = sql.shared().views.clone();
    views.into_iter().filter(|((database, name), _)| may_see_view(sql, session, database, name)).collect()
}

fn schemata(sql: &Sql, session: &Session) -> Vec<Row> {
    let names = database_names(sql, session).into_iter();
    names.map(|name| vec![some("def"), Some(name), some("utf8"), some("utf8_general_ci"), None]).collect()
}

fn tables(sql: &Sql, session: &Session) -> Vec<Row> {
    let mut rows = Vec::new();
    for database in databases(sql, session) {
        for table in database.tables().filter(|t| may_see(sql, session, &database.name, &t.def().name)) {
            let count = table.row_count().unwrap_or(0);
            let bytes = table.data_bytes();
            rows.push(vec![
                some("def"),
                some(&database.name),
                some(&table.def().name),
                some("BASE TABLE"),
                some("StarRocks"),
                None,
                None,
                some(count),
                some(bytes.checked_div(count).unwrap_or(0)),
                some(bytes),
                None,
                None,
                None,
                None,
                some(show_time(table.def().created)),
                some(show_time(table.version_time())),
                some("1970-01-01 00:00:00"),
                some("utf8_general_ci"),
                None,
                None,
                some(&table.def().comment),
            ]);
        }
    }
    let mut other = |database: &str, name: &str, kind: &str, engine: Option<&str>, created: i64, comment: &str| {
        let mut row = vec![some("def"), some(database), some(name), some(kind), engine.map(str::to_owned)];
        row.resize(14, None);
        row.extend([some(show_time(created)), None, some("1970-01-01 00:00:00"), some("utf8_general_ci"), None, None]);
        row.push(some(comment));
        rows.push(row);
    };
    for ((database, name), view) in all_views(sql, session) {
        other(&database, &name, "VIEW", None, view.created, &view.comment);
    }
    for table in super::tables() {
        other(table.database, &table.name, "SYSTEM VIEW", Some("MEMORY"), sql.started, "");
    }
    rows.sort_by(|a, b| (&a[1], &a[2]).cmp(&(&b[1], &b[2])));
    rows
}

/// What `information_schema.columns` says about a type: DATA_TYPE, lengths, precision, scale, COLUMN_TYPE, size, digits.
pub(crate) struct Attributes {
    pub(crate) data_type: &'static str,
    character_length: Option<u32>,
    precision: Option<u32>,
    scale: Option<u32>,
    pub(crate) column_type: String,
    size: Option<u32>,
    digits: Option<u32>,
}

/// Describes a type.
pub(crate) fn column_attributes(t: &T) -> Attributes {
    let number = |data_type, precision: Option<u32>, scale: Option<u32>, column_type: &str| Attributes {
        data_type,
        character_length: None,
        precision,
        scale,
        column_type: column_type.to_owned(),
        size: precision,
        digits: scale,
    };
    let plain = |data_type, column_type: String| Attributes {
        data_type,
        character_length: None,
        precision: None,
        scale: None,
        column_type,
        size: None,
        digits: None,
    };
    match t {
        // The size that is NULL is what tells BOOLEAN from TINYINT.
        T::Boolean => number("tinyint", None, Some(0), "tinyint(1)"),
        T::TinyInt => number("tinyint", Some(3), Some(0), "tinyint(4)"),
        T::SmallInt => number("smallint", Some(5), Some(0), "smallint(6)"),
        T::Int => number("int", Some(10), Some(0), "int(11)"),
        T::BigInt => number("bigint", Some(19), Some(0), "bigint(20)"),
        T::LargeInt => number("bigint unsigned", Some(39), None, "bigint(20) unsigned"),
        T::Float => number("float", Some(7), Some(7), "float"),
        T::Double => number("double", Some(15), Some(15), "double"),
        T::Decimal(p, s) => number("decimal", Some((*p).into()), Some((*s).into()), &format!("decimal({p}, {s})")),
        T::Char(n) => text("char", *n, format!("char({n})")),
        T::Varchar(n) => text("varchar", *n, format!("varchar({n})")),
        T::Date => plain("date", "date".to_owned()),
        T::DateTime => plain("datetime", "datetime".to_owned()),
        T::Json => plain("json", "json".to_owned()),
        T::Varbinary(_) => plain("varbinary", create_form(t)),
        T::Array(_) => plain("array", nested_form(t)),
        T::Map(..) => plain("map", nested_form(t)),
        T::Struct(_) => plain("struct", nested_form(t)),
        T::Hll => Attributes { size: Some(16_385), ..plain("hll", "hll".to_owned()) },
        T::Bitmap => plain("bitmap", "bitmap".to_owned()),
        T::Percentile => plain("percentile", "percentile".to_owned()),
    }
}

/// The type of an array, map or struct, in which decimals tell their width.
fn nested_form(t: &T) -> String {
    match t {
        T::Decimal(..) => error_form(t),
        T::Array(item) => format!("array<{}>", nested_form(item)),
        T::Map(key, value) => format!("map<{},{}>", nested_form(key), nested_form(value)),
        T::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|(n, t)| format!("`{n}` {}", nested_form(t))).collect();
            format!("struct<{}>", fields.join(", "))
        }
        other => create_form(other),
    }
}

fn text(data_type: &'static str, length: u32, column_type: String) -> Attributes {
    Attributes {
        data_type,
        character_length: Some(length),
        precision: None,
        scale: None,
        column_type,
        size: Some(length),
        digits: None,
    }
}

fn columns(sql: &Sql, session: &Session) -> Vec<Row> {
    let mut rows = Vec::new();
    for database in databases(sql, session) {
        for table in database.tables().filter(|t| may_see(sql, session, &database.name, &t.def().name)) {
            let def = table.def();
            for (i, column) in def.columns.iter().enumerate() {
                rows.push(column_row(&database.name, &def.name, i, column, key_word(def, column)));
            }
        }
    }
    for ((database, name), view) in all_views(sql, session) {
        for (i, ((column, comment), data_type)) in view.columns.iter().zip(&view.types).enumerate() {
            let mut def = ColumnDef::new(column, data_type.stored());
            def.comment.clone_from(comment);
            def.nullable = view.is_nullable(i);
            let mut row = column_row(&database, &name, i, &def, "");
            match data_type {
                ResultType::Of(known) => {
                    def.data_type = known.clone();
                    row = column_row(&database, &name, i, &def, "");
                }
                ResultType::Text | ResultType::Null => unknown_length(&mut row),
                ResultType::Blob => {}
            }
            rows.push(row);
        }
    }
    for table in super::tables() {
        for (i, column) in table.columns.iter().enumerate() {
            let mut def = ColumnDef::new(&column.name, column.data_type.clone().unwrap_or(T::Varchar(1)));
            def.nullable = column.nullable;
            rows.push(column_row(table.database, &table.name, i, &def, ""));
        }
    }
    rows
}

/// What is said of a text whose length is not known.
fn unknown_length(row: &mut Row) {
    for (at, text) in [(8, "-1"), (9, "-3"), (15, "varchar"), (20, "-1")] {
        if let Some(cell) = row.get_mut(at) {
            *cell = some(text);
        }
    }
}

fn key_word(def: &TableDef, column: &ColumnDef) -> &'static str {
    if !column.key {
        return "";
    }
    match def.model {
        TableModel::Primary => "PRI",
        TableModel::Unique => "UNI",
        TableModel::Aggregate => "AGG",
        TableModel::Duplicate => "DUP",
    }
}

fn column_row(database: &str, table: &str, i: usize, column: &ColumnDef, key: &str) -> Row {
    let about = column_attributes(&column.data_type);
    let default = match &column.default {
        None if matches!(column.data_type, T::Hll | T::Bitmap) => some("\0"),
        None | Some(DefaultValue::Null) => None,
        Some(DefaultValue::Literal(text)) => Some(text.clone()),
        Some(DefaultValue::CurrentTimestamp { .. }) => some("CURRENT_TIMESTAMP"),
        Some(DefaultValue::Uuid) => some("uuid()"),
        Some(DefaultValue::UuidNumeric) => some("uuid_numeric()"),
    };
    vec![
        None,
        some(database),
        some(table),
        some(&column.name),
        some(i + 1),
        default,
        some(if column.nullable { "YES" } else { "NO" }),
        some(about.data_type),
        about.character_length.map(|n| n.to_string()),
        about.character_length.map(|n| n.saturating_mul(3).to_string()),
        about.precision.map(|n| n.to_string()),
        about.scale.map(|n| n.to_string()),
        None,
        None,
        None,
        Some(about.column_type),
        some(key),
        some(""),
        some(""),
        some(&column.comment),
        about.size.map(|n| n.to_string()),
        about.digits.map(|n| n.to_string()),
        column.generated.as_deref().map(generated::shown),
        None,
    ]
}

fn quoted(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    names.into_iter().map(|n| format!("`{}`", n.as_ref())).collect::<Vec<_>>().join(", ")
}

fn tables_config(sql: &Sql, session: &Session) -> Vec<Row> {
    let mut rows = Vec::new();
    for database in databases(sql, session) {
        for table in database.tables().filter(|t| may_see(sql, session, &database.name, &t.def().name)) {
            let def = table.def();
            let keys: Vec<&str> = def.columns.iter().filter(|c| c.key).map(|c| c.name.as_str()).collect();
            let (model, unique) = match def.model {
                TableModel::Duplicate => ("DUP_KEYS", false),
                TableModel::Aggregate => ("AGG_KEYS", false),
                TableModel::Unique => ("UNIQUE_KEYS", true),
                TableModel::Primary => ("PRIMARY_KEYS", true),
            };
            let (distribute_key, kind, buckets) = match &def.distribution {
                Distribution::Hash { columns, buckets } => (quoted(columns), "HASH", *buckets),
                Distribution::Random { buckets } => (String::new(), "RANDOM", *buckets),
            };
            let sort_key = if def.sort_key.is_empty() { quoted(&keys) } else { quoted(&def.sort_key) };
            rows.push(vec![
                some(&database.name),
                some(&def.name),
                some("OLAP"),
                some(model),
                some(if unique { quoted(&keys) } else { String::new() }),
                some(quoted(def.partitioning.columns())),
                Some(distribute_key),
                some(kind),
                some(buckets.unwrap_or(0)),
                Some(sort_key),
                some(serde_json::to_string(&def.properties).unwrap_or_default()),
                some(def.id),
            ]);
        }
    }
    rows
}

fn views(sql: &Sql, session: &Session) -> Vec<Row> {
    let row = |((database, name), view): ((String, String), View)| {
        vec![
            some("def"),
            Some(database),
            Some(name),
            Some(view.query),
            some("NONE"),
            some("NO"),
            some(""),
            some(""),
            some("utf8"),
            some("utf8_general_ci"),
        ]
    };
    all_views(sql, session).into_iter().map(row).collect()
}

fn partitions_meta(sql: &Sql, session: &Session) -> Vec<Row> {
    let mut rows = Vec::new();
    for database in databases(sql, session) {
        for table in database.tables().filter(|t| may_see(sql, session, &database.name, &t.def().name)) {
            let def = table.def();
            let known = def.partitioning.partitions();
            let names: Vec<(u64, String)> = if known.is_empty() {
                vec![(def.id + 1, def.name.clone())]
            } else {
                known.iter().map(|p| (p.id, p.name.clone())).collect()
            };
            let distribution = match &def.distribution {
                Distribution::Hash { columns, .. } => quoted(columns),
                Distribution::Random { .. } => "ALL KEY".to_owned(),
            };
            let buckets = show::buckets(def, sql.addresses.backends.count());
            for (id, name) in names {
                let version = table.version();
                let replication = def.properties.get("replication_num").cloned();
                rows.push(vec![
                    some(&database.name),
                    some(&def.name),
                    Some(name),
                    some(id),
                    some(0),
                    some(version),
                    some(show_time(table.version_time())),
                    some(version + 1),
                    some(version),
                    some(def.id),
                    some("TXN_NORMAL"),
                    some(quoted(def.partitioning.columns())),
                    some(""),
                    Some(distribution.clone()),
                    some(buckets),
                    replication,
                    some("SSD"),
                    some("9999-12-31 23:59:59"),
                    None,
                    some("false"),
                    some("false"),
                    some(table.data_bytes()),
                    some(table.row_count().unwrap_or(0)),
                    some("false"),
                    some("0"),
                    some("0"),
                    some("0"),
                    some(""),
                    some(table.data_bytes()),
                    some("true"),
                    some("0"),
                ]);
            }
        }
    }
    rows
}

fn loads(sql: &Sql) -> Vec<Row> {
    let catalog = sql.engine.catalog();
    let rows = sql.engine.transactions().into_iter().map(|txn| {
        let table = txn.table_ids.first().and_then(|id| catalog.table_by_id(*id)).map(|(_, t)| t.def().name.clone());
        let (state, progress) = match txn.state {
            TxnState::Prepare => ("LOADING", "0%"),
            TxnState::Prepared => ("PREPARED", "100%"),
            TxnState::Committed => ("COMMITED", "100%"),
            TxnState::Visible => ("FINISHED", "100%"),
            TxnState::Aborted => ("CANCELLED", "0%"),
        };
        let kind = match txn.source {
            LoadSource::InsertStreaming => "INSERT",
            LoadSource::FrontendStreaming => "MERGE_COMMIT",
            _ => "STREAM_LOAD",
        };
        let counts = &txn.counters;
        let time = |at: Option<i64>| at.map(show_time);
        vec![
            some(txn.id),
            Some(txn.label),
            some(""),
            Some(txn.database),
            table,
            some("root"),
            some("default_warehouse"),
            some(state),
            some(progress),
            some(kind),
            some("NORMAL"),
            some(counts.total),
            some(counts.bytes),
            some(counts.filtered),
            some(counts.unselected),
            some(counts.loaded),
            some("{}"),
            some(show_time(txn.begun)),
            some(show_time(txn.begun)),
            time(txn.committed),
            time(txn.finished),
            some(format!("{{\"timeout\": {}}}", txn.timeout.as_secs())),
            some(&txn.reason),
            some(""),
            None,
            some(txn.id),
        ]
    });
    rows.collect()
}

/// Rejected rows, a row for each load that has some. A load's job is its transaction, as in `loads`.
fn load_tracking_logs(sql: &Sql) -> Vec<Row> {
    let logs = sql.engine.error_logs().into_iter();
    let rows = logs.map(|log| {
        let job = sql.engine.transaction(&log.database, &log.label).ok().flatten().map(|txn| txn.id.to_string());
        vec![job.clone(), job, Some(log.label), Some(log.database), Some(log.text), some("STREAM_LOAD")]
    });
    rows.collect()
}

/// The names of all databases that the session's user may see, the system's included, in the FE's order.
pub(crate) fn database_names(sql: &Sql, session: &Session) -> Vec<String> {
    let mut names: Vec<String> = databases(sql, session).into_iter().map(|d| d.name.clone()).collect();
    names.push("information_schema".to_owned());
    if session.identity.user == crate::auth::ROOT {
        names.push("sys".to_owned());
    }
    names.sort();
    names
}

/// Names and kinds of the tables and views of a database that the session's user may see, by name.
pub(crate) fn table_names(sql: &Sql, session: &Session, database: &str) -> Vec<(String, &'static str)> {
    if is_system(database) {
        let system = super::tables().iter().filter(|t| t.database.eq_ignore_ascii_case(database));
        return system.map(|t| (t.name.clone(), "SYSTEM VIEW")).collect();
    }
    let catalog = sql.engine.catalog();
    let tables =
        catalog.database(database).into_iter().flat_map(|d| d.tables()).map(|t| (t.def().name.clone(), "BASE TABLE"));
    let mut names: Vec<(String, &'static str)> = tables.filter(|(n, _)| may_see(sql, session, database, n)).collect();
    let views = sql.shared().views.keys().filter(|(d, _)| d == database).map(|(_, n)| n.clone()).collect::<Vec<_>>();
    names.extend(views.into_iter().filter(|n| may_see_view(sql, session, database, n)).map(|n| (n, "VIEW")));
    names.sort();
    names
}
