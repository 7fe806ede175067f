// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Stream Load and transactions over HTTP, from outside.

mod support;

use support::{ROOT, TestServer, call, follow};

const EXPECT: &str = "Expect: 100-continue";
const CSV: &str = "column_separator: ,";

#[test]
fn a_load_goes_from_the_fe_to_the_be() {
    let server = TestServer::start();
    let headers = [ROOT, EXPECT, CSV, "label: l1"];
    let reply = follow(&server, "PUT", "/api/gh/t/_stream_load", &headers, b"1,a,2\n2,b,\\N\n");
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    let keys: Vec<&str> = reply.body.lines().filter_map(|l| l.trim().strip_prefix('"')?.split('"').next()).collect();
    assert_eq!(
        keys,
        [
            "TxnId",
            "Label",
            "Status",
            "Message",
            "NumberTotalRows",
            "NumberLoadedRows",
            "NumberFilteredRows",
            "NumberUnselectedRows",
            "LoadBytes",
            "LoadTimeMs",
            "BeginTxnTimeMs",
            "StreamLoadPlanTimeMs",
            "ReadDataTimeMs",
            "WriteDataTimeMs",
            "CommitAndPublishTimeMs"
        ]
    );
    assert_eq!((reply.text("NumberTotalRows"), reply.text("LoadBytes")), ("2".into(), "13".into()));
    assert_eq!(server.rows("t"), ["1|a|2", "2|b|NULL"]);
    let state = call(server.fe(), "GET", "/api/gh/get_load_state?label=l1", &[ROOT], b"");
    assert_eq!(
        state.body,
        r#"{"state":"VISIBLE","reason":"","status":"OK","code":"0","msg":"Success","message":"OK"}"#
    );
    let again = server.load("t", &[CSV, "label: l1"], "1,a,2");
    assert_eq!(
        (again.text("Status"), again.text("ExistingJobStatus"), again.text("Message"), again.text("TxnId")),
        ("Label Already Exists".into(), "FINISHED".into(), "Label [l1] has already been used.".into(), "-1".into())
    );
}

#[test]
fn a_transaction_takes_many_loads_and_is_visible_after_commit() {
    let server = TestServer::start();
    let headers = [ROOT, "db: gh", "table: t", "label: x1"];
    let begin = follow(&server, "POST", "/api/transaction/begin", &headers, b"");
    assert_eq!(begin.text("Status"), "OK", "{begin:?}");
    for body in ["1,a,1\n", "2,b,2\n3,c,3\n"] {
        let headers = [ROOT, EXPECT, CSV, "db: gh", "table: t", "label: x1"];
        let load = follow(&server, "PUT", "/api/transaction/load", &headers, body.as_bytes());
        assert_eq!((load.text("Status"), load.text("LoadBytes")), ("OK".into(), body.len().to_string()));
    }
    let prepare = follow(&server, "POST", "/api/transaction/prepare", &headers, b"");
    assert_eq!((prepare.text("Status"), prepare.text("NumberLoadedRows")), ("OK".into(), "3".into()));
    assert!(server.rows("t").is_empty());
    let id = begin.text("TxnId");
    let commit = call(server.fe(), "POST", "/api/transaction/commit", &headers, b"");
    assert_eq!(
        commit.body,
        format!("{{\n  \"Label\": \"x1\",\n  \"Status\": \"OK\",\n  \"TxnId\": {id},\n  \"Message\": \"\"\n}}")
    );
    assert_eq!(server.rows("t"), ["1|a|1", "2|b|2", "3|c|3"]);
    let again = call(server.fe(), "POST", "/api/transaction/commit", &headers, b"");
    assert_eq!(again.text("Message"), format!("Transaction {id} has already committed, label is x1"));
}

/// Loads CSV into a table, expects it to succeed, and gives the table's rows.
fn loaded(server: &TestServer, table: &str, headers: &[&str], body: &str) -> Vec<String> {
    let mut all = vec![CSV];
    all.extend(headers);
    let reply = server.load(table, &all, body);
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    server.rows(table)
}

