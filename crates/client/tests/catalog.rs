// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Databases and tables over the MySQL port of the embedded server; jobs of ALTER TABLE against a scripted one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/mysql.rs"]
mod mysql;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use mysql::{MySql, rows};
use starrocks_client::catalog::{
    ColumnDefault, ColumnDefinition, ColumnPosition, DistributionDefinition, RelationKind, TableChange, TableDefinition,
};
use starrocks_client::{StarRocks, tasks};
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{Error, ErrorKind, StarRocksType as T, TableModel};

const MINUTE: Duration = Duration::from_secs(60);

async fn server() -> (Server, StarRocks) {
    let server = Server::start(ServerConfig::default()).await.unwrap();
    let client = client(&format!("jdbc:mysql://{}", server.query()));
    client.create_database("d", false, &[]).await.unwrap();
    (server, client)
}

fn client(jdbc_url: &str) -> StarRocks {
    StarRocks::builder().jdbc_url(jdbc_url).credentials("root", "").build().unwrap()
}

fn column(name: &str, data_type: T) -> ColumnDefinition {
    ColumnDefinition {
        name: name.to_owned(),
        data_type,
        nullable: true,
        key: false,
        aggregate: None,
        default: None,
        auto_increment: false,
        generated: None,
        comment: String::new(),
    }
}

fn key(name: &str, data_type: T) -> ColumnDefinition {
    ColumnDefinition { nullable: false, key: true, ..column(name, data_type) }
}

fn table(name: &str, model: TableModel, columns: Vec<ColumnDefinition>) -> TableDefinition {
    let keys: Vec<String> = columns.iter().filter(|c| c.key).map(|c| c.name.clone()).collect();
    TableDefinition {
        database: "d".to_owned(),
        table: name.to_owned(),
        kind: RelationKind::Table,
        distribution: Some(DistributionDefinition { columns: keys.clone(), buckets: Some(3) }),
        keys,
        columns,
        model: Some(model),
        partition_by: None,
        order_by: Vec::new(),
        properties: BTreeMap::from([("replication_num".to_owned(), "1".to_owned())]),
        comment: String::new(),
    }
}

fn has(error: &Error, kind: ErrorKind, parts: &[&str]) {
    assert_eq!(error.kind(), kind, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{part:?} is missing in {error}");
    }
}

