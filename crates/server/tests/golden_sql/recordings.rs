// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reads the recordings of `tests/golden`.

use std::path::PathBuf;

/// Something asked of the FE, and what it answered.
pub(crate) struct Recording {
    /// `05-alter.md#12`, the twelfth recording of that file.
    pub(crate) name: String,
    /// What was asked, as the file writes it.
    pub(crate) subject: String,
    pub(crate) check: Check,
}

/// How a recording is asked again.
pub(crate) enum Check {
    /// The subject is a statement.
    Answer(Expected),
    /// The same, as a user without many privileges.
    AnswerAsAlice(Expected),
    /// The subject is a statement to be prepared over the binary protocol.
    Prepare(Expected),
    /// The subject tells who logs in and how.
    Login(Expected),
    /// The first packet of a connection.
    Greeting,
    /// ALTER TABLE of a fresh table of that number; then the states of its jobs and its columns, unless it failed.
    Altered { number: usize, expected: Expected, states: String, columns: String },
    /// SHOW CREATE TABLE of a table of `g2` makes the same table in another database.
    RoundTrip,
    /// `name type YES, …` of a table of the system databases.
    SystemTable(Vec<String>),
    /// A column's type: number of the table, then its line in SHOW CREATE TABLE, DESC, SHOW FULL COLUMNS, use as a key.
    ColumnType(usize, Vec<String>),
    /// A row of `information_schema.columns`, for a column of that kind.
    SchemaColumn { row: Vec<String>, kind: String },
    /// Whether a word can stand bare as column, table, select item, alias.
    Word(Vec<bool>),
}

#[derive(Debug, Clone)]
pub(crate) enum Expected {
    /// `*` is any text.
    Ok {
        info: String,
    },
    Error {
        code: u16,
        state: Option<String>,
        text: String,
    },
    Rows {
        columns: Option<Vec<String>>,
        body: Option<Vec<String>>,
    },
    /// Rows as Python prints them.
    Tuples(String),
}

impl Expected {
    fn done() -> Self {
        Self::Ok { info: "*".to_owned() }
    }

    fn error(code: &str, text: &str) -> Self {
        Self::Error { code: code.parse().unwrap(), state: None, text: text.to_owned() }
    }
}

pub(crate) fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The recordings of one file, in order.
pub(crate) fn read(file: &str) -> Vec<Recording> {
    let text = std::fs::read_to_string(directory().join(file)).unwrap();
    let list = match file {
        "02b-column-types.tsv" => rows(&text, column_type),
        "03c-information-schema-columns.tsv" => rows(&text, schema_column),
        "04-errors.tsv" => rows(&text, error),
        "06-constant-selects.tsv" => rows(&text, constant),
        "12-keywords.tsv" => rows(&text, word),
        _ => markdown(&text),
    };
    let name = |(i, (subject, check))| Recording { name: format!("{file}#{}", i + 1), subject, check };
    list.into_iter().enumerate().map(name).collect()
}

type Entry = (String, Check);

/// Lines after the first, and their numbers from 1.
fn rows(text: &str, parse: fn(usize, &[&str]) -> Entry) -> Vec<Entry> {
    let parse = |(number, line): (usize, &str)| parse(number, &line.split('\t').collect::<Vec<_>>());
    text.lines().enumerate().skip(1).map(parse).collect()
}

/// `declared type, line of SHOW CREATE TABLE, DESC, type in SHOW FULL COLUMNS, duplicate key, primary key`
fn column_type(number: usize, fields: &[&str]) -> Entry {
    (fields[0].to_owned(), Check::ColumnType(number, fields[1..].iter().map(|f| (*f).to_owned()).collect()))
}

/// The columns of `information_schema.columns`, and the FE's name of the type.
fn schema_column(_: usize, fields: &[&str]) -> Entry {
    let (kind, row) = fields.split_last().unwrap();
    let row: Vec<String> = row.iter().map(|f| (*f).to_owned()).collect();
    (fields[1..4].join("."), Check::SchemaColumn { row, kind: (*kind).to_owned() })
}

