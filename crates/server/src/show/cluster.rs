// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Nodes, connections, configuration and the statements whose answer is always the same.

use super::{Row, columns, filter, some};
use crate::backends::Backend;
use crate::engine::{Object, Privilege};
use crate::frontends::Frontend;
use crate::information_schema;
use crate::mysql::Column;
use crate::sql::ast::Filter;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::text::show_time;
use crate::sql::{BUILD, CATALOG, Response, Session, Sql};

/// The edit log and RPC ports of frontends are these plus their ids; nobody listens there.
const EDIT_LOG_PORT: u64 = 9009;
const RPC_PORT: u64 = 9019;

/// FE settings as recorded from a real FE: name, default, type and whether ADMIN SET changes it.
const CONFIG: &str = include_str!("config.tsv");

/// The setting of that name: default, type, whether ADMIN SET changes it.
fn setting(name: &str) -> Option<(&'static str, &'static str, bool)> {
    settings().find(|(known, ..)| *known == name).map(|(_, value, kind, mutable)| (value, kind, mutable))
}

fn settings() -> impl Iterator<Item = (&'static str, &'static str, &'static str, bool)> {
    CONFIG.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some((fields.next()?, fields.next()?, fields.next()?, fields.next()? == "true"))
    })
}

impl Sql {
    /// The value of a setting that has an effect here.
    fn engine_setting(&self, name: &str) -> Option<String> {
        let settings = self.engine.settings();
        Some(match name {
            "http_port" => self.addresses.frontends.get(1)?.ports.http.to_string(),
            "query_port" => self.addresses.frontends.get(1)?.ports.query.to_string(),
            "empty_load_as_error" => settings.empty_load_as_error.to_string(),
            "label_keep_max_num" => settings.label_keep_max_num.to_string(),
            "label_keep_max_second" => settings.label_keep_max_second.to_string(),
            "max_running_txn_num_per_db" => settings.max_running_txn_num_per_db.to_string(),
            "max_stream_load_timeout_second" => settings.max_stream_load_timeout_second.to_string(),
            "min_load_timeout_second" => settings.min_load_timeout_second.to_string(),
            "prepared_transaction_default_timeout_second" => {
                settings.prepared_transaction_default_timeout_second.to_string()
            }
            "stream_load_default_timeout_second" => settings.stream_load_default_timeout_second.to_string(),
            "streaming_label_keep_max_second" => settings.streaming_label_keep_max_second.to_string(),
            _ => return None,
        })
    }

    /// The value of an FE setting.
    pub(crate) fn config_value(&self, name: &str) -> Option<String> {
        let changed = || self.shared().config.get(name).cloned();
        self.engine_setting(name).or_else(changed).or_else(|| setting(name).map(|(value, ..)| value.to_owned()))
    }
}

/// ADMIN SHOW FRONTEND CONFIG.
pub(super) fn config(sql: &Sql, filter: &Filter) -> SqlResult<Response> {
    let rows = settings().map(|(name, _, kind, mutable)| {
        vec![some(name), some("[]"), sql.config_value(name), some(kind), some(mutable), some("")]
    });
    let columns = ["Key", "AliasNames", "Value", "Type", "IsMutable", "Comment"].map(|name| Column::varchar(name, 30));
    filter::answer(columns.to_vec(), rows.collect(), filter)
}

/// ADMIN SET FRONTEND CONFIG.
pub(crate) fn set_config(sql: &Sql, pairs: &[(String, String)]) -> SqlResult<()> {
    for (name, value) in pairs {
        let Some((_, kind, true)) = setting(name) else {
            return Err(SqlError::plain(format!("Config '{name}' does not exist or is not mutable")));
        };
        let valid = match kind {
            // Negative ones mean that there is no limit; those that have an effect here have one.
            "int" | "short" if sql.engine_setting(name).is_some() => value.parse::<u32>().is_ok(),
            "int" | "short" | "long" => value.parse::<i64>().is_ok(),
            "double" => value.parse::<f64>().is_ok(),
            "boolean" => value.parse::<bool>().is_ok(),
            _ => true,
        };
        if !valid {
            return Err(SqlError::plain(format!("Invalid value '{value}' for config '{name}' of type {kind}")));
        }
        sql.engine.update_settings(|settings| {
            let number = value.parse::<u64>().unwrap_or_default();
            let count = usize::try_from(number).unwrap_or(usize::MAX);
            match name.as_str() {
                "empty_load_as_error" => settings.empty_load_as_error = value == "true",
                "label_keep_max_num" => settings.label_keep_max_num = count,
                "label_keep_max_second" => settings.label_keep_max_second = number,
                "max_running_txn_num_per_db" => settings.max_running_txn_num_per_db = count,
                "max_stream_load_timeout_second" => settings.max_stream_load_timeout_second = number,
                "min_load_timeout_second" => settings.min_load_timeout_second = number,
                "prepared_transaction_default_timeout_second" => {
                    settings.prepared_transaction_default_timeout_second = number;
                }
                "stream_load_default_timeout_second" => settings.stream_load_default_timeout_second = number,
                "streaming_label_keep_max_second" => settings.streaming_label_keep_max_second = number,
                _ => {}
            }
        })?;
        sql.shared().config.insert(name.clone(), value.clone());
    }
    Ok(())
}

