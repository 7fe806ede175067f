// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Clients that misbehave get an error and harm nobody else.

#![allow(clippy::panic, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
#[path = "hostile/mysql.rs"]
mod mysql_bytes;
mod support;

use std::io::{Read, Write};
use std::time::Duration;

use mysql::{Answer, Client};
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use support::{ROOT, TestServer, call, connect, follow, read_head};

#[test]
fn malformed_and_oversized_requests_leave_the_server_standing() {
    let server = TestServer::start();
    let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(2 << 20));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(5000));
    for address in [server.fe(), server.be()] {
        for garbage in
            ["\0\x01\x02\r\n\r\n", "GET\r\n\r\n", "PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n", &long, &many]
        {
            let mut stream = connect(address);
            // The server may close before it has taken everything; both ends of that are fine.
            let _sent = stream.write_all(garbage.as_bytes());
            let mut answer = Vec::new();
            let _closed = stream.read_to_end(&mut answer);
            let text = String::from_utf8_lossy(&answer);
            assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
        }
        assert_eq!(call(address, "GET", "/api/health", &[], b"").status, 200);
    }
}

#[test]
fn silent_connections_make_room_after_their_time() {
    let http = HttpConfig { header_timeout: Duration::from_millis(50), max_connections: 2, ..HttpConfig::default() };
    let server = TestServer::with(EngineConfig::default(), http);
    let mut silent: Vec<_> = (0..2).map(|_| connect(server.fe())).collect();
    for stream in &mut silent {
        stream.write_all(b"GET /api/health HTTP/1.1\r\nHost").unwrap();
    }
    // Both places are taken by half a request; this one is answered when one of them has been closed.
    assert_eq!(call(server.fe(), "GET", "/api/health", &[], b"").status, 200);
}

#[test]
fn a_body_that_ends_early_aborts_and_frees_the_label() {
    let server = TestServer::start();
    let request = format!(
        "PUT /api/gh/t/_stream_load HTTP/1.1\r\nHost: x\r\n{ROOT}\r\nlabel: cut\r\ncolumn_separator: ,\r\n\
         Content-Length: 1000\r\n\r\n1,a,1\n"
    );
    let mut stream = connect(server.be());
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    // Closed once the server has given the load up; an answer is not promised.
    let _closed = stream.read_to_string(&mut answer);
    let reply = server.load("t", &["label: cut", "column_separator: ,"], "2,b,2");
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    assert_eq!(server.rows("t"), ["2|b|2"]);
}

#[test]
fn a_client_that_sends_its_body_to_the_fe_at_once_still_reads_the_redirect() {
    let server = TestServer::start();
    let body = vec![b'x'; 4 << 20];
    let head = format!(
        "PUT /api/gh/t/_stream_load HTTP/1.1\r\nHost: h\r\n{ROOT}\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = connect(server.fe());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    let answer = read_head(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");
    assert!(answer.contains(&format!("location: http://h:{}/api/gh/t/_stream_load", server.be().port())), "{answer}");
}

#[test]
fn what_is_wrong_with_a_load_is_in_its_message() {
    let server = TestServer::start();
    let load = |path: &str, headers: &[&str], body: &str| {
        let mut all = vec!["Expect: 100-continue", "column_separator: ,"];
        all.extend(headers);
        let reply = call(server.be(), "PUT", path, &all, body.as_bytes());
        (reply.status, reply.text("Status"), reply.text("Message"))
    };
    let fail = |message: &str| (200, "Fail".to_owned(), message.to_owned());
    let t = "/api/gh/t/_stream_load";
    assert_eq!(load(t, &[], "1"), fail("no valid Basic authorization"));
    let wrong = "Authorization: Basic cm9vdDpiYWQ=";
    assert_eq!(load(t, &[wrong], "1"), fail("Access denied for user 'root' (using password: YES)"));
    assert_eq!(load("/api/no/t/_stream_load", &[ROOT], "1"), fail("unknown database, database=no"));
    assert_eq!(load("/api/gh/no/_stream_load", &[ROOT], "1"), fail("unknown table \"gh.no\""));
    assert_eq!(load(t, &[ROOT, "format: parquet"], "1"), fail("unknown data format, format=parquet"));
    assert_eq!(
        load(t, &[ROOT, "timeout: 0"], "1,a,1"),
        fail("Invalid timeout: '0'. Expected values should be between 1 and 259200 seconds")
    );
    let d = "/api/gh/d/_stream_load";
    assert_eq!(load(d, &[ROOT, "columns: id,v"], "1,1"), fail("Column has no default value. column: name"));
    let damaged = load(t, &[ROOT, "compression: gzip"], "this is no gzip").2;
    assert!(damaged.starts_with("the body cannot be decompressed: "), "{damaged}");
    assert!(load(t, &[ROOT], "").2.starts_with("No rows were imported from upstream."));
    assert_eq!(load(t, &[ROOT, "max_filter_ratio: 1"], "1,a").1, "Fail", "a load without rows");
    assert!(server.rows("t").is_empty());
}