/// `statement, code, SQL state, text`
fn error(_: usize, fields: &[&str]) -> Entry {
    let expected = match fields {
        [_, "OK", ..] => Expected::done(),
        [_, code, state, text] => {
            Expected::Error { code: code.parse().unwrap(), state: Some((*state).to_owned()), text: (*text).to_owned() }
        }
        other => panic!("{other:?}"),
    };
    (fields[0].to_owned(), Check::Answer(expected))
}

/// `expression, column name, type, charset, length, flags, decimals, value`
fn constant(_: usize, fields: &[&str]) -> Entry {
    let [expression, name, kind, charset, length, flags, decimals, value] = fields else { panic!("{fields:?}") };
    let expected = if let Some(error) = value.strip_prefix("ERROR ") {
        let (code, text) = error.split_once(' ').unwrap();
        Expected::error(code, text)
    } else {
        // Floating point numbers that the FE computed itself print otherwise than those of a backend.
        let compared = !matches!(*kind, "FLOAT" | "DOUBLE") && !value.starts_with("BE/") && !value.contains(" | ");
        let value = value.strip_prefix("b'").and_then(|v| v.strip_suffix('\'')).unwrap_or(value);
        let body = match value.split_once("\\n") {
            Some((a, b)) => vec!["--- row 1".to_owned(), format!("{name}: {a}"), b.to_owned()],
            None => vec![(*name).to_owned(), value.to_owned()],
        };
        let columns = Some(vec![format!("{name}: {kind}/{charset}/{length}/{flags}/{decimals}")]);
        Expected::Rows { columns, body: compared.then_some(body) }
    };
    (format!("SELECT {expression}"), Check::Answer(expected))
}

/// `word, column, table, select item, alias`
fn word(_: usize, fields: &[&str]) -> Entry {
    (fields[0].to_owned(), Check::Word(fields[1..].iter().map(|f| *f == "ok").collect()))
}

/// A statement of a Markdown file and the parts of its answer that were read.
struct Open {
    statement: String,
    columns: Option<Vec<String>>,
    body: Option<Vec<String>>,
    expected: Option<Expected>,
}

impl Open {
    fn close(self) -> Option<Entry> {
        let Self { statement, columns, body, expected } = self;
        let rows = (columns.is_some() || body.is_some()).then_some(Expected::Rows { columns, body });
        expected.or(rows).map(|expected| (statement, Check::Answer(expected)))
    }
}

/// A statement in backquotes on a line of its own, then the answer; or everything in one line of a list.
fn markdown(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Option<Open> = None;
    // The recorder numbered its tables; the first was made for the changes one after another.
    let mut altered = 2;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let statement = || {
            line.strip_prefix('`')?
                .strip_suffix('`')
                .or_else(|| line.strip_prefix('`')?.rsplit_once("` (").map(|(s, _)| s))
        };
        if line == "```" {
            let body: Vec<String> = lines.by_ref().take_while(|l| *l != "```").map(str::to_owned).collect();
            if let Some(open) = &mut open {
                open.body = Some(body);
            }
        } else if let Some(item) = line.strip_prefix("- ") {
            entries.extend(open.take().and_then(Open::close));
            entries.extend(list_item(item, &mut altered));
        } else if line.starts_with('#') {
            entries.extend(open.take().and_then(Open::close));
        } else if let Some(statement) = statement() {
            entries.extend(open.take().and_then(Open::close));
            open = Some(Open { statement: statement.to_owned(), columns: None, body: None, expected: None });
        } else if let Some(open) = &mut open {
            if let Some((_, columns)) = line.split_once("decimals): ").filter(|_| line.starts_with("columns (")) {
                open.columns = Some(columns.split("; ").map(str::to_owned).collect());
            } else if let Some((code, text)) = line.strip_prefix("> ERROR ").and_then(|e| e.split_once(": ")) {
                // A backend that loses what it was given is not the FE's answer.
                let of_fake_backend = text.contains(" read tablet:");
                open.expected = (!of_fake_backend).then(|| Expected::error(code, text));
            } else if let Some(ok) = line.strip_prefix("> OK ") {
                let info = ok.split_once("info=").map_or("", |(_, i)| i).trim_matches(['\'', '"']);
                open.expected = Some(Expected::Ok { info: info.to_owned() });
            }
        }
    }
    entries.extend(open.and_then(Open::close));
    entries
}