/// The name of the frontend of that id.
fn server_name(sql: &Sql, id: u64) -> String {
    format!("{}_{}_{}", sql.addresses.host, EDIT_LOG_PORT + id, sql.started / 1000)
}

/// SHOW PROCESSLIST.
pub(super) fn process_list(sql: &Sql, session: &Session) -> Response {
    let now = sql.engine.clock().now();
    let all = session.identity.user == crate::auth::ROOT;
    let rows = sql.connections.list().into_iter().filter(|c| all || c.user == session.identity.user).map(|c| {
        let own = c.id == session.id;
        vec![
            some(server_name(sql, 1)),
            some(c.id),
            Some(c.user),
            Some(c.peer),
            Some(c.database),
            some(if c.statement.is_some() { "Query" } else { "Sleep" }),
            some(show_time(c.opened)),
            some((now - c.opened).max(0) / 1_000_000),
            some("OK"),
            some(c.statement.unwrap_or_default()),
            some("false"),
            some("default_warehouse"),
            some(""),
            some(CATALOG),
            some(if own { session.last_query_id.as_str() } else { "" }),
        ]
    });
    Response::texts(columns("PROCESSLIST"), rows.collect())
}

fn node_privilege(sql: &Sql, session: &Session) -> SqlResult<()> {
    let allowed = sql.engine.authorize(&session.identity, Privilege::Admin, Object::System);
    allowed.map_err(|_| SqlError::access_denied(&session.identity, "OPERATE OR NODE", Object::System))
}

/// Statements whose answer depends on little.
pub(super) fn fixed(sql: &Sql, session: &Session, name: &str) -> SqlResult<Response> {
    let rows: Vec<Row> = match name {
        "ENGINES" => information_schema::ENGINES.iter().map(|row| row.iter().copied().map(some).collect()).collect(),
        "COLLATION" => [
            ["utf8_general_ci", "utf8", "33", "Yes", "Yes", "1"],
            ["binary", "binary", "63", "Yes", "Yes", "1"],
            ["gbk_chinese_ci", "gbk", "28", "Yes", "Yes", "1"],
        ]
        .iter()
        .map(|row| row.iter().copied().map(some).collect())
        .collect(),
        "CHARACTER SET" | "CHARSET" => vec![["utf8", "UTF-8 Unicode", "utf8_general_ci", "3"].map(some).to_vec()],
        "PLUGINS" => {
            let mut row: Row =
                ["__builtin_AuditLogBuilder", "AUDIT", "builtin audit logger", "0.12.0", "1.8.31"].map(some).to_vec();
            row.extend([some("com.starrocks.qe.AuditLogBuilder"), None]);
            row.extend(["Builtin", "INSTALLED", "{}"].map(some));
            vec![row]
        }
        "CATALOGS" => {
            vec![
                [CATALOG, "Internal", "An internal catalog contains this cluster's self-managed tables."]
                    .map(some)
                    .to_vec(),
            ]
        }
        "FRONTENDS" => {
            node_privilege(sql, session)?;
            sql.addresses.frontends.iter().map(|f| frontend(sql, f)).collect()
        }
        "BACKENDS" => {
            node_privilege(sql, session)?;
            sql.addresses.backends.iter().map(|b| backend(sql, b)).collect()
        }
        "USERS" => {
            let allowed = sql.engine.authorize(&session.identity, Privilege::Admin, Object::System);
            allowed.map_err(|_| SqlError::access_denied(&session.identity, "GRANT", Object::System))?;
            sql.users.list().into_iter().map(|(name, host, _)| vec![some(format!("'{name}'@'{host}'"))]).collect()
        }
        "ROLES" => [
            ["root", "true", "built-in root role which has all privileges on all objects"],
            ["db_admin", "true", "built-in database administration role"],
            ["cluster_admin", "true", "built-in cluster administration role"],
            ["user_admin", "true", "built-in user administration role"],
            ["security_admin", "true", "built-in security administration role"],
            ["public", "true", "built-in public role which is owned by any user"],
        ]
        .iter()
        .map(|row| row.iter().copied().map(some).collect())
        .collect(),
        "PROPERTY" => [["max_user_connections", "1024"], ["catalog", CATALOG], ["database", ""]]
            .iter()
            .map(|row| row.iter().copied().map(some).collect())
            .collect(),
        "WAREHOUSES" => {
            return Err(SqlError::coded(5907, "HY000", "unsupported statement in shared_nothing mode"));
        }
        "HELP" => {
            let columns = vec![Column::varchar("name", 64), Column::varchar("is_it_category", 1)];
            return Ok(Response::texts(columns, Vec::new()));
        }
        _ => Vec::new(),
    };
    let recorded = name.trim_start_matches("ALL ");
    let mut columns = match recorded {
        "FULL FUNCTIONS" => columns("FULL BUILTIN FUNCTIONS"),
        "FUNCTION STATUS" => columns("PROCEDURE STATUS"),
        "TASKS" | "VIEWS" | "ANALYZE STATUS" | "RESTORE" | "ROUTINE LOAD TASK" => {
            return Err(crate::sql::unsupported(&format!("SHOW {name}")));
        }
        known => columns(known),
    };
    if let Some(first) = columns.first_mut().filter(|c| c.name.contains("{database}")) {
        first.name = first.name.replace("{database}", session.database.as_deref().unwrap_or_default());
    }
    Ok(Response::texts(columns, rows))
}

