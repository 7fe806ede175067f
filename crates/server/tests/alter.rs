// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Jobs of ALTER TABLE that last or are cancelled, and databases that are renamed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use mysql::{Answer, Client};
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use support::{ROOT, Reply, TestServer, call};

fn server() -> (TestServer, Client) {
    let server = TestServer::with(EngineConfig::default(), HttpConfig { faults: true, ..HttpConfig::default() });
    let client = Client::connect(server.server().query(), "root");
    (server, client)
}

fn fault(server: &TestServer, fault: &str) -> Reply {
    call(server.fe(), "POST", "/api/_faults", &[ROOT], fault.as_bytes())
}

fn pass(server: &TestServer, seconds: u64) {
    let passed = fault(server, &format!(r#"{{"do":"advance_clock","seconds":{seconds}}}"#));
    assert_eq!(passed.status, 200, "{passed:?}");
}

fn run(client: &mut Client, sql: &str) -> Vec<Vec<String>> {
    match client.query(sql) {
        Answer::Ok { .. } => Vec::new(),
        Answer::Rows { rows, .. } => rows
            .into_iter()
            .map(|row| row.into_iter().map(|value| value.unwrap_or_else(|| "NULL".to_owned())).collect())
            .collect(),
        error => panic!("{sql}: {error:?}"),
    }
}

fn refused(client: &mut Client, sql: &str) -> String {
    match client.query(sql) {
        Answer::Error { text, .. } => text,
        other => panic!("{sql}: {other:?}"),
    }
}

/// State and message of the newest job of `gh.d`.
fn job(client: &mut Client) -> [String; 2] {
    let rows = run(client, "SHOW ALTER TABLE COLUMN FROM gh WHERE TableName = 'd' ORDER BY JobId DESC LIMIT 1");
    let row = rows.first().unwrap();
    assert_eq!(row[3] == "NULL", row[9] == "PENDING" || row[9] == "RUNNING", "{row:?}");
    [row[9].clone(), row[10].clone()]
}

fn columns(client: &mut Client) -> Vec<String> {
    run(client, "DESC gh.d").into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn a_job_that_lasts_leaves_the_table_as_it_was_until_it_has_finished() {
    let (server, mut client) = server();
    let before = columns(&mut client);
    assert_eq!(fault(&server, r#"{"at":"alter","do":"delay","ms":600000}"#).status, 200);
    run(&mut client, "ALTER TABLE gh.d ADD COLUMN later INT DEFAULT '7'");
    assert_eq!(job(&mut client), ["PENDING", ""]);
    assert_eq!(columns(&mut client), before);
    let busy = refused(&mut client, "ALTER TABLE gh.d ADD COLUMN more INT");
    assert!(busy.contains("A schema change operation is in progress on the table d. Please wait"), "{busy}");
    let load = server.load("d", &["column_separator: ,"], "1,x,1\n");
    assert_eq!(load.text("Status"), "Success", "loads go on, into the old columns: {load:?}");
    pass(&server, 400);
    assert_eq!(job(&mut client), ["RUNNING", ""]);
    assert_eq!(columns(&mut client), before);
    pass(&server, 300);
    assert_eq!(job(&mut client), ["FINISHED", ""]);
    assert_eq!(run(&mut client, "SELECT later FROM gh.d"), [["7"]]);
    run(&mut client, "ALTER TABLE gh.d ADD COLUMN more INT");
    assert_eq!(job(&mut client), ["FINISHED", ""], "the fault is used up");
}

#[test]
fn a_job_is_cancelled_by_its_user_or_by_a_fault() {
    let (server, mut client) = server();
    let before = columns(&mut client);
    let idle = refused(&mut client, "CANCEL ALTER TABLE COLUMN FROM gh.d");
    assert!(idle.contains("Table[d] is not under SCHEMA_CHANGE."), "{idle}");
    fault(&server, r#"{"at":"alter","do":"delay","ms":600000}"#);
    run(&mut client, "ALTER TABLE gh.d ADD COLUMN later INT");
    let other = refused(&mut client, "CANCEL ALTER TABLE ROLLUP FROM gh.d");
    assert!(other.contains("is not under SCHEMA_CHANGE"), "it is no rollup: {other}");
    run(&mut client, "CANCEL ALTER TABLE COLUMN FROM gh.d");
    assert_eq!(job(&mut client), ["CANCELLED", "user cancelled"]);
    pass(&server, 700);
    assert_eq!(columns(&mut client), before);

    fault(&server, r#"{"at":"alter","do":"cancel","body":"tablet 10021 is lost"}"#);
    run(&mut client, "ALTER TABLE gh.d ADD COLUMN later INT");
    assert_eq!(job(&mut client), ["CANCELLED", "tablet 10021 is lost"]);
    fault(&server, r#"{"at":"alter","do":"cancel","ms":600000,"body":"timeout"}"#);
    run(&mut client, "ALTER TABLE gh.d ADD COLUMN later INT");
    assert_eq!(job(&mut client), ["PENDING", ""]);
    pass(&server, 700);
    assert_eq!(job(&mut client), ["CANCELLED", "timeout"]);
    assert_eq!(columns(&mut client), before);
}

#[test]
fn what_an_alter_cannot_suffer_is_refused() {
    let (server, mut client) = server();
    for (body, reason) in [
        (r#"{"at":"alter","do":"reset"}"#, "alter takes pass, delay and cancel"),
        (r#"{"at":"commit","do":"cancel"}"#, "nothing else can be cancelled"),
        (r#"{"at":"alter","do":"cancel","code":500}"#, "only answer has a code"),
        (r#"{"at":"alter","do":"cancel","ms":600001}"#, "at most 600000"),
    ] {
        let reply = fault(&server, body);
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.text("message").contains(reason), "{reply:?}");
    }
    fault(&server, r#"{"at":"alter","do":"delay","ms":600000}"#);
    refused(&mut client, "ALTER TABLE gh.d DROP COLUMN nope");
    run(&mut client, "ALTER TABLE gh.d COMMENT = 'no job'");
    run(&mut client, "ALTER TABLE gh.d ADD COLUMN later INT");
    assert_eq!(job(&mut client)[0], "PENDING", "neither a refused statement nor one without a job uses up the fault");
}

#[test]
fn a_renamed_database_keeps_tables_transactions_views_and_grants() {
    let (server, mut client) = server();
    let load = server.load("d", &["column_separator: ,", "label: before"], "1,x,1\n");
    assert_eq!(load.text("Status"), "Success", "{load:?}");
    run(&mut client, "CREATE VIEW gh.v AS SELECT * FROM gh.d");
    run(&mut client, "USE gh");
    run(&mut client, "CREATE VIEW gh.bare AS SELECT * FROM d");
    run(&mut client, "CREATE USER u");
    run(&mut client, "GRANT SELECT ON TABLE gh.d TO USER u");
    for (sql, reason) in [
        ("ALTER DATABASE gh RENAME gh", "Same database name"),
        ("ALTER DATABASE gh RENAME `1`", "Incorrect database name '1'"),
        ("ALTER DATABASE gh RENAME information_schema", "is already used"),
        ("ALTER DATABASE nope RENAME x", "Unknown database 'nope'"),
    ] {
        assert!(refused(&mut client, sql).contains(reason), "{sql}");
    }
    run(&mut client, "ALTER DATABASE gh RENAME new");
    assert!(refused(&mut client, "SELECT * FROM gh.d").contains("Unknown database 'gh'"));
    let one = [["1"]];
    assert_eq!(run(&mut client, "SELECT count(*) FROM new.d"), one);
    assert_eq!(run(&mut client, "SELECT count(*) FROM new.bare"), one);
    let mut user = Client::connect(server.server().query(), "u");
    assert_eq!(run(&mut user, "SELECT count(*) FROM new.d"), one);
    let state = call(server.fe(), "GET", "/api/new/get_load_state?label=before", &[ROOT], b"");
    assert_eq!(state.text("state"), "VISIBLE");
    let loads = run(&mut client, "SELECT DB_NAME FROM information_schema.loads WHERE LABEL = 'before'");
    assert_eq!(loads, [["new"]]);
    run(&mut client, "CREATE DATABASE gh");
    assert_eq!(run(&mut client, "SHOW TABLES FROM gh"), Vec::<Vec<String>>::new());
}

#[test]
fn an_altered_user_keeps_the_password_and_nobody_stands_in_for_a_role() {
    let (server, mut client) = server();
    let query = server.server().query();
    run(&mut client, "CREATE USER u IDENTIFIED BY 'secret'");
    run(&mut client, "ALTER USER u DEFAULT ROLE public");
    assert!(Client::login(query, "u", "", "", 33).is_err(), "the password is still asked for");
    let mut u = Client::login(query, "u", "secret", "", 33).unwrap();
    assert!(refused(&mut client, "ALTER USER nobody DEFAULT ROLE public").contains("cannot find user 'nobody'"));
    for sql in ["GRANT SELECT ON TABLE gh.d TO ROLE u", "GRANT db_admin TO USER u", "REVOKE db_admin FROM ROLE u"] {
        assert!(refused(&mut client, sql).contains("roles"), "{sql}");
    }
    assert!(refused(&mut u, "SELECT * FROM gh.d").contains("Access denied"));
    run(&mut client, "ALTER USER u IDENTIFIED BY 'other'");
    assert!(Client::login(query, "u", "secret", "", 33).is_err());
}
