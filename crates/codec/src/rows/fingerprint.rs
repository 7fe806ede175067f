// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What makes sure that rows which are read again are the rows that were read before.

use starrocks_types::{Error, ErrorKind, Result};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::record::next_row;

/// The fingerprint after the first `rows` rows of a row batch, where `before` is that of the rows before them and 0 that of no
/// rows at all. It is a hash of 64 bits, chained from row to row, so it does not depend on how rows are cut into batches.
///
/// Fails with [`ErrorKind::InvalidRow`] for a batch that has fewer rows or a broken frame.
pub fn fingerprint(before: u64, batch: &[u8], rows: usize) -> Result<u64> {
    let mut rest = batch;
    (0..rows).try_fold(before, |hash, number| {
        let row = next_row(&mut rest, 8)
            .map_err(|cause| Error::new(ErrorKind::InvalidRow, cause.text).with("row", number))?;
        Ok(xxh3_64_with_seed(row, hash))
    })
}
