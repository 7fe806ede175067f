// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The requests of a catalog; `op` says which.
//!
//! | `op` | further fields | result |
//! |---|---|---|
//! | `databases` | | `databases` |
//! | `database_exists` | `database` | `exists` |
//! | `create_database` | `database`, `if_not_exists`, `properties` | `{}` |
//! | `drop_database` | `database`, `if_exists`, `cascade` | `{}` |
//! | `alter_database` | `database`, `properties`: `data_quota`, `replica_quota` | `{}` |
//! | `relations` | `database` | `relations`: a list of `name` and `kind` |
//! | `relation` | `database`, `table` | `kind`, null when there is none |
//! | `definition` | `database`, `table` | a [`TableDefinition`] in `table`, and for each column its Flink type, or null, in `flink_types` |
//! | `statistics` | `database`, `table` | `rows`, `bytes` |
//! | `starrocks_types` | `columns` (Flink columns) | `types`: for each column the type it gets in a new table |
//! | `create_table` | `table` (a [`TableDefinition`]), `if_not_exists` | `{}` |
//! | `alter_table` | `database`, `table`, `changes`, `timeout_s` | `{}` |
//! | `rename_table` | `database`, `table`, `to` | `{}` |
//! | `drop_table` | `database`, `table`, `if_exists` | `{}` |
//! | `truncate_table` | `database`, `table` | `{}` |
//! | `execute` | `statement` | `{}` |

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use starrocks_types::{FlinkColumn, FlinkType, Result, starrocks_type};

use super::to_json;
use crate::catalog::{RelationKind, TableChange, TableDefinition, shown_in_flink, type_text};
use crate::connection::StarRocks;

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Request {
    Databases,
    DatabaseExists {
        database: String,
    },
    CreateDatabase {
        database: String,
        #[serde(default)]
        if_not_exists: bool,
        #[serde(default)]
        properties: BTreeMap<String, String>,
    },
    DropDatabase {
        database: String,
        #[serde(default)]
        if_exists: bool,
        #[serde(default)]
        cascade: bool,
    },
    AlterDatabase {
        database: String,
        properties: BTreeMap<String, String>,
    },
    Relations {
        database: String,
    },
    Relation {
        database: String,
        table: String,
    },
    Definition {
        database: String,
        table: String,
    },
    Statistics {
        database: String,
        table: String,
    },
    StarrocksTypes {
        columns: Vec<FlinkColumn>,
    },
    CreateTable {
        table: TableDefinition,
        #[serde(default)]
        if_not_exists: bool,
    },
    AlterTable {
        database: String,
        table: String,
        changes: Vec<TableChange>,
        timeout_s: u64,
    },
    RenameTable {
        database: String,
        table: String,
        to: String,
    },
    DropTable {
        database: String,
        table: String,
        #[serde(default)]
        if_exists: bool,
    },
    TruncateTable {
        database: String,
        table: String,
    },
    Execute {
        statement: String,
    },
}

#[derive(Serialize)]
struct Defined {
    flink_types: Vec<Option<FlinkType>>,
    table: TableDefinition,
}

pub(super) async fn run(client: &StarRocks, request: Request) -> Result<Vec<u8>> {
    match request {
        Request::Databases => to_json(&json!({ "databases": client.databases().await? })),
        Request::DatabaseExists { database } => to_json(&json!({ "exists": client.database_exists(&database).await? })),
        Request::CreateDatabase { database, if_not_exists, properties } => {
            let properties: Vec<_> = properties.into_iter().collect();
            done(client.create_database(&database, if_not_exists, &properties).await)
        }
        Request::DropDatabase { database, if_exists, cascade } => {
            done(client.drop_database(&database, if_exists, cascade).await)
        }
        Request::AlterDatabase { database, properties } => {
            for (kind, value) in &properties {
                client.set_database_quota(&database, kind, value).await?;
            }
            done(Ok(()))
        }
        Request::Relations { database } => {
            let relations = client.relations(&database).await?;
            let named = |(name, kind): (String, RelationKind)| json!({ "name": name, "kind": kind });
            to_json(&json!({ "relations": relations.into_iter().map(named).collect::<Vec<_>>() }))
        }
        Request::Relation { database, table } => to_json(&json!({ "kind": client.relation(&database, &table).await? })),
        Request::Definition { database, table } => {
            let table = client.definition(&database, &table).await?;
            to_json(&Defined { flink_types: table.columns.iter().map(shown_in_flink).collect(), table })
        }
        Request::Statistics { database, table } => to_json(&client.table_statistics(&database, &table).await?),
        Request::StarrocksTypes { columns } => {
            let types: Vec<String> =
                columns.iter().map(|c| starrocks_type(c).map(|t| type_text(&t))).collect::<Result<_>>()?;
            to_json(&json!({ "types": types }))
        }
        Request::CreateTable { table, if_not_exists } => done(client.create_table(&table, if_not_exists).await),
        Request::AlterTable { database, table, changes, timeout_s } => {
            done(client.alter_table(&database, &table, &changes, Duration::from_secs(timeout_s)).await)
        }
        Request::RenameTable { database, table, to } => done(client.rename_table(&database, &table, &to).await),
        Request::DropTable { database, table, if_exists } => {
            done(client.drop_table(&database, &table, if_exists).await)
        }
        Request::TruncateTable { database, table } => done(client.truncate_table(&database, &table).await),
        Request::Execute { statement } => done(client.execute(&statement).await),
    }
}

fn done(result: Result<()>) -> Result<Vec<u8>> {
    result.map(|()| b"{}".to_vec())
}
