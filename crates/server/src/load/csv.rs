// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! CSV bodies, split as they arrive.

use memchr::{memchr, memmem, memrchr};

use super::options::CsvOptions;

/// Takes the rows of a body.
pub(crate) trait CsvRows {
    /// One row, `raw` without its delimiter, its fields split.
    fn row(&mut self, raw: &[u8], fields: &[Field<'_>]);
}

/// One field of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// The bytes, without enclosing characters and escapes.
    pub(crate) bytes: &'a [u8],
    /// Whether the bytes stood in enclosing characters, so that `\N` is no NULL.
    pub(crate) enclosed: bool,
}

/// Splits a body into rows and fields. Feed it chunks of any size.
pub(crate) struct CsvSplitter {
    options: CsvOptions,
    /// The incomplete row at the end of the last chunk.
    rest: Vec<u8>,
    skip: usize,
}

impl CsvSplitter {
    pub(crate) fn new(options: CsvOptions) -> Self {
        let skip = options.skip_header;
        Self { options, rest: Vec::new(), skip }
    }

    /// Hands the rows that are complete with `chunk` to `rows`.
    pub(crate) fn feed(&mut self, chunk: &[u8], rows: &mut dyn CsvRows) {
        if self.is_plain() && !self.rest.is_empty() {
            // Complete the started row alone, so that only it is copied.
            let delimiter = self.options.row_delimiter.first().copied().unwrap_or(b'\n');
            let Some(end) = memchr(delimiter, chunk) else {
                self.rest.extend_from_slice(chunk);
                return;
            };
            let mut row = std::mem::take(&mut self.rest);
            row.extend_from_slice(chunk.get(..=end).unwrap_or_default());
            self.split(&row, rows);
            row.clear();
            self.rest = row;
            let tail = chunk.get(end + 1..).unwrap_or_default();
            return self.feed_complete(tail, rows);
        }
        if self.rest.is_empty() {
            self.feed_complete(chunk, rows);
        } else {
            let mut body = std::mem::take(&mut self.rest);
            body.extend_from_slice(chunk);
            self.feed_complete(&body, rows);
        }
    }

    /// Takes the last row if the body does not end with a delimiter.
    pub(crate) fn finish(&mut self, rows: &mut dyn CsvRows) {
        let mut last = std::mem::take(&mut self.rest);
        if !last.is_empty() {
            let length = last.len();
            last.extend_from_slice(&self.options.row_delimiter);
            if self.split(&last, rows) == 0 {
                // An enclosing mark that is never closed or a last escape: no row, but not nothing either.
                rows.row(last.get(..length).unwrap_or_default(), &[]);
            }
        }
    }

    /// Bytes of the row that is not complete yet.
    pub(crate) fn pending(&self) -> usize {
        self.rest.len()
    }

    fn feed_complete(&mut self, body: &[u8], rows: &mut dyn CsvRows) {
        let used = if self.options.enclose.is_some() || self.options.escape.is_some() {
            // Only splitting tells whether a delimiter is part of a field.
            self.split(body, rows)
        } else {
            let end = match self.options.row_delimiter.as_slice() {
                [byte] => memrchr(*byte, body).map(|at| at + 1),
                delimiter => memmem::rfind(body, delimiter).map(|at| at + delimiter.len()),
            };
            let end = end.unwrap_or(0);
            self.split(body.get(..end).unwrap_or_default(), rows);
            end
        };
        self.rest.extend_from_slice(body.get(used..).unwrap_or_default());
    }

    /// Splits complete rows and returns the bytes used.
    fn split(&mut self, body: &[u8], rows: &mut dyn CsvRows) -> usize {
        if self.options.enclose.is_some() || self.options.escape.is_some() {
            return self.split_enclosed(body, rows);
        }
        let mut fields = Vec::new();
        let row_finder = memmem::Finder::new(&self.options.row_delimiter);
        let column_finder = memmem::Finder::new(&self.options.column_separator);
        let (row_length, column_length) = (self.options.row_delimiter.len(), self.options.column_separator.len());
        let single = match (self.options.row_delimiter.as_slice(), self.options.column_separator.as_slice()) {
            ([row], [column]) => Some((*row, *column)),
            _ => None,
        };
        let mut used = 0;
        while let Some(tail) = body.get(used..).filter(|t| !t.is_empty()) {
            let end = match single {
                Some((row, _)) => memchr(row, tail),
                None => row_finder.find(tail),
            };
            let Some((raw, _)) = end.and_then(|end| tail.split_at_checked(end)) else { break };
            used += raw.len() + row_length;
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            if raw.is_empty() {
                continue;
            }
            fields.clear();
            let mut from = 0;
            loop {
                let rest = raw.get(from..).unwrap_or_default();
                let at = match single {
                    Some((_, column)) => memchr(column, rest),
                    None => column_finder.find(rest),
                };
                let bytes = at.and_then(|at| rest.get(..at)).unwrap_or(rest);
                let trimmed = if self.options.trim_space { bytes.trim_ascii() } else { bytes };
                fields.push(Field { bytes: trimmed, enclosed: false });
                match at {
                    Some(at) => from += at + column_length,
                    None => break,
                }
            }
            rows.row(raw, &fields);
        }
        used
    }

