// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of system tables, as texts in the order of the tables' columns.

mod columns;
mod loads;
mod tables;
mod types;

use self::columns::columns;
use self::loads::{load_tracking_logs, loads};
use self::tables::{partitions_meta, tables, tables_config, views};
use crate::catalog::Database;
use crate::engine::Object;
use crate::information_schema::{self, SystemTable, is_system};
use crate::sql::error::SqlResult;
use crate::sql::{Session, Sql, View, variables};

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
        let system = information_schema::tables().iter().filter(|t| t.database.eq_ignore_ascii_case(database));
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
