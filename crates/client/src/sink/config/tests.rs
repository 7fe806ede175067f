// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

use std::collections::BTreeMap;

use starrocks_types::{ErrorKind, Result};

use super::SinkConfig;

fn document(more: &str) -> Result<SinkConfig> {
    let text = format!(
        r#"{{"version":1,"connection":{{"load_urls":["http://h:8030"],"username":"u","password":"secret"}},"database":"d","table":"t"{more}}}"#
    );
    SinkConfig::from_json(text.as_bytes())
}

#[test]
fn absent_fields_have_defaults_and_unknown_ones_are_refused() {
    let config = document("").unwrap();
    assert_eq!((config.max_bytes, config.flush_interval_ms, config.max_retries), (94_371_840, 300_000, 3));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(config.load_headers().unwrap(), [header("prepared_timeout", "180"), header("timeout", "600")]);
    let exactly_once = document(r#","semantic":"exactly-once""#).unwrap();
    assert_eq!(exactly_once.load_headers().unwrap(), [header("timeout", "600")], "the commit is not ours");
    for more in [
        r#","colour":1"#,
        r#","format":"avro""#,
        r#","subtask":1"#,
        r#","chunk_bytes":0"#,
        r#","chunk_rows":0"#,
        r#","samples":0"#,
        r#","samples":10001"#,
        r#","versions_per_minute":0"#,
        r#","semantic":"exactly-once","use_transaction":false"#,
        r#","merge_commit":{}"#,
        r#","properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"10"}"#,
        r#","merge_commit":{},"properties":{"enable_merge_commit":"true"}"#,
        r#","merge_commit":{},"properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"0"}"#,
        r#","merge_commit":{"max_concurrent_requests":0},"properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"9"}"#,
        r#","merge_commit":{},"properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"9"},"semantic":"exactly-once""#,
        r#","on_invalid":"reject""#,
    ] {
        assert_eq!(document(more).unwrap_err().kind(), ErrorKind::InvalidConfig, "{more}");
    }
    let inside = br#"{"version":1,"connection":{"load_urls":["h:1"],"username":"u","password":"","colour":1},"database":"d","table":"t"}"#;
    assert_eq!(SinkConfig::from_json(inside).unwrap_err().kind(), ErrorKind::InvalidConfig);
}

#[test]
fn the_password_is_not_printed() {
    assert!(!format!("{:?}", document("").unwrap()).contains("secret"));
}

#[test]
fn headers_are_completed_but_not_overridden() {
    let columns = r#","columns":[{"name":"id","type":{"root":"INTEGER"}},{"name":"w`eird","type":{"root":"INTEGER"}}],"send_columns_header":true,"upsert_delete":true"#;
    let headers = |more: &str| {
        let headers = document(&format!("{columns}{more}")).unwrap().load_headers().unwrap();
        headers.into_iter().collect::<BTreeMap<_, _>>()
    };
    assert_eq!(headers("")["columns"], "`id`,`weird`,`__op`");
    assert_eq!(headers(r#","properties":{"Columns":"id"}"#)["columns"], "id");
    let json = headers(r#","format":"json","properties":{"strip_outer_array":"false"}"#);
    assert_eq!((json["strip_outer_array"].as_str(), json.get("row_delimiter")), ("true", None));
}

#[test]
fn separators_of_rows_that_are_written_here_are_told() {
    let headers = |more: &str| {
        let columns = r#","columns":[{"name":"id","type":{"root":"INTEGER"}}]"#;
        let headers = document(&format!("{columns}{more}")).unwrap().load_headers().unwrap();
        let text = |name: &str| headers.iter().find(|(n, _)| n == name).map_or("-", |(_, v)| v).to_owned();
        ["column_separator", "row_delimiter", "enclose"].map(text)
    };
    assert_eq!(headers(""), [r"\x01", r"\x02", "-"]);
    let given = headers(r#","properties":{"column_separator":"|","row_delimiter":""}"#);
    assert_eq!(given, [r"\x7c", r"\x02", "-"]);
    // The server ignores these two in a transaction, but would store what they protect.
    assert_eq!(headers(r#","properties":{"enclose":"'","escape":"\\"}"#), [r"\x01", r"\x02", "-"]);
    let plain = headers(r#","use_transaction":false,"properties":{"enclose":"'"}"#);
    assert_eq!(plain, [r"\x01", r"\x02", "'"]);
    let raw = document(r#","properties":{"enclose":"'"}"#).unwrap().load_headers().unwrap();
    let names: Vec<&str> = raw.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["enclose", "prepared_timeout", "timeout"], "whoever writes rows decides on their separators");
}
