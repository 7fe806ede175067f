// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The frames of a batch.

use crate::sink::{Cause, cause};

/// Takes the next record of the batch, which has at least `fixed` bytes.
#[inline(always)]
pub(crate) fn next_row<'a>(rest: &mut &'a [u8], fixed: usize) -> Result<&'a [u8], Box<Cause>> {
    let Some((frame, tail)) = rest.split_first_chunk::<8>() else { return Err(broken_frame(rest.len(), fixed)) };
    let [a, b, c, d, ..] = *frame;
    let size = u32::from_le_bytes([a, b, c, d]) as usize;
    match tail.split_at_checked(size) {
        Some((row, after)) if size.is_multiple_of(8) && size >= fixed => {
            *rest = after;
            Ok(row)
        }
        _ => Err(broken_frame(size, fixed)),
    }
}

#[cold]
fn broken_frame(size: usize, fixed: usize) -> Box<Cause> {
    cause(format!(
        "a record of {size} bytes does not fit: a row takes a multiple of 8 bytes, at least {fixed}, and ends within the batch"
    ))
}
