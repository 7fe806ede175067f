// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What makes sure that rows which are read again are the rows that were read before.

use starrocks_types::{Error, ErrorKind, Result};
use xxhash_rust::xxh3::xxh3_64;

use crate::record::next_row;

/// What a fingerprint is multiplied by before the next row is added: a prime, which has both many bits set and many not.
const STEP: u64 = 0x9e37_79b1_85eb_ca87;

/// The fingerprint after the first `rows` rows of a row batch, where `before` is that of the rows before them and 0 that of no
/// rows at all: a polynomial over the hashes of the rows, so it tells their order, does not depend on how they are cut into
/// batches, and a row's hash does not wait for that of the row before.
///
/// Fails with [`ErrorKind::InvalidRow`] for a batch that has fewer rows or a broken frame.
pub fn fingerprint(before: u64, batch: &[u8], rows: usize) -> Result<u64> {
    let mut rest = batch;
    (0..rows).try_fold(before, |fingerprint, number| {
        let row = next_row(&mut rest, 8)
            .map_err(|cause| Error::new(ErrorKind::InvalidRow, cause.text).with("row", number))?;
        Ok(fingerprint.wrapping_mul(STEP).wrapping_add(xxh3_64(row)))
    })
}