    /// The slow path: enclosing and escape characters hide separators.
    fn split_enclosed(&mut self, body: &[u8], rows: &mut dyn CsvRows) -> usize {
        let mut used = 0;
        let mut text = Vec::new();
        let mut bounds: Vec<(usize, usize, bool)> = Vec::new();
        while used < body.len() {
            let start = used;
            text.clear();
            bounds.clear();
            let Some(end) = self.enclosed_row(body, start, &mut text, &mut bounds) else { break };
            used = end + self.options.row_delimiter.len();
            let raw = body.get(start..end).unwrap_or_default();
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            if raw.is_empty() {
                continue;
            }
            let fields: Vec<Field<'_>> = bounds
                .iter()
                .map(|&(from, to, enclosed)| {
                    let bytes = text.get(from..to).unwrap_or_default();
                    let trim = self.options.trim_space && !enclosed;
                    Field { bytes: if trim { bytes.trim_ascii() } else { bytes }, enclosed }
                })
                .collect();
            rows.row(raw, &fields);
        }
        used
    }

    /// Unescapes one row into `text` and returns where its delimiter is, if it is there.
    fn enclosed_row(
        &self,
        body: &[u8],
        start: usize,
        text: &mut Vec<u8>,
        bounds: &mut Vec<(usize, usize, bool)>,
    ) -> Option<usize> {
        let (mut at, mut from, mut enclosed, mut inside) = (start, 0, false, false);
        let mut fresh = true;
        loop {
            let rest = body.get(at..)?;
            let byte = *rest.first()?;
            if Some(byte) == self.options.escape && Some(byte) != self.options.enclose {
                // `\N` is NULL even where the backslash escapes.
                let next = *rest.get(1)?;
                if fresh && !inside && next == b'N' {
                    text.push(byte);
                }
                text.push(next);
                at += 2;
                fresh = false;
                continue;
            }
            if Some(byte) == self.options.enclose {
                if inside {
                    if rest.get(1).copied() == Some(byte) {
                        text.push(byte);
                        at += 2;
                    } else {
                        inside = false;
                        at += 1;
                    }
                    continue;
                }
                let blank = self.options.trim_space && text.get(from..).unwrap_or_default().trim_ascii().is_empty();
                if fresh || blank {
                    text.truncate(from);
                    inside = true;
                    enclosed = true;
                    fresh = false;
                    at += 1;
                    continue;
                }
            }
            if !inside && rest.starts_with(&self.options.row_delimiter) {
                bounds.push((from, text.len(), enclosed));
                return Some(at);
            }
            if !inside && rest.starts_with(&self.options.column_separator) {
                bounds.push((from, text.len(), enclosed));
                at += self.options.column_separator.len();
                (from, enclosed, fresh) = (text.len(), false, true);
                continue;
            }
            // Between a closing character and the separator only blanks make sense; they are dropped.
            if !(enclosed && !inside && byte == b' ') {
                text.push(byte);
            }
            fresh = false;
            at += 1;
        }
    }

    fn is_plain(&self) -> bool {
        self.options.enclose.is_none() && self.options.escape.is_none() && self.options.row_delimiter.len() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<Vec<String>>);

    impl CsvRows for Seen {
        fn row(&mut self, _: &[u8], fields: &[Field<'_>]) {
            let text = |f: &Field<'_>| {
                let mark = if f.enclosed { "!" } else { "" };
                format!("{mark}{}", String::from_utf8_lossy(f.bytes))
            };
            self.0.push(fields.iter().map(text).collect());
        }
    }

    fn options(separator: &[u8], delimiter: &[u8]) -> CsvOptions {
        CsvOptions {
            column_separator: separator.to_vec(),
            row_delimiter: delimiter.to_vec(),
            skip_header: 0,
            trim_space: false,
            enclose: None,
            escape: None,
        }
    }

    /// Whatever the size of the chunks, the rows are the same.
    fn split(options: &CsvOptions, body: &str) -> Vec<Vec<String>> {
        let run = |size: usize| {
            let mut splitter = CsvSplitter::new(options.clone());
            let mut seen = Seen::default();
            for chunk in body.as_bytes().chunks(size) {
                splitter.feed(chunk, &mut seen);
            }
            splitter.finish(&mut seen);
            seen.0
        };
        let whole = run(body.len().max(1));
        for size in 1..body.len() {
            assert_eq!(run(size), whole, "chunks of {size}");
        }
        whole
    }

    #[test]
    fn plain_rows_are_split_whatever_the_chunks() {
        let rows = split(&options(b",", b"\n"), "1,a,\n\n2,,x\n3");
        assert_eq!(rows, [vec!["1", "a", ""], vec!["2", "", "x"], vec!["3"]]);
    }

    #[test]
    fn separators_may_have_many_bytes() {
        let rows = split(&options(b"||", b"\r\n"), "1||a|b||\r\n2\r\n");
        assert_eq!(rows, [vec!["1", "a|b", ""], vec!["2"]]);
    }

    #[test]
    fn headers_are_skipped_and_blanks_trimmed() {
        let options = CsvOptions { skip_header: 1, trim_space: true, ..options(b",", b"\n") };
        assert_eq!(split(&options, "id, name\n 1 , a b \n"), [vec!["1", "a b"]]);
    }

    #[test]
    fn enclosed_fields_hold_separators_and_doubled_marks() {
        let options = CsvOptions { enclose: Some(b'"'), ..options(b",", b"\n") };
        let rows = split(&options, "1,\"a,\n\"\"b\"\"\",\"\"\n2,x\"y,\"\\N\"\n");
        assert_eq!(rows, [vec!["1", "!a,\n\"b\"", "!"], vec!["2", "x\"y", "!\\N"]]);
    }

    #[test]
    fn escapes_hide_special_bytes() {
        let options = CsvOptions { escape: Some(b'\\'), ..options(b",", b"\n") };
        assert_eq!(split(&options, "a\\,b,c\\\nd,\\N\n"), [vec!["a,b", "c\nd", "\\N"]]);
    }
}