#[test]
fn a_row_partial_update_keeps_other_columns_and_inserts_with_defaults() {
    let server = TestServer::start();
    loaded(&server, "t", &[], "1,a,1\n2,b,2\n");
    let headers = ["partial_update: true", "columns: id,v"];
    assert_eq!(loaded(&server, "t", &headers, "2,22\n3,33\n2,222\n"), ["1|a|1", "2|b|222", "3|NULL|33"]);
    let reply = server.load("t", &[CSV, "partial_update: true", "columns: v"], "1");
    assert_eq!(reply.text("Message"), "key column id not in partial update columns");
    let reply = server.load("d", &[CSV, "partial_update: true", "columns: id,v"], "1,1");
    assert_eq!(reply.text("Message"), "Only primary key table support partial update");
}

#[test]
fn a_column_partial_update_ignores_keys_that_are_not_there() {
    let server = TestServer::start();
    loaded(&server, "t", &[], "1,a,1\n");
    let headers = ["partial_update: true", "partial_update_mode: column", "columns: id,v"];
    assert_eq!(loaded(&server, "t", &headers, "1,11\n3,33\n"), ["1|a|11"]);
}

#[test]
fn a_conditional_update_keeps_what_is_newer() {
    let server = TestServer::start();
    loaded(&server, "t", &[], "1,a,5\n2,b,5\n3,c,\\N\n");
    let rows = loaded(&server, "t", &["merge_condition: v"], "1,x,4\n2,y,5\n3,z,0\n4,n,7\n4,o,6\n4,p,8\n");
    assert_eq!(rows, ["1|a|5", "2|y|5", "3|z|0", "4|p|8"]);
    let reply = server.load("t", &[CSV, "merge_condition: nope"], "1,x,4");
    assert!(reply.text("Message").starts_with("Merge condition column nope does not exist."), "{reply:?}");
}

#[test]
fn op_tells_upserts_from_deletes_in_csv_and_json() {
    let server = TestServer::start();
    loaded(&server, "t", &[], "1,a,1\n2,b,2\n3,c,3\n");
    let rows = loaded(&server, "t", &["columns: id,name,v,__op"], "1,a,1,1\n2,bb,2,0\n9,i,1,delete\n");
    assert_eq!(rows, ["2|bb|2", "3|c|3"]);
    let json = ["format: json", "strip_outer_array: true"];
    let rows = loaded(&server, "t", &json, r#"[{"id":3,"__op":1},{"id":4,"name":"d","v":4}]"#);
    assert_eq!(rows, ["2|bb|2", "4|d|4"]);
    assert_eq!(loaded(&server, "t", &["columns: id,name,v,__op='delete'"], "4,d,4\n"), ["2|bb|2"]);
    let reply = server.load("d", &[CSV, "columns: id,name,v,__op"], "1,a,1,0");
    assert_eq!(reply.text("Status"), "Fail");
}

#[test]
fn rejected_rows_are_counted_and_logged() {
    let server = TestServer::start();
    let body = "1,a,1\nx,b,2\n2,\\N,2\n3,c\n4,12345678901,4\n5,e,x\n";
    let reply = server.load("d", &[CSV, "max_filter_ratio: 0.9", "strict_mode: true"], body);
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    let counts = ["NumberTotalRows", "NumberLoadedRows", "NumberFilteredRows"].map(|k| reply.text(k));
    assert_eq!(counts, ["6", "1", "5"]);
    let url = reply.text("ErrorURL");
    let path = url.strip_prefix(&format!("http://{}", server.be())).unwrap().to_owned();
    let log = call(server.be(), "GET", &path, &[], b"").body;
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines,
        [
            "Error: Value 'x' is out of range. The type of 'id' is INT. Row: x,b,2",
            "Error: Value count does not match column count. Expect 3, but got 2. Row: 3,c",
            "Error: Value 'x' is out of range. The type of 'v' is INT. Row: 5,e,x",
            "Error: NULL value in non-nullable column 'name'. Row: [2, NULL, 2]",
            "Error: String '12345678901'(length=11) is too long. The max length of 'name' is 10. Row: [4, \
             '12345678901', 4]",
        ]
    );
    assert_eq!(server.rows("d"), ["1|a|1"]);
    let reply = server.load("d", &[CSV, "max_filter_ratio: 0.5"], body);
    assert_eq!((reply.text("Status"), reply.text("Message")), ("Fail".into(), "too many filtered rows".into()));
    assert!(reply.text("ErrorURL").starts_with("http://"));
    assert_eq!(server.rows("d").len(), 1);
}

