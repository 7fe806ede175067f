// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of `tables`, `tables_config`, `views` and `partitions_meta`.

use starrocks_types::TableModel;

use super::{Row, all_views, databases, may_see, some};
use crate::catalog::Distribution;
use crate::show;
use crate::sql::text::show_time;
use crate::sql::{Session, Sql, View};

pub(super) fn tables(sql: &Sql, session: &Session) -> Vec<Row> {
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
    for table in crate::information_schema::tables() {
        other(table.database, &table.name, "SYSTEM VIEW", Some("MEMORY"), sql.started, "");
    }
    rows.sort_by(|a, b| (&a[1], &a[2]).cmp(&(&b[1], &b[2])));
    rows
}

fn quoted(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    names.into_iter().map(|n| format!("`{}`", n.as_ref())).collect::<Vec<_>>().join(", ")
}

pub(super) fn tables_config(sql: &Sql, session: &Session) -> Vec<Row> {
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

pub(super) fn views(sql: &Sql, session: &Session) -> Vec<Row> {
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

pub(super) fn partitions_meta(sql: &Sql, session: &Session) -> Vec<Row> {
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