/// List items that are remarks or hold what other recordings have too.
const REMARKS: [&str; 4] = ["first connection id seen", "set 1:", "set 2:", "then:"];

fn list_item(item: &str, altered: &mut usize) -> Option<Entry> {
    if REMARKS.iter().any(|remark| item.starts_with(remark)) {
        return None;
    }
    if item.starts_with("protocol 10") || item.starts_with("capabilities ") {
        return Some((item.to_owned(), Check::Greeting));
    }
    if let Some(login) = item.strip_prefix("login ") {
        let (who, answer) = login.split_once(": ").unwrap();
        let expected = match answer.strip_prefix("ERROR (").and_then(|e| e.strip_suffix(')')?.split_once(", ")) {
            Some((code, text)) => Expected::error(code, &text[1..text.len() - 1]),
            None => Expected::done(),
        };
        return Some((format!("login {who}"), Check::Login(expected)));
    }
    if let Some(table) = item.strip_prefix("**") {
        let (name, columns) = table.split_once(": ").filter(|(n, _)| n.ends_with("**")).unwrap_or_else(|| {
            let (name, rest) = table.split_once("** (").unwrap();
            (name, rest.split_once("): ").unwrap().1)
        });
        let name = name.trim_end_matches("**");
        let name = if name.contains('.') { name.to_owned() } else { format!("information_schema.{name}") };
        return Some((format!("DESC {name}"), Check::SystemTable(columns.split("; ").map(str::to_owned).collect())));
    }
    if item.ends_with(": accepted, same text again") {
        return Some((item.split(':').next()?.to_owned(), Check::RoundTrip));
    }
    if item.ends_with(": a view") {
        return None;
    }
    if let Some((name, setting)) = item.split_once(" = ").filter(|(n, _)| !n.contains('`')) {
        let (value, rest) = setting.rsplit_once(" (type ").unwrap();
        let (kind, rest) = rest.split_once(", mutable ").unwrap();
        let row = format!("{name}\t[]\t{value}\t{kind}\t{}\t", rest.split(')').next()?);
        let head = "Key\tAliasNames\tValue\tType\tIsMutable\tComment".to_owned();
        let expected = Expected::Rows { columns: None, body: Some(vec![head, row]) };
        return Some((format!("ADMIN SHOW FRONTEND CONFIG LIKE '{name}'"), Check::Answer(expected)));
    }
    let item = item.strip_prefix('`').unwrap_or_else(|| panic!("unknown item: {item}"));
    if let Some((statement, answer)) = item.split_once("` (").filter(|_| item.contains("): DatabaseError ")) {
        let (_, error) = answer.split_once("): DatabaseError ")?;
        let (code, text) = error.split_once(" (HY000): ")?;
        return Some((statement.to_owned(), Check::Prepare(Expected::error(code, text))));
    }
    if let Some((statement, _)) = item.rsplit_once("` (").filter(|_| item.contains("): columns [")) {
        return Some((statement.to_owned(), Check::Prepare(Expected::done())));
    }
    let (statement, answer) = item.split_once("`: ")?;
    let error = answer.strip_prefix("ERROR ").and_then(|e| e.split_once(": "));
    let expected = error.map_or_else(Expected::done, |(code, text)| Expected::error(code, text));
    if statement.split(' ').nth(2).is_some_and(|table| statement.starts_with("ALTER TABLE ") && !table.contains('.')) {
        let (states, columns) = match answer.split_once("; columns now: ") {
            Some((states, columns)) => (states.rsplit_once("end ")?.1.to_owned(), columns.to_owned()),
            None => Default::default(),
        };
        let number = *altered;
        *altered += 1;
        return Some((statement.to_owned(), Check::Altered { number, expected, states, columns }));
    }
    // What was loaded before is not the same, and queries gave no rows.
    let same_rows = !statement.starts_with("SELECT") && !statement.starts_with("SHOW LOAD");
    let expected = match answer.strip_prefix("OK (") {
        Some(_) if same_rows => Expected::Tuples(answer[3..].to_owned()),
        _ => expected,
    };
    Some((statement.to_owned(), Check::AnswerAsAlice(expected)))
}
