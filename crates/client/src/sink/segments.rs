// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Batches that hold rows of several tables (`docs/design/row-batch.md`), and rows that wait for the end of their source
//! transaction.

use std::collections::BTreeMap;

use starrocks_types::{Error, ErrorKind, Result};

const HEADER_BYTES: usize = 16;
const NO_TABLE: u32 = u32::MAX;
const ENDS: u32 = 1 << 31;

/// Consecutive rows of one table and one source partition.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// Number of the table; without meaning if there are no rows.
    pub(super) table: usize,
    /// Whose source transaction the rows are part of; `None` if each row is for itself.
    pub(super) partition: Option<u32>,
    /// The source transaction of the partition ends with the last row.
    pub(super) ends: bool,
    pub(super) rows: u64,
    pub(super) bytes: &'a [u8],
}

/// The segments of a batch; an error ends them.
pub(super) fn segments(mut batch: &[u8]) -> impl Iterator<Item = Result<Segment<'_>>> {
    std::iter::from_fn(move || {
        if batch.is_empty() {
            return None;
        }
        let Some((segment, rest)) = split(batch) else {
            batch = &[];
            return Some(Err(Error::new(ErrorKind::InvalidRow, "a batch of several tables has a broken segment")));
        };
        batch = rest;
        Some(Ok(segment))
    })
}

fn split(batch: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    let (header, rest) = batch.split_first_chunk::<HEADER_BYTES>()?;
    let (words, _) = header.as_chunks::<4>();
    let [table, partition, rows, length] = words else { return None };
    let [table, partition, rows, length] = [table, partition, rows, length].map(|word| u32::from_le_bytes(*word));
    let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    let segment = Segment {
        table: usize::try_from(table).ok()?,
        // Negative numbers are none.
        partition: Some(partition).filter(|number| *number <= i32::MAX as u32),
        ends: rows & ENDS != 0,
        rows: u64::from(rows & !ENDS),
        bytes,
    };
    let has_rows = segment.rows > 0 && !bytes.is_empty() && table != NO_TABLE;
    let only_ends = segment.rows == 0 && bytes.is_empty() && segment.ends && segment.partition.is_some();
    (has_rows || only_ends).then_some((segment, rest))
}

/// Rows of source transactions that have not ended, by partition.
pub(super) struct Unfinished {
    limit: u64,
    bytes: u64,
    partitions: BTreeMap<u32, Vec<Kept>>,
}

/// Rows that wait for the end of their source transaction.
pub(super) struct Kept {
    pub(super) table: usize,
    pub(super) rows: u64,
    pub(super) bytes: Box<[u8]>,
}

impl Unfinished {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, bytes: 0, partitions: BTreeMap::new() }
    }

    /// Bytes of all rows that wait.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Keeps rows; an error when all that wait are more than the limit, or than `share`, since no load could make room for more.
    pub(super) fn keep(&mut self, partition: u32, segment: &Segment<'_>, share: u64) -> Result<()> {
        self.bytes += segment.bytes.len() as u64;
        if self.bytes > self.limit.min(share) {
            return Err(Error::new(ErrorKind::Exhausted, "the rows of source transactions that have not ended are too many")
                .with("bytes", self.bytes)
                .with("limit", self.limit.min(share))
                .with("partitions", self.names())
                .hint(
                    "mark the last row of each source transaction (isTransactionEnd), or raise \
                     sink.transaction.multi-table.buffer-size and sink.native-memory.max-bytes, of which this sink may use a quarter of its share",
                ));
        }
        self.partitions.entry(partition).or_default().push(Kept {
            table: segment.table,
            rows: segment.rows,
            bytes: segment.bytes.into(),
        });
        Ok(())
    }

    /// The rows that waited for the end of the partition's source transaction.
    pub(super) fn end(&mut self, partition: u32) -> Vec<Kept> {
        let kept = self.partitions.remove(&partition).unwrap_or_default();
        self.bytes -= kept.iter().map(|kept| kept.bytes.len() as u64).sum::<u64>();
        kept
    }

    pub(super) fn check_empty(&self) -> Result<()> {
        if self.partitions.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::InvalidRow, "a flush would tear apart a source transaction that has not ended")
            .with("partitions", self.names())
            .hint(
                "a checkpoint must not come between the rows of a source transaction: emit them all from one record, and mark the last one \
                 (isTransactionEnd)",
            ))
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.partitions.keys().take(10).map(u32::to_string).collect();
        names.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(table: u32, partition: i32, rows: u32, text: &str) -> Vec<u8> {
        let header = [table, partition as u32, rows, text.len() as u32].map(u32::to_le_bytes);
        [header.concat(), text.as_bytes().to_vec()].concat()
    }

    #[test]
    fn segments_are_read_one_after_the_other() {
        let batch =
            [segment(0, -1, 2, "a\nb\n"), segment(3, 7, 1 | ENDS, "c\n"), segment(NO_TABLE, 7, ENDS, "")].concat();
        let read: Vec<_> = segments(&batch).map(Result::unwrap).collect();
        assert_eq!(read[0], Segment { table: 0, partition: None, ends: false, rows: 2, bytes: b"a\nb\n" });
        assert_eq!(read[1], Segment { table: 3, partition: Some(7), ends: true, rows: 1, bytes: b"c\n" });
        assert!(read[2].ends && read[2].rows == 0 && read.len() == 3);
    }

    #[test]
    fn a_broken_segment_is_refused_and_ends_the_batch() {
        let good = segment(0, -1, 1, "a");
        for bad in [
            good[..HEADER_BYTES].to_vec(),
            vec![0; 15],
            segment(0, -1, 0, ""),
            segment(0, -1, ENDS, ""),
            segment(0, 1, 0, ""),
            segment(0, -1, 1, ""),
            segment(0, -1, 0, "a"),
            segment(NO_TABLE, -1, 1, "a"),
        ] {
            let batch = [good.clone(), bad, good.clone()].concat();
            let read: Vec<_> = segments(&batch).collect();
            assert!(read[0].is_ok() && read.iter().any(Result::is_err), "{batch:?}");
        }
    }

    #[test]
    fn rows_wait_for_the_end_of_their_own_partition_within_a_bound() {
        let mut unfinished = Unfinished::new(10);
        let keep = |unfinished: &mut Unfinished, partition, text: &str| {
            let batch = segment(1, partition, 1, text);
            let segment = segments(&batch).next().unwrap().unwrap();
            unfinished.keep(segment.partition.unwrap(), &segment, 100)
        };
        keep(&mut unfinished, 1, "aaaa").unwrap();
        keep(&mut unfinished, 2, "bbbb").unwrap();
        let error = unfinished.check_empty().unwrap_err().to_string();
        assert!(error.contains("partitions=1,2"), "{error}");
        assert_eq!(unfinished.end(1).len(), 1);
        assert_eq!(unfinished.end(1).len(), 0);
        assert_eq!(unfinished.bytes(), 4);
        assert_eq!(keep(&mut unfinished, 3, "ccccccc").unwrap_err().kind(), ErrorKind::Exhausted);
        unfinished.end(2);
        assert_eq!(unfinished.bytes(), 7);
    }
}