#[test]
fn invalid_utf8_is_a_rejected_row() {
    let server = TestServer::start();
    let reply = server.load("t", &["column_separator: ,", "max_filter_ratio: 0.5"], b"1,\xff\xfe,1\n2,b,2\n");
    assert_eq!((reply.text("Status"), reply.text("NumberFilteredRows")), ("Success".into(), "1".into()));
    let path = reply.text("ErrorURL").split_once("/api").map(|(_, p)| format!("/api{p}")).unwrap();
    assert!(call(server.be(), "GET", &path, &[], b"").body.starts_with("Error: Invalid UTF-8 row. Row: 1,"));
}

#[test]
fn headers_are_utf8_and_never_passed_over() {
    let server = TestServer::start();
    let reply = server.load("t", &["column_separator: ö", "where: name = 'ä'"], "1öäö1\n2öaö2");
    assert_eq!((reply.text("NumberLoadedRows"), reply.text("NumberUnselectedRows")), ("1".into(), "1".into()));
    assert_eq!(server.rows("t"), ["1|ä|1"]);
    let head =
        format!("PUT /api/gh/t/_stream_load HTTP/1.1\r\nHost: x\r\n{ROOT}\r\nContent-Length: 0\r\nwhere: name = '");
    for address in [server.fe(), server.be()] {
        let mut stream = connect(address);
        stream.write_all(&[head.as_bytes(), b"\xff'\r\n\r\n"].concat()).unwrap();
        let head = read_head(&mut stream);
        let reply = support::read_body(stream, head);
        assert_eq!((reply.status, reply.body.as_str()), (400, "the value of the header where is not valid UTF-8\n"));
    }
}

#[test]
fn transaction_errors_name_their_cause() {
    let server = TestServer::start();
    let send = |operation: &str, headers: &[&str], body: &str| {
        let mut all = vec![ROOT, "column_separator: ,"];
        all.extend(headers);
        let method = if operation == "load" { "PUT" } else { "POST" };
        let path = format!("/api/transaction/{operation}");
        let reply = call(server.be(), method, &path, &all, body.as_bytes());
        (reply.text("Status"), reply.text("Message"))
    };
    let is = |status: &str, message: &str| (status.to_owned(), message.to_owned());
    let ok = is("OK", "");
    let x = ["db: gh", "table: t", "label: x"];
    assert_eq!(send("load", &x, "1,a,1"), is("TXN_NOT_EXISTS", "Transaction with label x not exists"));
    assert_eq!(send("begin", &x, ""), ok);
    assert_eq!(send("begin", &x, ""), is("LABEL_ALREADY_EXISTS", "Label [x] has already been used."));
    let other = ["db: gh", "table: d", "label: x"];
    assert_eq!(send("load", &other, "1"), is("INVALID_ARGUMENT", "Request table d not equal transaction table t"));
    assert_eq!(send("load", &x, "1,a,1\n"), ok);
    assert_eq!(
        send("load", &["db: gh", "table: t", "label: x", "format: json"], "{}"),
        is("INTERNAL_ERROR", "load request not equal last.")
    );
    assert_eq!(send("load", &x, "1,a,1\n").0, "TXN_NOT_EXISTS", "the failure aborted the transaction");
    assert_eq!(send("rollback", &x, ""), ok);
    assert_eq!(send("begin", &x, ""), ok);
    assert_eq!(send("prepare", &x, ""), is("INTERNAL_ERROR", "transaction with label x hasn't send any data yet"));
    assert_eq!(send("begin", &x, ""), ok);
    assert_eq!(send("load", &x, "1,a,1\nbad\n"), ok);
    assert_eq!(send("prepare", &x, ""), is("INTERNAL_ERROR", "too many filtered rows"));
    let commit = follow(&server, "POST", "/api/transaction/commit", &[ROOT, "db: gh", "label: x"], b"");
    assert!(commit.text("Message").contains("Can not commit ABORTED transaction"), "{commit:?}");
    assert!(server.rows("t").is_empty());
}