/// What is created is described as it was declared, with whatever properties the server adds.
async fn round_trip(client: &StarRocks, declared: TableDefinition) -> TableDefinition {
    client.create_table(&declared, false).await.unwrap();
    let mut found = client.definition(&declared.database, &declared.table).await.unwrap();
    for (name, value) in &declared.properties {
        assert_eq!(found.properties.get(name), Some(value));
    }
    found.properties.clone_from(&declared.properties);
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn databases_come_and_go() {
    let (_server, client) = server().await;
    let odd = "Ünder `tick` 'q' \"d\" \\";
    for name in ["shop", odd] {
        client.create_database(name, false, &[]).await.unwrap();
        assert!(client.database_exists(name).await.unwrap(), "{name}");
        assert!(client.databases().await.unwrap().iter().any(|n| n == name), "{name}");
        client.create_database(name, true, &[]).await.unwrap();
        has(&client.create_database(name, false, &[]).await.unwrap_err(), ErrorKind::Unsupported, &["create database"]);
        client.drop_database(name, false, false).await.unwrap();
        assert!(!client.database_exists(name).await.unwrap());
        client.drop_database(name, true, false).await.unwrap();
        assert!(client.drop_database(name, false, true).await.is_err());
    }
    assert!(!client.database_exists("SHOP").await.unwrap());
    client.create_table(&table("t", TableModel::Primary, vec![key("id", T::Int)]), false).await.unwrap();
    let refused = client.drop_database("d", false, false).await.unwrap_err();
    has(&refused, ErrorKind::InvalidConfig, &["not empty", "database=d", "first=t"]);
    client.set_database_quota("d", "data_quota", "10GB").await.unwrap();
    client.set_database_quota("d", "replica_quota", "1000").await.unwrap();
    has(&client.set_database_quota("d", "owner", "x").await.unwrap_err(), ErrorKind::Unsupported, &["data_quota"]);
    assert!(client.set_database_quota("d", "data_quota", "1; DROP DATABASE d").await.is_err());
    client.drop_database("d", false, true).await.unwrap();
    has(&client.relations("d").await.unwrap_err(), ErrorKind::NotFound, &["list tables", "database=d"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_key_table_is_described_as_it_was_created() {
    let (_server, client) = server().await;
    let nested = T::Struct(vec![
        ("a b".to_owned(), T::Int),
        ("m".to_owned(), T::Map(Box::new(T::Varchar(9)), Box::new(T::Array(Box::new(T::Decimal(10, 2)))))),
    ]);
    let mut columns = vec![
        ColumnDefinition { comment: "the \"id\" \\ of `it`".to_owned(), ..key("id", T::BigInt) },
        key("Tag's \"x\"", T::Varchar(20)),
    ];
    let plain = [
        T::Boolean,
        T::TinyInt,
        T::SmallInt,
        T::Int,
        T::LargeInt,
        T::Float,
        T::Double,
        T::Decimal(38, 18),
        T::Char(5),
        T::Varchar(1_048_576),
        T::Varbinary(Some(1_048_576)),
        T::Date,
        T::DateTime,
        T::Json,
        nested,
    ];
    columns.extend(plain.into_iter().enumerate().map(|(at, data_type)| column(&format!("c{at}"), data_type)));
    columns.push(ColumnDefinition {
        default: Some(ColumnDefault::Literal("a\"b\\c".to_owned())),
        nullable: false,
        ..column("d1", T::Varchar(10))
    });
    columns.push(ColumnDefinition {
        default: Some(ColumnDefault::Expression("CURRENT_TIMESTAMP".to_owned())),
        ..column("d2", T::DateTime)
    });
    let mut declared = table("all types", TableModel::Primary, columns);
    declared.order_by = vec!["c3".to_owned()];
    declared.comment = "say \"hi\"\nPROPERTIES (".to_owned();
    assert_eq!(round_trip(&client, declared.clone()).await, declared);
    // A name that the server's text of the table does not escape.
    let odd = table("odd `name`", TableModel::Primary, vec![key("a`, `b", T::Int), column("v", T::Int)]);
    client.create_table(&odd, false).await.unwrap();
    let found = client.definition("d", "odd `name`").await.unwrap();
    assert_eq!((&found.keys, found.model, found.columns.len()), (&odd.keys, odd.model, 2));
    client.drop_table("d", "odd `name`", false).await.unwrap();
    // Once more from its own description.
    let copy = TableDefinition { table: "copy".to_owned(), ..client.definition("d", "all types").await.unwrap() };
    assert_eq!(round_trip(&client, copy.clone()).await, copy);
    let relations = client.relations("d").await.unwrap();
    assert_eq!(relations, [("all types".to_owned(), RelationKind::Table), ("copy".to_owned(), RelationKind::Table)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_models_partitions_and_random_distribution_survive() {
    let (_server, client) = server().await;
    let sum = ColumnDefinition { aggregate: Some("sum".to_owned()), ..column("n", T::BigInt) };
    let aggregated = round_trip(&client, table("agg", TableModel::Aggregate, vec![key("k", T::Int), sum])).await;
    assert_eq!(aggregated.columns[1].aggregate.as_deref(), Some("SUM"));
    assert_eq!((aggregated.model, aggregated.keys), (Some(TableModel::Aggregate), vec!["k".to_owned()]));
    let unique = table("uniq", TableModel::Unique, vec![key("k", T::Int), column("v", T::Int)]);
    assert_eq!(round_trip(&client, unique.clone()).await, unique);
    let mut random = table("dup", TableModel::Duplicate, vec![key("k", T::Int), column("v", T::Int)]);
    random.distribution = Some(DistributionDefinition { columns: Vec::new(), buckets: Some(2) });
    assert_eq!(round_trip(&client, random.clone()).await, random);
    let mut parted = table("parted", TableModel::Primary, vec![key("day", T::Date), key("id", T::Int)]);
    parted.partition_by = Some("date_trunc('day', day)".to_owned());
    let found = round_trip(&client, parted.clone()).await;
    assert!(found.partition_by.as_deref().is_some_and(|p| p.contains("date_trunc")), "{found:?}");
    parted.table = "injected".to_owned();
    parted.partition_by = Some("(day) DISTRIBUTED BY RANDOM; DROP TABLE dup".to_owned());
    has(
        &client.create_table(&parted, false).await.unwrap_err(),
        ErrorKind::InvalidConfig,
        &["semicolon", "d.injected"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_are_named_before_or_by_the_server() {
    let (_server, client) = server().await;
    let mut wrong = table("t", TableModel::Primary, vec![key("id", T::Int)]);
    wrong.keys = vec!["nope".to_owned()];
    has(&client.create_table(&wrong, false).await.unwrap_err(), ErrorKind::InvalidConfig, &["nope", "d.t"]);
    let plain = table("t", TableModel::Aggregate, vec![key("id", T::Int), column("v", T::Int)]);
    has(&client.create_table(&plain, false).await.unwrap_err(), ErrorKind::InvalidConfig, &["v", "aggregate function"]);
    let float = table("t", TableModel::Primary, vec![key("id", T::Float)]);
    has(&client.create_table(&float, false).await.unwrap_err(), ErrorKind::Unsupported, &["create table", "d.t"]);
    has(&client.definition("d", "t").await.unwrap_err(), ErrorKind::NotFound, &["describe table", "d.t"]);
    assert_eq!(client.relation("d", "t").await.unwrap(), None);
    let good = table("t", TableModel::Primary, vec![key("id", T::Int)]);
    client.create_table(&good, false).await.unwrap();
    client.create_table(&good, true).await.unwrap();
    assert!(client.create_table(&good, false).await.is_err());
    has(&client.execute("SELECT 1; DROP TABLE d.t").await.unwrap_err(), ErrorKind::InvalidConfig, &["more than one"]);
    assert_eq!(client.relation("d", "t").await.unwrap(), Some(RelationKind::Table));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_are_listed_and_described() {
    let (_server, client) = server().await;
    client.create_table(&table("t", TableModel::Primary, vec![key("id", T::Int)]), false).await.unwrap();
    client.execute("CREATE VIEW d.v (x COMMENT \"an id\") COMMENT \"c\" AS SELECT id FROM d.t;").await.unwrap();
    let relations = client.relations("d").await.unwrap();
    assert_eq!(relations, [("t".to_owned(), RelationKind::Table), ("v".to_owned(), RelationKind::View)]);
    let view = client.definition("d", "v").await.unwrap();
    assert_eq!((view.kind, view.model, view.keys.len()), (RelationKind::View, None, 0));
    assert_eq!((view.columns[0].name.as_str(), &view.columns[0].data_type), ("x", &T::Int));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_change_and_keep_what_was_not_changed() {
    let (_server, client) = server().await;
    let name = ColumnDefinition {
        default: Some(ColumnDefault::Literal("x".to_owned())),
        comment: "kept".to_owned(),
        ..column("name", T::Varchar(10))
    };
    client.create_table(&table("t", TableModel::Primary, vec![key("id", T::Int), name]), false).await.unwrap();
    client.execute("INSERT INTO d.t (id, name) VALUES (1, 'a')").await.unwrap();
    let add = |name: &str, position| TableChange::AddColumn { column: column(name, T::Int), position };
    let changes = [
        add("first `new`", Some(ColumnPosition::After("id".to_owned()))),
        add("second", None),
        TableChange::ModifyColumn {
            name: "NAME".to_owned(),
            data_type: Some(T::Varchar(40)),
            nullable: None,
            position: None,
        },
        TableChange::RenameColumn { name: "name".to_owned(), to: "title".to_owned() },
        TableChange::CommentColumn { name: "second".to_owned(), comment: "2nd".to_owned() },
        TableChange::CommentTable { comment: "it's \"new\"".to_owned() },
        TableChange::SetProperties { properties: BTreeMap::from([("in_memory".to_owned(), "false".to_owned())]) },
    ];
    // The comment is for a column that exists only after the first statement.
    has(
        &client.alter_table("d", "t", &changes, MINUTE).await.unwrap_err(),
        ErrorKind::NotFound,
        &["alter table", "second", "d.t"],
    );
    let without: Vec<_> = changes.iter().filter(|c| !matches!(c, TableChange::CommentColumn { .. })).cloned().collect();
    client.alter_table("d", "t", &without, MINUTE).await.unwrap();
    client.alter_table("d", "t", &changes[4..5], MINUTE).await.unwrap();
    let found = client.definition("d", "t").await.unwrap();
    let shown: Vec<String> =
        found.columns.iter().map(|c| format!("{} {} {:?}", c.name, c.data_type, c.comment)).collect();
    assert_eq!(shown, ["id INT \"\"", "first `new` INT \"\"", "title VARCHAR(40) \"kept\"", "second INT \"2nd\""]);
    assert_eq!(found.columns[2].default, Some(ColumnDefault::Literal("x".to_owned())));
    assert_eq!(found.comment, "it's \"new\"");
    let drop = |name: &str| TableChange::DropColumn { name: name.to_owned() };
    client.alter_table("d", "t", &[drop("first `new`"), drop("second")], MINUTE).await.unwrap();
    assert_eq!(client.definition("d", "t").await.unwrap().columns.len(), 2);
    // The server refuses it, and says why.
    let narrower = TableChange::ModifyColumn {
        name: "title".to_owned(),
        data_type: Some(T::Varchar(5)),
        nullable: None,
        position: None,
    };
    has(&client.alter_table("d", "t", &[narrower], MINUTE).await.unwrap_err(), ErrorKind::Unsupported, &["shorten"]);
    assert!(client.alter_table("d", "t", &[drop("id")], MINUTE).await.is_err());
    client.rename_table("d", "t", "u-2").await.unwrap();
    assert_eq!(client.relation("d", "t").await.unwrap(), None);
    client.truncate_table("d", "u-2").await.unwrap();
    assert_eq!(client.table_statistics("d", "u-2").await.unwrap().rows, Some(0));
    client.drop_table("d", "u-2", false).await.unwrap();
    client.drop_table("d", "u-2", true).await.unwrap();
    has(&client.drop_table("d", "u-2", false).await.unwrap_err(), ErrorKind::NotFound, &["drop table", "d.u-2"]);
}

/// A server with one table whose ALTER starts job 8, which goes through these states.
async fn with_job(states: &'static [&'static str]) -> MySql {
    let asked = Mutex::new((false, 0_usize));
    MySql::start(true, move |query| {
        let (altered, looks) = &mut *asked.lock().unwrap();
        if query.starts_with("ALTER TABLE") {
            *altered = true;
            return Ok(Vec::new());
        }
        if query.starts_with("SHOW ALTER TABLE COLUMN FROM `d` WHERE TableName = 't'") {
            if !*altered {
                return rows("JobId=7|State=CANCELLED|Msg=another's");
            }
            let state = states[(*looks).min(states.len() - 1)];
            *looks += 1;
            return rows(&format!("JobId=8|State={state}|Msg=disk full\nJobId=7|State=CANCELLED|Msg=another's"));
        }
        if query.contains("`TABLE_TYPE`") {
            return rows("BASE TABLE|");
        }
        if query.contains("`COLUMNS`") {
            let added = if *altered { "v|2||int|10|0|int(11)|YES|NULL|\n" } else { "" };
            return rows(&format!("id|1|PRI|int|10|0|int(11)|NO|NULL|\n{added}"));
        }
        rows("")
    })
    .await
}

async fn add_column(server: &MySql, patience: Duration) -> starrocks_types::Result<()> {
    let change = TableChange::AddColumn { column: column("v", T::Int), position: None };
    client(&server.url()).alter_table("d", "t", &[change], patience).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_that_was_started_is_waited_for() {
    let server = with_job(&["PENDING", "WAITING_TXN", "RUNNING", "FINISHED"]).await;
    add_column(&server, MINUTE).await.unwrap();
    let queries = server.queries.lock().unwrap().clone();
    assert_eq!(queries.iter().filter(|q| q.starts_with("SHOW ALTER")).count(), 5, "{queries:?}");
    let alter = "ALTER TABLE `d`.`t` ADD COLUMN `v` INT NULL PROPERTIES (\"timeout\" = \"60\");";
    assert!(queries.iter().any(|q| q == alter), "{queries:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_job_fails_at_once_and_a_slow_one_in_time() {
    let server = with_job(&["RUNNING", "CANCELLED"]).await;
    let error = add_column(&server, MINUTE).await.unwrap_err();
    has(&error, ErrorKind::Unsupported, &["cancelled", "job=8", "disk full", "d.t"]);
    let looks = server.queries.lock().unwrap().iter().filter(|q| q.starts_with("SHOW ALTER")).count();
    assert_eq!(looks, 3);
    let server = with_job(&["RUNNING"]).await;
    let error = add_column(&server, Duration::from_millis(120)).await.unwrap_err();
    has(&error, ErrorKind::Timeout, &["job=8", "state=RUNNING", "SHOW ALTER TABLE COLUMN"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_carry_definitions_with_flink_types() {
    let (server, _client) = server().await;
    let run = async |request: serde_json::Value| {
        let task = serde_json::json!({
            "task": "catalog",
            "connection": {"load_urls": [], "jdbc_url": format!("jdbc:mysql://{}", server.query()), "username": "root", "password": ""},
            "request": request,
        });
        let result = tasks::run_task(task.to_string().as_bytes()).await?;
        Ok::<serde_json::Value, Error>(serde_json::from_slice(&result).unwrap())
    };
    let columns = serde_json::json!([
        {"name": "id", "type": {"root": "BIGINT", "nullable": false}},
        {"name": "s", "type": {"root": "ROW", "fields": [{"name": "a b", "type": {"root": "VARCHAR", "length": 3}}]}},
    ]);
    let types = run(serde_json::json!({"op": "starrocks_types", "columns": columns})).await.unwrap();
    assert_eq!(types["types"], serde_json::json!(["BIGINT", "STRUCT<`a b` VARCHAR(12)>"]));
    let columns: Vec<serde_json::Value> = [("id", &types["types"][0]), ("s", &types["types"][1]), ("h", &"HLL".into())]
        .iter()
        .map(|(name, t)| {
            serde_json::json!({"name": name, "type": t, "nullable": *name != "id",
            "aggregate": match *name { "id" => None, "h" => Some("HLL_UNION"), _ => Some("REPLACE") }})
        })
        .collect();
    let table = serde_json::json!({"database": "d", "table": "t", "columns": columns, "model": "Aggregate",
        "keys": ["id"], "distribution": {"columns": ["id"], "buckets": 1}, "properties": {"replication_num": "1"}});
    run(serde_json::json!({"op": "create_table", "table": table})).await.unwrap();
    let found = run(serde_json::json!({"op": "definition", "database": "d", "table": "t"})).await.unwrap();
    assert_eq!(found["flink_types"][0], serde_json::json!({"root": "BIGINT", "nullable": false}));
    assert_eq!(found["flink_types"][1]["root"], "ROW");
    assert_eq!(found["flink_types"][2], serde_json::Value::Null);
    assert_eq!(found["table"]["columns"][1]["type"], "STRUCT<`a b` VARCHAR(12)>");
    let error = run(serde_json::json!({"op": "dance"})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
}
