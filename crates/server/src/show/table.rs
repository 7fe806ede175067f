// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What SHOW and DESC tell about tables.

use std::sync::Arc;

use starrocks_types::{StarRocksType as T, TableModel};

use super::filter::{answer, apply};
use super::{Row, columns as shown_columns, database_of, some, varchars};
use crate::catalog::{ColumnDef, DefaultValue, Distribution, PartitionBounds, Partitioning, TableDef};
use crate::engine::Object;
use crate::information_schema;
use crate::mysql::Column;
use crate::sql::ast::{Filter, Name};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::ResultType;
use crate::sql::text::show_time;
use crate::sql::types::{create_form, desc_form};
use crate::sql::{Response, Session, Sql, View};
use crate::storage::Table;

/// What a name stands for.
enum Found {
    Table(Arc<Table>),
    View(View),
    System(&'static information_schema::SystemTable),
}

/// Finds what the session may see; `missing` makes the error when there is no such table.
fn find(sql: &Sql, session: &Session, name: &Name, missing: impl FnOnce(&str, &str) -> SqlError) -> SqlResult<Found> {
    let (database, table) = sql.resolve(session, name)?;
    if information_schema::is_system(&database) {
        return information_schema::table(&database, &table)
            .map(Found::System)
            .ok_or_else(|| missing(&database, &table));
    }
    let home = sql.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
    let view = sql.shared().views.get(&(database.clone(), table.clone())).cloned();
    let found = match (view, home.table(&table)) {
        (Some(view), _) => Found::View(view),
        (None, Some(table)) => Found::Table(table.clone()),
        (None, None) => return Err(missing(&database, &table)),
    };
    sql.check_any(session, Object::Table { database: &database, table: &table })?;
    Ok(found)
}

fn find_table(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Arc<Table>> {
    match find(sql, session, name, |_, table| SqlError::table_not_found(table))? {
        Found::Table(table) => Ok(table),
        _ => Err(SqlError::analyzing(format_args!("Table[{}] does not exists or is not OLAP/Paimon table", name.name))),
    }
}

/// A default as DESC shows it.
fn default_text(column: &ColumnDef) -> Option<String> {
    match &column.default {
        None if matches!(column.data_type, T::Hll | T::Bitmap) => some("\0"),
        None | Some(DefaultValue::Null) => None,
        Some(DefaultValue::Literal(text)) => Some(text.clone()),
        Some(DefaultValue::CurrentTimestamp { precision: None }) => some("CURRENT_TIMESTAMP"),
        Some(DefaultValue::CurrentTimestamp { precision: Some(n) }) => some(format!("CURRENT_TIMESTAMP({n})")),
        Some(DefaultValue::Uuid) => some("uuid()"),
        Some(DefaultValue::UuidNumeric) => some("uuid_numeric()"),
    }
}

fn yes_no(flag: bool) -> Option<String> {
    some(if flag { "YES" } else { "NO" })
}

fn has_bloom_filter(def: &TableDef, column: &ColumnDef) -> bool {
    let listed = def.properties.get("bloom_filter_columns").map_or("", String::as_str);
    listed.split(',').any(|name| name.trim().eq_ignore_ascii_case(&column.name))
}

/// DESC.
pub(crate) fn describe(sql: &Sql, session: &Session, name: &Name, all: bool) -> SqlResult<Response> {
    let found = find(sql, session, name, |_, table| SqlError::unknown_table(table))?;
    let generated = |column: &ColumnDef| {
        let by_server = matches!(
            column.default,
            Some(DefaultValue::CurrentTimestamp { .. } | DefaultValue::Uuid | DefaultValue::UuidNumeric)
        );
        if by_server { "DEFAULT_GENERATED" } else { "" }
    };
    let rows: Vec<Row> = match &found {
        Found::Table(table) => {
            let def = table.def();
            def.columns
                .iter()
                .map(|c| {
                    let extra = if has_bloom_filter(def, c) { "BLOOM_FILTER" } else { generated(c) };
                    vec![
                        some(&c.name),
                        some(desc_form(&c.data_type)),
                        yes_no(c.nullable),
                        some(c.key),
                        default_text(c),
                        some(extra),
                    ]
                })
                .collect()
        }
        Found::View(view) => {
            let row = |((name, _), data_type): (&(String, String), &ResultType)| {
                vec![some(name), some(view_type(data_type)), some("YES"), some("false"), None, some("")]
            };
            view.columns.iter().zip(&view.types).map(row).collect()
        }
        Found::System(table) => {
            let row = |c: &information_schema::SystemColumn| {
                vec![some(&c.name), some(c.shown), yes_no(c.nullable), some("false"), None, some("")]
            };
            table.columns.iter().map(row).collect()
        }
    };
    if let (Found::Table(table), true) = (&found, all) {
        return Ok(describe_all(table.def(), rows));
    }
    let columns = ["Field", "Type", "Null", "Key", "Default", "Extra"].map(|name| Column::varchar(name, 30));
    Ok(Response::texts(columns.to_vec(), rows))
}

fn view_type(data_type: &ResultType) -> String {
    match data_type {
        ResultType::Of(known) => desc_form(known),
        ResultType::Text | ResultType::Null => "varchar".to_owned(),
        ResultType::Blob => "varbinary".to_owned(),
    }
}

fn describe_all(def: &TableDef, rows: Vec<Row>) -> Response {
    let model = match def.model {
        TableModel::Duplicate => "DUP_KEYS",
        TableModel::Aggregate => "AGG_KEYS",
        TableModel::Unique => "UNIQUE_KEYS",
        TableModel::Primary => "PRIMARY_KEYS",
    };
    let rows = rows.into_iter().zip(&def.columns).enumerate().map(|(i, (mut row, column))| {
        let extra = match (column.key, column.aggregate, def.model) {
            (true, ..) => row.pop().flatten().unwrap_or_default(),
            (false, Some(function), _) => function.name().to_owned(),
            (false, None, TableModel::Unique | TableModel::Primary) => "REPLACE".to_owned(),
            _ => "NONE".to_owned(),
        };
        row.truncate(5);
        row.push(Some(extra));
        let first = i == 0;
        let mut full = vec![some(if first { &def.name } else { "" }), some(if first { model } else { "" })];
        full.extend(row);
        full
    });
    let columns = varchars([
        ("IndexName", 20),
        ("IndexKeysType", 20),
        ("Field", 20),
        ("Type", 20),
        ("Null", 10),
        ("Key", 10),
        ("Default", 30),
        ("Extra", 30),
    ]);
    Response::texts(columns, rows.collect())
}

/// SHOW [FULL] COLUMNS.
pub(super) fn columns(sql: &Sql, session: &Session, name: &Name, full: bool, filter: &Filter) -> SqlResult<Response> {
    let found =
        find(sql, session, name, |database, table| SqlError::unknown_table(format_args!("{database}.{table}")))?;
    struct Shown {
        name: String,
        data_type: String,
        nullable: bool,
        key: bool,
        default: Option<String>,
        extra: String,
        comment: String,
    }
    let plain = |name: &str, data_type: String, nullable: bool, comment: &str| Shown {
        name: name.to_owned(),
        data_type,
        nullable,
        key: false,
        default: None,
        extra: String::new(),
        comment: comment.to_owned(),
    };
    let list: Vec<Shown> = match &found {
        Found::Table(table) => table
            .def()
            .columns
            .iter()
            .map(|c| Shown {
                key: c.key,
                default: if matches!(c.data_type, T::Hll | T::Bitmap) { None } else { default_text(c) },
                extra: c.aggregate.map_or_else(String::new, |f| f.name().to_owned()),
                ..plain(&c.name, desc_form(&c.data_type), c.nullable, &escaped(&c.comment))
            })
            .collect(),
        Found::View(view) => view
            .columns
            .iter()
            .zip(&view.types)
            .map(|((name, comment), data_type)| plain(name, view_type(data_type), true, comment))
            .collect(),
        Found::System(table) => {
            table.columns.iter().map(|c| plain(&c.name, c.shown.to_owned(), c.nullable, "")).collect()
        }
    };
    let rows = list.into_iter().map(|c| {
        let mut row = vec![Some(c.name), Some(c.data_type)];
        row.extend(full.then(|| some("")));
        row.extend([yes_no(c.nullable), yes_no(c.key), c.default, Some(c.extra)]);
        if full {
            row.extend([some(""), Some(c.comment)]);
        }
        row
    });
    let rows = rows.collect();
    let mut columns = if filter.condition.is_some() {
        varchars([("Field", 64), ("Type", 64), ("Null", 3), ("Key", 3), ("Default", 1024), ("Extra", 27)])
    } else {
        varchars([("Field", 20), ("Type", 20), ("Null", 20), ("Key", 20), ("Default", 20), ("Extra", 20)])
    };
    if full {
        columns.insert(2, Column::varchar("Collation", 20));
        columns.extend([Column::varchar("Privileges", 80), Column::varchar("Comment", 20)]);
    }
    answer(columns, rows, filter)
}

/// A comment as SHOW CREATE TABLE and SHOW FULL COLUMNS write it.
fn escaped(comment: &str) -> String {
    comment.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A column's line in SHOW CREATE TABLE.
pub(crate) fn column_line(column: &ColumnDef) -> String {
    let mut line = format!("`{}` {}", column.name, create_form(&column.data_type));
    if let Some(function) = column.aggregate {
        line.push_str(&format!(" {}", function.name()));
    }
    line.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
    if column.auto_increment {
        line.push_str(" AUTO_INCREMENT");
    }
    match &column.default {
        None | Some(DefaultValue::Null) => {}
        Some(DefaultValue::Literal(text)) => line.push_str(&format!(" DEFAULT \"{}\"", escaped(text))),
        Some(DefaultValue::CurrentTimestamp { precision: None }) => line.push_str(" DEFAULT CURRENT_TIMESTAMP"),
        Some(DefaultValue::CurrentTimestamp { precision: Some(n) }) => {
            line.push_str(&format!(" DEFAULT CURRENT_TIMESTAMP({n})"));
        }
        Some(DefaultValue::Uuid) => line.push_str(" DEFAULT (uuid())"),
        Some(DefaultValue::UuidNumeric) => line.push_str(" DEFAULT (uuid_numeric())"),
    }
    if let Some(expression) = &column.generated {
        line.push_str(&format!(" AS {expression}"));
    }
    line.push_str(&format!(" COMMENT \"{}\"", escaped(&column.comment)));
    line
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// The text of SHOW CREATE TABLE.
fn create_text(def: &TableDef) -> String {
    let mut lines: Vec<String> = def.columns.iter().map(|c| format!("  {}", column_line(c))).collect();
    for index in &def.indexes {
        lines.push(format!(
            "  INDEX {} ({}) USING {} COMMENT '{}'",
            index.name,
            quoted(&index.columns),
            index.kind,
            index.comment
        ));
    }
    let model = match def.model {
        TableModel::Duplicate => "DUPLICATE",
        TableModel::Aggregate => "AGGREGATE",
        TableModel::Unique => "UNIQUE",
        TableModel::Primary => "PRIMARY",
    };
    let keys = quoted(def.columns.iter().filter(|c| c.key).map(|c| &c.name));
    let mut text =
        format!("CREATE TABLE `{}` (\n{}\n) ENGINE=OLAP \n{model} KEY({keys})\n", def.name, lines.join(",\n"));
    if !def.comment.is_empty() {
        text.push_str(&format!("COMMENT \"{}\"\n", escaped(&def.comment)));
    }
    text.push_str(&partition_text(&def.partitioning));
    match &def.distribution {
        Distribution::Hash { columns, buckets } => {
            text.push_str(&format!("DISTRIBUTED BY HASH({})", quoted(columns)));
            if let Some(n) = buckets {
                text.push_str(&format!(" BUCKETS {n} "));
            }
        }
        Distribution::Random { buckets } => {
            text.push_str("DISTRIBUTED BY RANDOM");
            if let Some(n) = buckets {
                text.push_str(&format!(" BUCKETS {n}"));
            }
        }
    }
    text.push('\n');
    if !def.sort_key.is_empty() {
        text.push_str(&format!("ORDER BY({})\n", quoted(&def.sort_key)));
    }
    let properties: Vec<String> = def.properties.iter().map(|(k, v)| format!("\"{k}\" = \"{v}\"")).collect();
    text.push_str(&format!("PROPERTIES (\n{}\n);", properties.join(",\n")));
    text
}

fn partition_text(partitioning: &Partitioning) -> String {
    let tuple = |values: &[String]| values.iter().map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(", ");
    match partitioning {
        Partitioning::None => String::new(),
        Partitioning::Expression { sql, .. } => format!("PARTITION BY {sql}\n"),
        Partitioning::Range { columns, partitions } => {
            let lines: Vec<String> = partitions
                .iter()
                .filter_map(|p| match &p.bounds {
                    PartitionBounds::Range { lower, upper } => {
                        let lower = lower.as_deref().map_or_else(|| "\"0000-01-01\"".to_owned(), tuple);
                        let upper = upper.as_deref().map_or_else(|| "MAXVALUE".to_owned(), tuple);
                        Some(format!("PARTITION {} VALUES [({lower}), ({upper}))", p.name))
                    }
                    PartitionBounds::List(_) => None,
                })
                .collect();
            format!("PARTITION BY RANGE({})\n({})\n", quoted(columns), lines.join(",\n"))
        }
        Partitioning::List { columns, partitions } => {
            let value = |v: &Option<String>| v.as_ref().map_or_else(|| "NULL".to_owned(), |v| format!("'{v}'"));
            let lines: Vec<String> = partitions
                .iter()
                .filter_map(|p| match &p.bounds {
                    PartitionBounds::List(tuples) => {
                        let values: Vec<String> = tuples
                            .iter()
                            .map(|t| match t.as_slice() {
                                [single] => value(single),
                                many => format!("({})", many.iter().map(value).collect::<Vec<_>>().join(", ")),
                            })
                            .collect();
                        Some(format!("  PARTITION {} VALUES IN ({})", p.name, values.join(", ")))
                    }
                    PartitionBounds::Range { .. } => None,
                })
                .collect();
            format!("PARTITION BY LIST({})(\n{}\n)\n", quoted(columns), lines.join(",\n"))
        }
    }
}

/// SHOW CREATE TABLE.
pub(super) fn create(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let found = find(sql, session, name, |_, table| SqlError::table_not_found(table))?;
    let text = match found {
        Found::View(_) => return create_view(sql, session, name),
        Found::Table(table) => create_text(table.def()),
        Found::System(table) => {
            let lines: Vec<String> = table
                .columns
                .iter()
                .map(|c| {
                    let data_type =
                        crate::sql::parse::parse_type(c.shown).map_or_else(|_| c.shown.to_owned(), |t| create_form(&t));
                    let null = if c.nullable { "NULL" } else { "NOT NULL" };
                    format!("  `{}` {data_type} {null} COMMENT \"\"", c.name)
                })
                .collect();
            format!("CREATE TABLE `{}` (\n{}\n) ENGINE=SCHEMA ;", table.name, lines.join(",\n"))
        }
    };
    let shown = match information_schema::table(name.database.as_deref().unwrap_or_default(), &name.name) {
        Some(system) => system.name.clone(),
        None => name.name.clone(),
    };
    Ok(Response::texts(shown_columns("CREATE TABLE"), vec![vec![Some(shown), Some(text)]]))
}

/// SHOW CREATE VIEW.
pub(super) fn create_view(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let Found::View(view) = find(sql, session, name, |_, table| SqlError::table_not_found(table))? else {
        let (database, table) = sql.resolve(session, name)?;
        return Err(SqlError::analyzing_coded(1347, "HY000", format_args!("'{database}'.'{table}' is not 'VIEW'")));
    };
    let columns: Vec<String> = view
        .columns
        .iter()
        .map(|(name, comment)| match comment.as_str() {
            "" => format!("`{name}`"),
            comment => format!("`{name}` COMMENT \"{}\"", escaped(comment)),
        })
        .collect();
    let comment =
        if view.comment.is_empty() { String::new() } else { format!("\nCOMMENT \"{}\"", escaped(&view.comment)) };
    let text =
        format!("CREATE VIEW `{}` ({}){comment} SECURITY NONE AS {};", name.name, columns.join(", "), view.query);
    let row = vec![some(&name.name), Some(text), some("utf8"), some("utf8_general_ci")];
    Ok(Response::texts(shown_columns("CREATE VIEW"), vec![row]))
}

/// SHOW PARTITIONS.
pub(super) fn partitions(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let table = find_table(sql, session, name)?;
    let def = table.def();
    let key = def.partitioning.columns().join(", ");
    let (distribution, buckets) = match &def.distribution {
        Distribution::Hash { columns, buckets } => (columns.join(", "), *buckets),
        Distribution::Random { buckets } => ("ALL KEY".to_owned(), *buckets),
    };
    let list = matches!(&def.partitioning, Partitioning::List { .. })
        || matches!(&def.partitioning, Partitioning::Expression { sql, .. } if sql.starts_with('('));
    let of_column = |name: &str| def.column(name).map_or("VARCHAR".to_owned(), |(_, c)| c.data_type.to_string());
    let types: Vec<String> = def.partitioning.columns().iter().map(|c| of_column(c)).collect();
    let bound = |values: Option<&Vec<String>>, open: &str| {
        let values = values.map_or_else(|| open.to_owned(), |v| v.join(", "));
        format!("types: [{}]; keys: [{values}]; ", types.join(", "))
    };
    let ranges: Vec<(u64, String, String)> = match &def.partitioning {
        Partitioning::None => vec![(def.id + 1, def.name.clone(), String::new())],
        other => other
            .partitions()
            .iter()
            .map(|p| {
                let shown = match &p.bounds {
                    PartitionBounds::Range { lower, upper } => {
                        format!("[{}..{})", bound(lower.as_ref(), "0000-01-01"), bound(upper.as_ref(), "MAXVALUE"))
                    }
                    PartitionBounds::List(tuples) => serde_json::to_string(tuples).unwrap_or_default(),
                };
                (p.id, p.name.clone(), shown)
            })
            .collect(),
    };
    let rows = ranges.into_iter().map(|(id, partition, range)| {
        vec![
            some(id),
            Some(partition),
            some(table.version()),
            some(show_time(table.version_time())),
            some("0"),
            some("NORMAL"),
            some(&key),
            Some(range),
            some(&distribution),
            some(buckets.unwrap_or(1)),
            some(def.properties.get("replication_num").map_or("1", String::as_str)),
            some("SSD"),
            some("9999-12-31 23:59:59"),
            None,
            some(size(table.data_bytes())),
            some(size(table.data_bytes())),
            some("false"),
            some(table.row_count().unwrap_or(0)),
            some(table.version()),
            some(def.id),
            some("TXN_NORMAL"),
            some("true"),
        ]
    });
    let mut columns = shown_columns("PARTITIONS");
    if list && let Some(range) = columns.get_mut(7) {
        range.name = "List".to_owned();
    }
    Ok(Response::texts(columns, rows.collect()))
}

fn size(bytes: usize) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes}B") } else { format!("{value:.1}{}", UNITS[unit]) }
}

/// SHOW TABLET: one tablet per table.
pub(super) fn tablets(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let table = find_table(sql, session, name)?;
    let columns = shown_columns("TABLET");
    let id = table.id() + 2;
    let url = format!("http://{}:{}/api", sql.addresses.host, sql.addresses.be_http);
    let row = columns.iter().map(|c| match c.name.as_str() {
        "TabletId" => some(id),
        "ReplicaId" => some(id + 1),
        "BackendId" => some(10_001),
        "Version" | "LstSuccessVersion" => some(table.version()),
        "LstFailedVersion" | "CheckVersion" | "VersionCount" | "Checksum" => some("-1"),
        "LstFailedTime" | "LstConsistencyCheckTime" => None,
        "DataSize" => some(size(table.data_bytes())),
        "RowCount" => some(table.row_count().unwrap_or(0)),
        "State" => some("NORMAL"),
        "MetaUrl" => some(format!("{url}/meta/header/{id}")),
        "CompactionStatus" => some(format!("{url}/compaction/show?tablet_id={id}")),
        "DiskRootPath" => some("memory"),
        "IsConsistent" => some("true"),
        _ => some("0"),
    });
    let row = row.collect();
    Ok(Response::texts(columns, vec![row]))
}

/// SHOW INDEX.
pub(super) fn indexes(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let table = find_table(sql, session, name)?;
    let (database, shown) = sql.resolve(session, name)?;
    let rows = table.def().indexes.iter().map(|index| {
        let mut row = vec![some(format!("{database}.{shown}")), some(""), some(&index.name), some("")];
        row.push(some(index.columns.join(",")));
        row.extend((0..5).map(|_| some("")));
        row.extend([some(&index.kind), some(&index.comment)]);
        row
    });
    Ok(Response::texts(shown_columns("INDEX"), rows.collect()))
}

/// SHOW TABLE STATUS.
pub(super) fn status(sql: &Sql, session: &Session, database: Option<Name>, filter: &Filter) -> SqlResult<Response> {
    let database = database_of(sql, session, database.as_ref())?;
    let home = sql.engine.database(&database).ok();
    let rows = information_schema::table_names(sql, session, &database).into_iter().map(|(name, _)| {
        let table = home.as_ref().and_then(|d| d.table(&name));
        let view = sql.shared().views.get(&(database.clone(), name.clone())).cloned();
        match (table, view) {
            (Some(table), _) => {
                let count = table.row_count().unwrap_or(0);
                let bytes = table.data_bytes();
                vec![
                    Some(name),
                    some("StarRocks"),
                    None,
                    some(""),
                    some(count),
                    some(bytes.checked_div(count).unwrap_or(0)),
                    some(bytes),
                    None,
                    None,
                    None,
                    None,
                    some(show_time(table.def().created)),
                    some(show_time(table.version_time())),
                    None,
                    some("utf8_general_ci"),
                    None,
                    some(""),
                    some(&table.def().comment),
                ]
            }
            (None, view) => {
                let created = view.as_ref().map_or(sql.started, |v| v.created);
                let mut row = vec![Some(name)];
                row.resize(11, None);
                row.extend([
                    some(show_time(created)),
                    None,
                    some("1970-01-01 00:00:00"),
                    some("utf8_general_ci"),
                    None,
                    None,
                ]);
                row.push(some(view.map_or_else(String::new, |v| v.comment)));
                row
            }
        }
    });
    answer(shown_columns("TABLE STATUS"), rows.collect(), filter)
}

/// SHOW DATA.
pub(super) fn data(sql: &Sql, session: &Session, name: Option<Name>) -> SqlResult<Response> {
    let replicas = |def: &TableDef| match &def.distribution {
        Distribution::Hash { buckets, .. } | Distribution::Random { buckets } => buckets.unwrap_or(1),
    };
    let shown =
        |bytes: usize| if bytes == 0 { "0.000 B".to_owned() } else { format!("{:.3} KB", bytes as f64 / 1024.0) };
    if let Some(name) = name {
        let table = find_table(sql, session, &name)?;
        let rows = vec![
            vec![
                some(&name.name),
                some(&name.name),
                some(shown(table.data_bytes())),
                some(replicas(table.def())),
                some(table.row_count().unwrap_or(0)),
            ],
            vec![some(""), some("Total"), some(shown(table.data_bytes())), some(replicas(table.def())), some("")],
        ];
        let columns =
            varchars([("TableName", 20), ("IndexName", 20), ("Size", 30), ("ReplicaCount", 20), ("RowCount", 20)]);
        return Ok(Response::texts(columns, rows));
    }
    let database = database_of(sql, session, None)?;
    let home = sql.engine.database(&database)?;
    let mut rows: Vec<Row> = Vec::new();
    let (mut bytes, mut count) = (0, 0);
    for table in home.tables() {
        bytes += table.data_bytes();
        count += replicas(table.def());
        rows.push(vec![some(&table.def().name), some(shown(table.data_bytes())), some(replicas(table.def()))]);
    }
    rows.push(vec![some("Total"), some(shown(bytes)), some(count)]);
    rows.push(vec![some("Quota"), some("8388608.000 TB"), some(i64::MAX)]);
    rows.push(vec![some("Left"), some("8388608.000 TB"), some(i64::MAX - i64::from(count))]);
    let columns = shown_columns("DATA");
    let rows = apply(&columns, rows, &Filter::default())?;
    Ok(Response::texts(columns, rows))
}