/// Sends bytes to a backend and reads until it closes the connection.
fn thrift(address: std::net::SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // The server may close before it has taken everything; both ends of that are fine.
    let _sent = stream.write_all(bytes);
    let _ended = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _closed = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn bytes_that_are_no_scanner_requests_end_only_their_connection() {
    let server = TestServer::start();
    let be = server.server().be()[0];
    let call = |method: &str, arguments: &[u8]| {
        let mut bytes = vec![0x80, 1, 0, 1];
        bytes.extend(u32::try_from(method.len()).unwrap().to_be_bytes());
        bytes.extend(method.as_bytes());
        bytes.extend([0, 0, 0, 1]);
        bytes.extend(arguments);
        bytes
    };
    let open = |arguments: &[u8]| call("open_scanner", &[&[12, 0, 1], arguments, &[0, 0]].concat());
    let deep: Vec<u8> = [12, 0, 9].repeat(10_000);
    for garbage in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0; 4096],
        vec![0xff; 4096],
        // Not strict, another version, a name of 2 GiB, no call.
        b"\0\0\0\x0bget_context\x01\0\0\0\x01\0".to_vec(),
        vec![0x80, 2, 0, 1, 0, 0, 0, 1, b'x'],
        vec![0x80, 1, 0, 1, 0x7f, 0xff, 0xff, 0xff],
        vec![0x80, 1, 0, 1, 0xff, 0xff, 0xff, 0xff],
        vec![0x80, 1, 0, 2, 0, 0, 0, 1, b'x', 0, 0, 0, 1, 0],
        // A plan of 2 GiB, a list of 2 G tablets, a list of strings, an unknown type, text that is no UTF-8.
        open(&[11, 0, 5, 0x7f, 0xff, 0xff, 0xff]),
        open(&[15, 0, 4, 10, 0x7f, 0xff, 0xff, 0xff]),
        open(&[15, 0, 4, 10, 0xff, 0xff, 0xff, 0xff]),
        open(&[15, 0, 4, 11, 0, 0, 0, 1, 0, 0, 0, 0]),
        open(&[99, 0, 4]),
        open(&[11, 0, 5, 0, 0, 0, 1, 0xff]),
        call("open_scanner", &deep),
        call("open_scanner", &[12, 0, 1, 11, 0]),
    ] {
        assert!(thrift(be, &garbage).is_empty(), "{garbage:?}");
    }
    // What can be read to its end is answered: here a missing member, and a method of another service.
    for (whole, text) in [(open(&[]), "required member"), (call("ping", &[0]), "Invalid method name")] {
        let answer = thrift(be, &whole);
        assert_eq!(answer.get(..4), Some([0x80, 1, 0, 3].as_slice()), "an exception");
        assert!(String::from_utf8_lossy(&answer).contains(text), "{answer:?}");
    }
}

#[test]
fn half_a_scanner_request_makes_room_after_its_time() {
    let backends = starrocks_server::BackendsConfig {
        max_connections: 2,
        message_timeout: Duration::from_millis(50),
        ..starrocks_server::BackendsConfig::default()
    };
    let server = TestServer::with_backends(EngineConfig::default(), HttpConfig::default(), backends);
    let be = server.server().be()[0];
    let mut silent: Vec<_> = (0..2).map(|_| connect(be)).collect();
    for stream in &mut silent {
        stream.write_all(&[0x80, 1, 0]).unwrap();
    }
    // Both places are taken; this one is answered when one of them has been closed.
    let whole = [0x80, 1, 0, 1, 0, 0, 0, 4, b'p', b'i', b'n', b'g', 0, 0, 0, 1, 0];
    assert!(!thrift(be, &whole).is_empty());
}

