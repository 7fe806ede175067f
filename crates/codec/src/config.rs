// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a [`RowEncoder`](crate::RowEncoder) is made from.

use starrocks_types::{Error, ErrorKind, FlinkColumn, Result, StarRocksType};

use crate::changelog::UpdateBefore;

/// The longest separator that StarRocks takes, in bytes.
const MAX_SEPARATOR: usize = 50;

/// Schema, format and semantics of the rows to encode.
#[derive(Debug, Clone)]
pub struct EncoderConfig<'a> {
    /// The columns of the rows, in the order of the row's fields.
    pub columns: &'a [FlinkColumn],
    /// The StarRocks type of each column where it is known; empty when none is. It decides how text reaches a JSON column,
    /// whether BINARY is a number, and how nested values look in CSV.
    pub targets: &'a [Option<StarRocksType>],
    /// The format of the body.
    pub format: Format,
    /// Whether the StarRocks table has a primary key: each row then ends with `__op`, 0 for an upsert and 1 for a delete.
    pub upsert_delete: bool,
    /// What UPDATE_BEFORE rows mean where `upsert_delete` is set; elsewhere they are dropped.
    pub update_before: UpdateBefore,
    /// Positions of the columns that are the primary key, for [`UpdateBefore`] to compare.
    pub primary_key: &'a [usize],
    /// Whether DELETE rows are dropped.
    pub ignore_delete: bool,
    /// Columns, as many as `columns` or none, that the table does not take NULL for.
    pub not_null: &'a [bool],
    /// What becomes of a row with a value that its column does not take.
    pub on_invalid: OnInvalid,
    /// The zone in which TIMESTAMP_LTZ is written: an IANA name, `UTC`, or an offset such as `+08:00` or `GMT+8`.
    pub session_time_zone: &'a str,
}

impl<'a> EncoderConfig<'a> {
    /// Columns in a format, with unknown StarRocks types, no `__op`, all deletes, and UTC.
    pub fn new(columns: &'a [FlinkColumn], format: Format) -> Self {
        Self {
            columns,
            targets: &[],
            format,
            upsert_delete: false,
            update_before: UpdateBefore::Drop,
            primary_key: &[],
            ignore_delete: false,
            not_null: &[],
            on_invalid: OnInvalid::Server,
            session_time_zone: "UTC",
        }
    }
}

/// What becomes of a row with a value that its StarRocks column does not take: too long, out of range, NULL where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnInvalid {
    /// The server judges. It rejects the row or, with numbers out of range, stores NULL; only what cannot be written at all is an
    /// error.
    #[default]
    Server,
    /// An error.
    Fail,
    /// NULL is written instead; an error where the column takes none.
    Null,
    /// Text and binary data are cut to what the column takes; anything else is an error.
    Truncate,
    /// The row is not written, see [`RowEncoder::take_rejected`](crate::RowEncoder::take_rejected).
    Reject,
}

/// The format of a load body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Separated text, `\N` for NULL.
    Csv(CsvFormat),
    /// One array of objects.
    Json,
}

/// The separators of a CSV body, parsed as StarRocks parses its load headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFormat {
    pub(crate) column_separator: Vec<u8>,
    pub(crate) row_delimiter: Vec<u8>,
    pub(crate) enclose: Option<u8>,
    pub(crate) escape: Option<u8>,
}

impl Default for CsvFormat {
    /// Tab and newline, nothing enclosed.
    fn default() -> Self {
        Self { column_separator: vec![b'\t'], row_delimiter: vec![b'\n'], enclose: None, escape: None }
    }
}

impl CsvFormat {
    /// Parses the values of the load headers `column_separator`, `row_delimiter`, `enclose` and `escape`; `None` or an empty
    /// text is the server's default. Separators are literal or hexadecimal (`\x01`, `0x01`); of `enclose` and `escape` the server takes the first byte.
    pub fn parse(
        column_separator: Option<&str>,
        row_delimiter: Option<&str>,
        enclose: Option<&str>,
        escape: Option<&str>,
    ) -> Result<Self> {
        let format = Self {
            column_separator: separator("column_separator", column_separator)?.unwrap_or_else(|| b"\t".to_vec()),
            row_delimiter: separator("row_delimiter", row_delimiter)?.unwrap_or_else(|| b"\n".to_vec()),
            enclose: quote("enclose", enclose)?,
            escape: quote("escape", escape)?,
        };
        format.check()?;
        Ok(format)
    }

    /// Like [`CsvFormat::parse`], but a separator that is not given is a control character that texts hardly ever hold, instead of
    /// the server's tab and newline. Whoever sends such rows has to tell the server, see [`CsvFormat::headers`].
    pub fn for_any_text(
        column_separator: Option<&str>,
        row_delimiter: Option<&str>,
        enclose: Option<&str>,
        escape: Option<&str>,
    ) -> Result<Self> {
        let unused = |candidates: [u8; 2], other: &[u8]| {
            let [first, second] = candidates;
            vec![if other.contains(&first) { second } else { first }]
        };
        let (column, row) =
            (separator("column_separator", column_separator)?, separator("row_delimiter", row_delimiter)?);
        let column_separator = column.unwrap_or_else(|| unused([1, 3], row.as_deref().unwrap_or_default()));
        let row_delimiter = row.unwrap_or_else(|| unused([2, 3], &column_separator));
        let format = Self {
            column_separator,
            row_delimiter,
            enclose: quote("enclose", enclose)?,
            escape: quote("escape", escape)?,
        };
        format.check()?;
        Ok(format)
    }

