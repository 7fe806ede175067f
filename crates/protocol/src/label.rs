// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Labels: the server's grammar, and the labels that the connector gives to its transactions.
//!
//! A label is `<prefix>-<table>-<subtask>-<checkpoint>-<epoch>-<n>`:
//!
//! * `prefix`: the user's `sink.label-prefix`, else `flink`;
//! * `table`: the table name with characters outside the grammar replaced by `_`; a name that was changed or cut ends in a hash of the original;
//! * `subtask`: index of the writing subtask;
//! * `checkpoint`: the last checkpoint before the transaction began, 0 for none: a transaction with a checkpoint at or
//!   above the one a job was restored from is in nobody's state and may be aborted;
//! * `epoch`: attempt number and 32 random bits of this writer, so that a restart, with or without state, never meets an old label;
//! * `n`: a counter.
//!
//! Labels are unique in a database, so equal table names in two databases cannot collide.

use starrocks_types::{Error, ErrorKind, Result};

/// The longest label the server takes.
pub const MAX_LABEL_LEN: usize = 128;

/// The longest prefix: leaves room for a recognisable table name and the counters.
pub const MAX_PREFIX_LEN: usize = 60;

/// Room for prefix and table together; the remaining 52 bytes hold subtask, checkpoint, epoch, counter and dashes.
const MAX_STEM_LEN: usize = 76;

/// Checks a label against the server's grammar: 1 to 128 of letters, digits, `-` and `_`.
pub fn check_label(label: &str) -> Result<()> {
    if !label.is_empty() && label.len() <= MAX_LABEL_LEN && label.bytes().all(is_label_byte) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidConfig,
        format!("a label is 1 to {MAX_LABEL_LEN} characters of A-Z, a-z, 0-9, '-' and '_'"),
    )
    .with("label", label.escape_debug()))
}

/// Checks a label prefix: label characters, at most [`MAX_PREFIX_LEN`] of them.
pub fn check_prefix(prefix: &str) -> Result<()> {
    if !prefix.is_empty() && prefix.len() <= MAX_PREFIX_LEN && prefix.bytes().all(is_label_byte) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidConfig,
        format!("a label prefix is 1 to {MAX_PREFIX_LEN} characters of A-Z, a-z, 0-9, '-' and '_'"),
    )
    .with("prefix", prefix.escape_debug())
    .hint("change sink.label-prefix"))
}

fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// The epoch part of a label: attempt number and random bits drawn once per writer.
pub fn fresh_epoch(attempt: u32, random: u32) -> String {
    format!("{attempt}r{random:08x}")
}

/// Makes the labels of one writer for one table.
#[derive(Debug, Clone)]
pub struct LabelGenerator {
    stem: String,
    epoch: String,
    next: u64,
}

impl LabelGenerator {
    /// Labels for `table` written by `subtask`; `epoch` comes from [`fresh_epoch`].
    pub fn new(prefix: &str, table: &str, subtask: u32, epoch: &str) -> Result<Self> {
        check_prefix(prefix)?;
        check_label(epoch)?;
        Ok(Self { stem: format!("{}{subtask}", stem(prefix, table)), epoch: epoch.to_owned(), next: 1 })
    }

    /// The next label; `checkpoint` is the last checkpoint before now.
    pub fn next_label(&mut self, checkpoint: u64) -> String {
        let label = format!("{}-{checkpoint}-{}-{}", self.stem, self.epoch, self.next);
        self.next += 1;
        label
    }
}

/// `<prefix>-<table>-`, cut so that the whole label fits.
fn stem(prefix: &str, table: &str) -> String {
    let room = MAX_STEM_LEN - prefix.len().min(MAX_PREFIX_LEN);
    let mut name: String =
        table.chars().map(|c| if c.is_ascii() && is_label_byte(c as u8) { c } else { '_' }).collect();
    if name != table || name.len() > room {
        let hash = table.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
        name.truncate(room - 9);
        name.push_str(&format!("_{hash:08x}"));
    }
    format!("{prefix}-{name}-")
}

/// The counters of a label that [`LabelGenerator`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelParts {
    /// The writing subtask.
    pub subtask: u32,
    /// The last checkpoint before the transaction began.
    pub checkpoint: u64,
    /// Attempt and random bits.
    pub epoch: String,
    /// The counter.
    pub n: u64,
}

/// Takes a label apart if it was made for this prefix and table; `None` for any other label.
pub fn parse_label(label: &str, prefix: &str, table: &str) -> Option<LabelParts> {
    let mut parts = label.strip_prefix(&stem(prefix, table))?.split('-');
    let parsed = LabelParts {
        subtask: parts.next()?.parse().ok()?,
        checkpoint: parts.next()?.parse().ok()?,
        epoch: parts.next().filter(|e| !e.is_empty())?.to_owned(),
        n: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(parsed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_label_says_where_it_came_from() {
        let mut labels = LabelGenerator::new("job", "orders", 3, &fresh_epoch(2, 0xabc)).unwrap();
        assert_eq!(labels.next_label(17), "job-orders-3-17-2r00000abc-1");
        assert_eq!(labels.next_label(17), "job-orders-3-17-2r00000abc-2");
        let parts = parse_label("job-orders-3-17-2r00000abc-2", "job", "orders").unwrap();
        assert_eq!(parts, LabelParts { subtask: 3, checkpoint: 17, epoch: "2r00000abc".into(), n: 2 });
    }

    #[test]
    fn labels_of_others_are_not_taken_for_ours() {
        for label in
            ["job-orders-3-17-e", "job-orders_2-3-17-e-1", "other-orders-3-17-e-1", "job-orders-3-17-e-1-1", "x"]
        {
            assert_eq!(parse_label(label, "job", "orders"), None, "{label}");
        }
    }

    #[test]
    fn the_grammar_is_the_servers() {
        check_label(&"a".repeat(128)).unwrap();
        for bad in ["", "bad label!", "ä", &"a".repeat(129)] {
            assert_eq!(check_label(bad).unwrap_err().kind(), ErrorKind::InvalidConfig);
        }
        assert_eq!(check_prefix(&"p".repeat(61)).unwrap_err().kind(), ErrorKind::InvalidConfig);
    }

    proptest! {
        #[test]
        fn every_label_is_valid_and_comes_apart(prefix in "[-_A-Za-z0-9]{1,60}", table in ".{1,200}", subtask in 0_u32..100_000, attempt in 0_u32..1_000_000, random: u32, checkpoint in 0_u64..10_000_000_000) {
            let mut labels = LabelGenerator::new(&prefix, &table, subtask, &fresh_epoch(attempt, random)).unwrap();
            let label = labels.next_label(checkpoint);
            prop_assert!(check_label(&label).is_ok(), "{}", label);
            let parts = parse_label(&label, &prefix, &table).unwrap();
            prop_assert_eq!((parts.subtask, parts.checkpoint, parts.n), (subtask, checkpoint, 1));
        }

        #[test]
        fn tables_that_look_alike_after_cleaning_get_different_labels(a in "[ab.]{1,6}", b in "[ab.]{1,6}") {
            prop_assume!(a != b);
            let label = |t: &str| LabelGenerator::new("p", t, 0, "e").unwrap().next_label(0);
            prop_assert_ne!(label(&a), label(&b));
        }
    }
}