#[test]
fn deep_statements_are_planned_or_refused_and_leave_the_server_standing() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    let nested = |open: &str, close: &str| format!("SELECT {}id{} FROM gh.t", open.repeat(500), close.repeat(500));
    for sql in [
        format!("SELECT id FROM gh.t WHERE {}id <> 0", "v <> 1 AND ".repeat(150)),
        format!("SELECT id FROM gh.t WHERE {}id = 0", "v = 1 AND name = 'x' OR ".repeat(120)),
        format!("SELECT id{} FROM gh.t", "+1".repeat(200)),
        format!("SELECT 1 {}", "UNION ALL SELECT 1 ".repeat(100)),
    ] {
        assert!(matches!(client.query(&sql), Answer::Rows { .. }), "{}", &sql[..60]);
    }
    for sql in [
        format!("SELECT id{} FROM gh.t", "+1".repeat(20_000)),
        format!("SELECT 1 WHERE {}1 = 1", "1 = 1 AND ".repeat(20_000)),
        format!("SELECT 1 {}", "UNION ALL SELECT 1 ".repeat(3000)),
        format!("DELETE FROM gh.t WHERE {}id = 1", "id = 1 OR ".repeat(20_000)),
        nested("(", ")"),
        nested("abs(", ")"),
        nested("NOT ", ""),
        nested("CASE WHEN id = 1 THEN ", " END"),
        format!("SELECT * FROM {}gh.t{}", "(SELECT * FROM ".repeat(500), ") x".repeat(500)),
    ] {
        assert!(matches!(client.query(&sql), Answer::Error { .. }), "{}", &sql[..60]);
    }
    for columns in ["id + 1, ".repeat(9000), "*, ".repeat(4000)] {
        let Answer::Error { text, .. } = client.query(&format!("SELECT {columns}id FROM gh.t")) else {
            panic!("planned")
        };
        assert!(text.contains("more than 4096 columns"), "{text}");
    }
    for sql in [";".repeat(4_000_000), ";".repeat(200_000)] {
        let Answer::Error { text, .. } = client.query(&sql) else { panic!("ran") };
        assert!(
            text.contains("exceeds maximum length limit") || text.contains("more than 100000 statements"),
            "{text}"
        );
    }
    let body = serde_json::json!({ "sql": format!("select `id` from `gh`.`t` where {}`id` = 1", "`id` = 1 or ".repeat(20_000)) });
    let plan = call(server.fe(), "POST", "/api/gh/t/_query_plan", &[ROOT], body.to_string().as_bytes());
    assert_eq!(plan.status, 500, "{plan:?}");
    let condition = format!("where: {}id = 1", "id = 1 or ".repeat(5000));
    let load = server.load("t", &["column_separator: ,", &condition], "1,a,1\n");
    assert_eq!(load.text("Status"), "Fail", "{load:?}");
    assert_eq!(call(server.fe(), "GET", "/api/health", &[], b"").status, 200);
}

#[test]
fn values_beyond_measure_are_null_or_refused() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    for call in ["repeat('a', 1000000000)", "space(9223372036854775807)", "lpad('a', 2147483647, 'b')"] {
        let Answer::Rows { rows, .. } = client.query(&format!("SELECT {call}")) else { panic!("{call} has no rows") };
        assert_eq!(rows, [[None]], "{call}");
    }
    const MOST: &str = "9223372036854775807";
    for (data_type, bounds, every) in [
        ("BIGINT", "START ('1') END ('9223372036854775807')", MOST.to_owned()),
        ("DATE", "START ('2020-01-01') END ('2021-01-01')", format!("INTERVAL {MOST} DAY")),
        ("DATE", "START ('2020-01-01') END ('2021-01-01')", format!("INTERVAL {MOST} MONTH")),
        ("DATE", "START ('2020-01-01') END ('2021-01-01')", format!("INTERVAL {MOST} YEAR")),
    ] {
        let by = format!("PARTITION BY RANGE(a) ({bounds} EVERY ({every}))");
        let sql = format!("CREATE TABLE gh.e (a {data_type}) {by} DISTRIBUTED BY HASH(a)");
        let Answer::Error { text, .. } = client.query(&sql) else { panic!("{every}") };
        assert!(text.contains("goes beyond all values"), "{text}");
    }
}