    /// The separators as the load headers `column_separator` and `row_delimiter`, in hexadecimal.
    pub fn headers(&self) -> [(&'static str, String); 2] {
        let hex = |bytes: &[u8]| bytes.iter().fold("\\x".to_owned(), |text, b| text + &format!("{b:02x}"));
        [("column_separator", hex(&self.column_separator)), ("row_delimiter", hex(&self.row_delimiter))]
    }

    fn check(&self) -> Result<()> {
        if self.column_separator.iter().any(|b| self.row_delimiter.contains(b)) {
            return Err(invalid("column_separator and row_delimiter must not share a byte"));
        }
        for (name, byte) in [("enclose", self.enclose), ("escape", self.escape)] {
            if byte.is_some_and(|b| self.column_separator.contains(&b) || self.row_delimiter.contains(&b)) {
                return Err(invalid(format!("{name} must not be part of a separator")));
            }
        }
        if self.enclose.is_some() && self.enclose == self.escape {
            return Err(invalid("enclose and escape must differ"));
        }
        Ok(())
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

fn separator(name: &'static str, text: Option<&str>) -> Result<Option<Vec<u8>>> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(None) };
    let hex = ["\\x", "\\X", "0x", "0X"].iter().find_map(|prefix| text.strip_prefix(prefix));
    let bytes = match hex {
        None => text.as_bytes().to_vec(),
        Some(digits) => hex_bytes(digits).ok_or_else(|| {
            invalid(format!(
                "cannot parse {name} {text:?}: expected an even number of hexadecimal digits after the prefix"
            ))
            .with("option", format!("sink.properties.{name}"))
        })?,
    };
    if hex.is_some() && !bytes.is_ascii() {
        // StarRocks turns such a byte into a different, two-byte character.
        return Err(invalid(format!("{name} {text:?} is not ASCII, which StarRocks does not read as a single byte"))
            .with("option", format!("sink.properties.{name}")));
    }
    if bytes.len() > MAX_SEPARATOR {
        return Err(invalid(format!("{name} has {} bytes, StarRocks takes at most {MAX_SEPARATOR}", bytes.len()))
            .with("option", format!("sink.properties.{name}")));
    }
    Ok(Some(bytes))
}

fn hex_bytes(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(digits.get(i..i + 2)?, 16).ok()).collect()
}

fn quote(name: &'static str, text: Option<&str>) -> Result<Option<u8>> {
    match text.and_then(|t| t.bytes().next()) {
        Some(byte) if !byte.is_ascii() || byte == 0 || byte.is_ascii_alphanumeric() => {
            Err(invalid(format!("{name} must be an ASCII character other than a letter or a digit"))
                .with("option", format!("sink.properties.{name}")))
        }
        byte => Ok(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(column: &str, row: &str) -> Result<CsvFormat> {
        CsvFormat::parse(Some(column), Some(row), None, None)
    }

    #[test]
    fn separators_are_literal_or_hexadecimal() {
        assert_eq!(CsvFormat::parse(None, Some(""), None, None).unwrap(), CsvFormat::default());
        let format = parse("\\x01", "0x0D0a").unwrap();
        assert_eq!((format.column_separator, format.row_delimiter), (vec![1], b"\r\n".to_vec()));
        assert_eq!(parse("||", "\n").unwrap().column_separator, b"||");
        assert_eq!(parse("\\0x2", "\n").unwrap().column_separator, b"\\0x2");
    }

    #[test]
    fn separators_for_any_text_are_control_characters_that_are_free() {
        let separators = |column, row| {
            let format = CsvFormat::for_any_text(column, row, None, None).unwrap();
            format.headers().map(|(_, text)| text).join(" ")
        };
        assert_eq!(separators(None, Some("")), r"\x01 \x02");
        assert_eq!(separators(Some(","), None), r"\x2c \x02");
        assert_eq!(separators(Some("\\x02"), None), r"\x02 \x03");
        assert_eq!(separators(None, Some("0x01")), r"\x03 \x01");
        assert_eq!(separators(Some("||"), Some("\n")), r"\x7c7c \x0a");
        assert!(CsvFormat::for_any_text(Some("a"), Some("ab"), None, None).is_err());
    }

    #[test]
    fn separators_that_cannot_work_are_refused() {
        for (column, row) in [("\\x", "\n"), ("\\x1", "\n"), ("0xzz", "\n"), ("\\x80", "\n"), ("a", "ab"), ("\n", "\n")]
        {
            assert_eq!(parse(column, row).unwrap_err().kind(), ErrorKind::InvalidConfig, "{column:?} {row:?}");
        }
        assert!(parse(&"x".repeat(51), "\n").is_err());
    }

    #[test]
    fn enclose_and_escape_take_the_first_byte_and_must_differ() {
        let format = CsvFormat::parse(None, None, Some("\"\""), Some("\\")).unwrap();
        assert_eq!((format.enclose, format.escape), (Some(b'"'), Some(b'\\')));
        assert!(CsvFormat::parse(None, None, Some("\""), Some("\"")).is_err());
        assert!(CsvFormat::parse(None, None, Some("\t"), None).is_err());
        assert!(CsvFormat::parse(None, None, Some("1"), None).is_err());
    }
}
