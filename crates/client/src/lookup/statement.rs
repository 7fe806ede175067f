// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Many keys in one statement.

use std::collections::HashMap;
use std::collections::VecDeque;

use starrocks_codec::Key;

use crate::scan::{ColumnPath, ScanRequest};

/// Most bytes of literals in one statement, far below what a server takes.
const MAX_LITERAL_BYTES: usize = 256 << 10;

/// A key and who asked for it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) key: Key,
    pub(super) requests: Vec<u32>,
}

/// Takes keys for one statement, each once, in the order in which they were asked for.
pub(super) fn take(ready: &mut VecDeque<(u32, Key)>, most: usize) -> Vec<Asked> {
    let mut batch: Vec<Asked> = Vec::new();
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut bytes = 0;
    while let Some((request, key)) = ready.pop_front() {
        if let Some(asked) = places.get(&key.canonical).and_then(|at| batch.get_mut(*at)) {
            asked.requests.push(request);
            continue;
        }
        let size: usize = key.literals.iter().map(String::len).sum();
        if batch.len() == most || !batch.is_empty() && bytes + size > MAX_LITERAL_BYTES {
            ready.push_front((request, key));
            break;
        }
        bytes += size;
        places.insert(key.canonical.clone(), batch.len());
        batch.push(Asked { key, requests: vec![request] });
    }
    batch
}

/// The statement that finds the rows of all keys.
pub(super) fn statement(request: &ScanRequest, key_columns: &[ColumnPath], batch: &[Asked]) -> String {
    let mut sql = request.statement();
    // `ScanRequest` writes the filter, if there is one.
    sql.push_str(if sql.ends_with("\n)") { " and " } else { " where " });
    let names: Vec<String> = key_columns.iter().map(ColumnPath::sql).collect();
    match names.as_slice() {
        [name] => sql.push_str(&one_of(name, batch, 0)),
        names => {
            // Not needed, but a server finds it easier to prune by.
            if let Some(first) = names.first().filter(|_| batch.len() > 1) {
                sql.push_str(&one_of(first, batch, 0));
                sql.push_str(" and ");
            }
            any(&mut sql, names, batch);
        }
    }
    sql
}

/// `name in (…)` for one of the key columns.
fn one_of(name: &str, batch: &[Asked], column: usize) -> String {
    let mut literals: Vec<&str> = batch.iter().filter_map(|a| a.key.literals.get(column)).map(String::as_str).collect();
    if let [literal] = literals.as_slice() {
        return format!("{name}={literal}");
    }
    literals.sort_unstable();
    literals.dedup();
    format!("{name} in ({})", literals.join(","))
}

/// `(a=1 and b=2) or …`, in halves within parentheses: servers go down the depth of an expression by recursion.
fn any(sql: &mut String, names: &[String], batch: &[Asked]) {
    sql.push('(');
    match batch {
        [asked] => {
            let equal: Vec<String> =
                names.iter().zip(&asked.key.literals).map(|(name, literal)| format!("{name}={literal}")).collect();
            sql.push_str(&equal.join(" and "));
        }
        batch => {
            let (left, right) = batch.split_at(batch.len() / 2);
            any(sql, names, left);
            sql.push_str(" or ");
            any(sql, names, right);
        }
    }
    sql.push(')');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key { canonical: text.as_bytes().to_vec(), literals: text.split(' ').map(str::to_owned).collect() }
    }

    fn asked(keys: &[&str]) -> Vec<Asked> {
        keys.iter().map(|k| Asked { key: key(k), requests: vec![0] }).collect()
    }

    #[test]
    fn equal_keys_are_asked_for_once_and_the_rest_waits() {
        let mut ready: VecDeque<_> =
            [(0, "1"), (1, "2"), (2, "1"), (3, "3"), (4, "1")].map(|(n, k)| (n, key(k))).into();
        let batch = take(&mut ready, 2);
        let shown: Vec<_> = batch.iter().map(|a| (a.key.literals.concat(), a.requests.clone())).collect();
        assert_eq!(shown, [("1".to_owned(), vec![0, 2]), ("2".to_owned(), vec![1])]);
        assert_eq!(ready.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [3, 4]);
        let long = "x".repeat(MAX_LITERAL_BYTES);
        let mut ready: VecDeque<_> = [(0, key(&long)), (1, key("2"))].into();
        assert_eq!(take(&mut ready, 2).len(), 1);
    }

    #[test]
    fn statements_ask_for_all_keys() {
        let request = ScanRequest::table("d", "t").columns(["k", "v"]);
        let keys = |names: &[&str]| names.iter().map(|n| ColumnPath::from(*n)).collect::<Vec<_>>();
        assert_eq!(statement(&request, &keys(&["k"]), &asked(&["1"])), "select `k`,`v` from `d`.`t` where `k`=1");
        assert_eq!(
            statement(&request.clone().filter("`v` > 1 -- x"), &keys(&["k"]), &asked(&["2", "1"])),
            "select `k`,`v` from `d`.`t` where (`v` > 1 -- x\n) and `k` in (1,2)"
        );
        assert_eq!(
            statement(&request, &keys(&["k", "v"]), &asked(&["1 2", "1 4", "5 6"])),
            "select `k`,`v` from `d`.`t` where `k` in (1,5) and ((`k`=1 and `v`=2) or ((`k`=1 and `v`=4) or (`k`=5 and `v`=6)))"
        );
        assert_eq!(
            statement(&request, &keys(&["k", "v"]), &asked(&["1 2"])),
            "select `k`,`v` from `d`.`t` where (`k`=1 and `v`=2)"
        );
    }
}
