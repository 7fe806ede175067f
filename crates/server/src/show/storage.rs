// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Partitions, tablets, indexes, sizes.

use super::filter::{answer_names, apply};
use super::table::find_table;
use super::{Row, columns as shown_columns, database_of, some, varchars};
use crate::catalog::{Distribution, PartitionBounds, Partitioning, TableDef};
use crate::information_schema;
use crate::mysql::Column;
use crate::scan::Layout;
use crate::sql::ast::{Filter, Name};
use crate::sql::error::SqlResult;
use crate::sql::text::show_time;
use crate::sql::{Response, Session, Sql};

/// How many buckets a partition has. Rows are in one place here, but clients see what an FE would have chosen.
pub(crate) fn buckets(def: &TableDef, backends: u32) -> u32 {
    let partitioned = !matches!(def.partitioning, Partitioning::None);
    match &def.distribution {
        Distribution::Hash { buckets: Some(n), .. } | Distribution::Random { buckets: Some(n) } => *n,
        Distribution::Hash { .. } if !partitioned => 16,
        Distribution::Hash { .. } => (2 * backends).clamp(1, 24),
        Distribution::Random { .. } => backends.max(1),
    }
}

/// SHOW PARTITIONS.
pub(super) fn partitions(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let table = find_table(sql, session, name)?;
    let def = table.def();
    let key = def.partitioning.columns().join(", ");
    let distribution = match &def.distribution {
        Distribution::Hash { columns, .. } => columns.join(", "),
        Distribution::Random { .. } => "ALL KEY".to_owned(),
    };
    let buckets = buckets(def, sql.addresses.backends.count());
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
            some(buckets),
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

/// SHOW TABLET. Sizes and rows of tablets are not known before they are scanned, so the first one has the table's.
pub(super) fn tablets(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let table = find_table(sql, session, name)?;
    let columns = shown_columns("TABLET");
    let backends = &sql.addresses.backends;
    let copies = table.def().properties.get("replication_num").and_then(|n| n.parse().ok()).unwrap_or(1);
    let url = format!("http://{}:{}/api", sql.addresses.host, sql.addresses.be_http);
    let mut rows = Vec::new();
    for (position, id) in Layout::of(table.def(), backends.count()).ids().enumerate() {
        let (bytes, count) = if position == 0 { (table.data_bytes(), table.row_count().unwrap_or(0)) } else { (0, 0) };
        for (copy, backend) in backends.replicas(position, copies).enumerate() {
            let row = columns.iter().map(|c| match c.name.as_str() {
                "TabletId" => some(id),
                "ReplicaId" => some(format!("{id}{copy}")),
                "BackendId" => some(backend.id),
                "Version" | "LstSuccessVersion" => some(table.version()),
                "LstFailedVersion" | "CheckVersion" | "VersionCount" | "Checksum" => some("-1"),
                "LstFailedTime" | "LstConsistencyCheckTime" => None,
                "DataSize" => some(size(bytes)),
                "RowCount" => some(count),
                "State" => some("NORMAL"),
                "MetaUrl" => some(format!("{url}/meta/header/{id}")),
                "CompactionStatus" => some(format!("{url}/compaction/show?tablet_id={id}")),
                "DiskRootPath" => some("memory"),
                "IsConsistent" => some("true"),
                _ => some("0"),
            });
            rows.push(row.collect());
        }
    }
    Ok(Response::texts(columns, rows))
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
    let mut columns = shown_columns("TABLE STATUS");
    if filter.condition.is_some() {
        // WHERE makes it a query of `information_schema.tables`.
        for (name, chars) in [("Name", 2048), ("Engine", 2048), ("Row_format", 10), ("Collation", 32)] {
            widen(&mut columns, name, chars);
        }
        widen(&mut columns, "Create_options", 255);
        widen(&mut columns, "Comment", 2048);
    }
    answer_names(columns, rows.collect(), filter)
}

fn widen(columns: &mut [Column], name: &str, chars: u32) {
    for column in columns.iter_mut().filter(|c| c.name == name) {
        *column = Column::varchar(name, chars);
    }
}

/// SHOW DATA.
pub(super) fn data(sql: &Sql, session: &Session, name: Option<Name>) -> SqlResult<Response> {
    let replicas = |def: &TableDef| {
        let copies = def.properties.get("replication_num").and_then(|n| n.parse().ok()).unwrap_or(1);
        let partitions = match &def.partitioning {
            Partitioning::None => 1,
            other => u32::try_from(other.partitions().len()).unwrap_or(u32::MAX),
        };
        buckets(def, sql.addresses.backends.count()).saturating_mul(copies).saturating_mul(partitions)
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