fn frontend(sql: &Sql, node: &Frontend) -> Row {
    let at = &sql.addresses;
    let down = node.down_since();
    vec![
        some(node.id),
        some(server_name(sql, node.id)),
        some(&at.host),
        some(EDIT_LOG_PORT + node.id),
        some(node.ports.http),
        some(node.ports.query),
        some(RPC_PORT + node.id),
        some(if at.frontends.is_leader(node.id) { "LEADER" } else { "FOLLOWER" }),
        some("1"),
        some("true"),
        some(down.is_none()),
        some("1"),
        some(show_time(down.unwrap_or_else(|| sql.engine.clock().now()))),
        some("true"),
        some(if down.is_none() { "" } else { "java.net.ConnectException: Connection refused (Connection refused)" }),
        some(down.map_or_else(|| show_time(sql.started), |_| "NULL".to_owned())),
        some(format!("{}-{BUILD}", sql.version())),
    ]
}

fn backend(sql: &Sql, node: &Backend) -> Row {
    let at = &sql.addresses;
    let catalog = sql.engine.catalog();
    let tables: Vec<_> = catalog.databases().flat_map(|d| d.tables()).collect();
    let bytes: usize = tables.iter().map(|t| t.data_bytes()).sum();
    let used = format!("{:.3} KB", bytes as f64 / 1024.0);
    columns("BACKENDS")
        .iter()
        .map(|c| match c.name.as_str() {
            "BackendId" => some(node.id),
            "IP" => some(&at.host),
            "HeartbeatPort" => some("9050"),
            "BePort" => some(node.port),
            "HttpPort" => some(at.be_http),
            "BrpcPort" => some("8060"),
            "LastStartTime" => some(show_time(sql.started)),
            "LastHeartbeat" => some(show_time(sql.engine.clock().now())),
            "Alive" => some(node.is_alive()),
            "SystemDecommissioned" | "ClusterDecommissioned" => some("false"),
            "TabletNum" => some(tables.len()),
            "DataUsedCapacity" => some(&used),
            "AvailCapacity" | "TotalCapacity" | "DataTotalCapacity" => some("1.000 TB"),
            "UsedPct" | "MaxDiskUsedPct" | "DataUsedPct" | "MemUsedPct" => some("0.00 %"),
            "CpuUsedPct" => some("0.0 %"),
            "Version" => some(format!("{}-{BUILD}", sql.version())),
            "Status" => {
                some(format!("{{\"lastSuccessReportTabletsTime\":\"{}\"}}", show_time(sql.engine.clock().now())))
            }
            "CpuCores" => some(std::thread::available_parallelism().map_or(1, usize::from)),
            "MemLimit" => some("0.000B"),
            "NumRunningQueries" => some("0"),
            "DataCacheMetrics" => some("N/A"),
            "StatusCode" => some("OK"),
            _ => some(""),
        })
        .collect()
}