#[test]
fn without_strict_mode_what_cannot_be_converted_is_null() {
    let server = TestServer::start();
    assert_eq!(loaded(&server, "d", &[], "1,a,x\n2,b,\n"), ["1|a|NULL", "2|b|NULL"]);
}

#[test]
fn bodies_come_chunked_and_compressed() {
    let server = TestServer::start();
    let csv = "1,a,1\n2,b,2\n";
    assert_eq!(loaded(&server, "t", &["Transfer-Encoding: chunked"], csv), ["1|a|1", "2|b|2"]);
    let mut lz4 = Vec::new();
    for part in ["3,c,3\n", "4,d,4\n"] {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        std::io::Write::write_all(&mut encoder, part.as_bytes()).unwrap();
        lz4.extend(encoder.finish().unwrap());
    }
    let reply = server.load("t", &[CSV, "format: lz4"], &lz4);
    assert_eq!((reply.text("Status"), reply.text("LoadBytes")), ("Success".into(), lz4.len().to_string()));
    let zstd = zstd::encode_all(&b"{\"id\":5} {\"id\":6}"[..], 0).unwrap();
    let reply = server.load("t", &["format: json", "compression: zstd"], zstd);
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, b"7,g,7").unwrap();
    let gzip = gzip.finish().unwrap();
    assert_eq!(server.load("t", &[CSV, "compression: gzip"], &gzip).text("Status"), "Success");
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut deflate, b"8,h,8").unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    std::io::Write::write_all(&mut bzip2, b"9,i,9").unwrap();
    for (name, body) in [("deflate", deflate.finish().unwrap()), ("bzip2", bzip2.finish().unwrap())] {
        for headers in [[CSV, &format!("compression: {name}")], [CSV, &format!("format: {name}")]] {
            let reply = server.load("t", &headers, &body);
            assert_eq!(reply.text("Status"), "Success", "{headers:?}: {reply:?}");
        }
    }
    for (name, number) in [("snappy", 3), ("lz4", 4), ("zlib", 6)] {
        let reply = server.load("t", &[CSV, &format!("compression: {name}")], "1,a,1");
        assert_eq!(reply.text("Message"), format!("Unknown compress type: {number}"));
    }
    assert_eq!(server.rows("t").len(), 9);
    let cut = server.load("t", &[CSV, "compression: gzip"], &gzip[..gzip.len() - 9]);
    assert_eq!(cut.text("Status"), "Fail", "{cut:?}");
    assert_eq!(server.rows("t").len(), 9);
}

#[test]
fn json_takes_roots_paths_and_documents() {
    let server = TestServer::start();
    let json = "format: json";
    let headers = [json, "json_root: $.data", "strip_outer_array: true"];
    assert_eq!(loaded(&server, "t", &headers, r#"{"data":[{"id":1,"name":"a"}]}"#), ["1|a|NULL"]);
    let headers = [json, r#"jsonpaths: ["$.k","$.x.y"]"#, "columns: id,v"];
    assert_eq!(loaded(&server, "t", &headers, "{\"k\":2,\"x\":{\"y\":7}}\n"), ["1|a|NULL", "2|NULL|7"]);
    for (headers, body, message) in [
        (
            vec![json],
            "[{}]",
            "The value is array type in json document stream, you can set strip_outer_array=true to parse each element of the array as individual rows",
        ),
        (
            vec![json, "strip_outer_array: true"],
            "{}",
            "the value should be array type with strip_outer_array=true, value: {}",
        ),
        (vec![json], "hello", "illegal json started with h"),
    ] {
        let reply = server.load("t", &headers, body);
        assert_eq!((reply.text("Status"), reply.text("Message")), ("Fail".into(), message.into()));
    }
    let broken = server.load("t", &[json], "{\"id\":1} {\"id\":");
    assert!(broken.text("Message").starts_with("Failed to parse json body"), "{broken:?}");
    assert_eq!(server.rows("t").len(), 2);
}
