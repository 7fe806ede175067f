// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The bodies that a sink builds: one, or one for each table of its transactions.

use starrocks_load::FlushReason;
use starrocks_types::{Error, ErrorKind, Result};

use super::budget::Share;
use super::buffer::{Added, Buffer};
use super::packing::Sealed;
use super::segments::{Segment, Unfinished};
use super::settings::Full;

/// The part of the sink's memory that bodies of many tables may have while none of them is full.
const OF_SHARE: u64 = 4;

/// The bodies that are being built, by the numbers of their tables.
pub(super) struct Bodies {
    tables: Vec<Buffer>,
    unfinished: Unfinished,
}

impl Bodies {
    /// With table 0; `buffer_bytes` bounds what waits for the end of source transactions.
    pub(super) fn new(first: Buffer, buffer_bytes: u64) -> Self {
        Self { tables: vec![first], unfinished: Unfinished::new(buffer_bytes) }
    }

    /// Adds a table; its number is the next one.
    pub(super) fn add(&mut self, buffer: Buffer) {
        self.tables.push(buffer);
        let count = self.tables.len();
        for table in &mut self.tables {
            table.share_blocks(count);
        }
    }

    /// The body of a table.
    pub(super) fn table(&mut self, number: usize) -> Result<&mut Buffer> {
        self.tables.get_mut(number).ok_or_else(|| {
            Error::new(ErrorKind::InvalidRow, "rows for a table that nobody added").with("number", number)
        })
    }

    /// Appends a segment, or keeps it until its source transaction ends.
    pub(super) fn append(&mut self, segment: Segment<'_>, share: &Share) -> Result<Added> {
        let mut added = Added::default();
        let Some(partition) = segment.partition else {
            added.add(self.table(segment.table)?.write_raw(segment.bytes, segment.rows)?);
            return Ok(added);
        };
        if !segment.ends {
            self.table(segment.table)?;
            self.unfinished.keep(partition, &segment, share.limit() / OF_SHARE)?;
            return Ok(added);
        }
        for kept in self.unfinished.end(partition) {
            added.add(self.table(kept.table)?.write_raw(&kept.bytes, kept.rows)?);
        }
        if segment.rows > 0 {
            added.add(self.table(segment.table)?.write_raw(segment.bytes, segment.rows)?);
        }
        Ok(added)
    }

    /// An error if a flush now would tear a source transaction apart.
    pub(super) fn check_finished(&self) -> Result<()> {
        self.unfinished.check_empty()
    }

    /// Bytes held in memory.
    pub(super) fn held(&self) -> u64 {
        self.tables.iter().map(Buffer::held).sum::<u64>() + self.unfinished.bytes()
    }

    /// Whether there is no row that a load could take.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.iter().all(Buffer::is_empty)
    }

    /// Moves full blocks into their bodies, and seals bodies that are full.
    pub(super) fn seal_full(&mut self, full: Full, share: &Share) -> Vec<(Sealed, FlushReason)> {
        let mut sealed = Vec::new();
        for (number, table) in self.tables.iter_mut().enumerate() {
            table.settle();
            if let Some(reason) = full.reached(table, share) {
                sealed.extend(seal(number, table).map(|sealed| (sealed, reason)));
            }
        }
        // Many tables that are far from full each may hold too much together.
        while self.tables.len() > 1 && self.tables.iter().map(Buffer::held).sum::<u64>() >= share.limit() / OF_SHARE {
            let largest = self.tables.iter_mut().enumerate().max_by_key(|(_, table)| table.held());
            let Some(body) = largest.and_then(|(number, table)| seal(number, table)) else { break };
            sealed.push((body, FlushReason::Memory));
        }
        sealed
    }

    /// Seals every body that has rows.
    pub(super) fn seal_all(&mut self, reason: FlushReason) -> Vec<(Sealed, FlushReason)> {
        let sealed = self.tables.iter_mut().enumerate().filter_map(|(number, table)| seal(number, table));
        sealed.map(|sealed| (sealed, reason)).collect()
    }
}

fn seal(number: usize, table: &mut Buffer) -> Option<Sealed> {
    let mut sealed = table.seal()?;
    sealed.table = number;
    Some(sealed)
}
