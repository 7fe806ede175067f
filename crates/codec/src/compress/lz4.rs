// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! LZ4 frames, in the [frame format](https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md).

use lz4_flex::block::{compress_into, get_maximum_output_size};

use super::keyed::{Keyed, MAX_BLOCK};
use crate::config::Format;

/// Magic number; version 1 with independent blocks and without checksums; blocks of at most 256 KiB; checksum of these two. In blocks
/// of 256 KiB `lineitem` rows get nearly as small as in those of 1 MiB, and they stay within the L2 cache.
const HEAD: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x50, 0xfb];
const END: [u8; 4] = [0; 4];
/// The mark of a block that is not compressed.
const PLAIN: u32 = 1 << 31;

/// Compresses parts of load bodies that do not depend on each other, so that several threads can work on one body. Put in order,
/// with a first and a last part, they are one LZ4 frame.
pub struct Lz4Parts(Blocks);

enum Blocks {
    Json(Keyed),
    Other(Vec<u8>),
}

impl Lz4Parts {
    /// What can make any part of a body of rows.
    pub fn new(format: &Format) -> Self {
        Self(match format {
            Format::Json => Blocks::Json(Keyed::new()),
            Format::Csv(_) => Blocks::Other(vec![0; get_maximum_output_size(MAX_BLOCK)]),
        })
    }

    /// A part of the `pieces`, one after the other; `first` and `last` say where in the body it is.
    pub fn part(&mut self, pieces: &[&[u8]], first: bool, last: bool) -> Vec<u8> {
        let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
        let mut part = Vec::with_capacity(bytes / 2 + HEAD.len() + END.len());
        if first {
            part.extend_from_slice(&HEAD);
        }
        for block in pieces.iter().flat_map(|piece| piece.chunks(MAX_BLOCK)) {
            let packed = self.0.compress(block);
            // Both lengths are below 2^31.
            let (mark, bytes) = if packed.len() < block.len() { (0, packed) } else { (PLAIN, block) };
            part.extend_from_slice(&(bytes.len() as u32 | mark).to_le_bytes());
            part.extend_from_slice(bytes);
        }
        if last {
            part.extend_from_slice(&END);
        }
        part
    }
}

impl Blocks {
    fn compress<'a>(&'a mut self, block: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Json(keyed) => keyed.compress(block),
            // It fails for want of room only, and then the block stays as it is.
            Self::Other(out) => match compress_into(block, out) {
                Ok(length) => out.get(..length).unwrap_or_default(),
                Err(_) => block,
            },
        }
    }
}

impl std::fmt::Debug for Lz4Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lz4Parts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::config::CsvFormat;

    fn formats() -> [Format; 2] {
        [Format::Json, Format::Csv(CsvFormat::default())]
    }

    #[test]
    fn parts_in_order_are_one_frame_whoever_made_them() {
        let block: Vec<u8> = (0..300_000u32).flat_map(|i| (i / 3 * 7).to_le_bytes()).collect();
        for format in formats() {
            let mut workers = [Lz4Parts::new(&format), Lz4Parts::new(&format)];
            for (blocks, end) in [(0usize, &b""[..]), (0, b"]"), (1, b"]"), (4, b"]"), (4, b"")] {
                let mut body = Vec::new();
                for i in 0..blocks {
                    let parts = workers.get_mut(i % 2).unwrap();
                    body.extend(parts.part(&[if i == 0 { b"[" } else { b"," }, &block], i == 0, false));
                }
                body.extend(workers[blocks % 2].part(&[end], blocks == 0, true));
                let rows = (0..blocks).flat_map(|i| [if i == 0 { b"[" } else { b"," }, &block[..]]).flatten();
                let expected: Vec<u8> = rows.chain(end).copied().collect();
                let mut plain = Vec::new();
                lz4_flex::frame::FrameDecoder::new(&body[..]).read_to_end(&mut plain).unwrap();
                assert!(plain == expected, "{format:?}: {blocks} blocks");
                assert!(blocks == 0 || body.len() < expected.len(), "{format:?}: {} bytes", body.len());
            }
        }
    }

    #[test]
    fn frames_begin_as_those_of_other_encoders() {
        use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
        let info = FrameInfo::new().block_size(BlockSize::Max256KB).block_mode(BlockMode::Independent);
        let mut other = FrameEncoder::with_frame_info(info, Vec::new());
        std::io::Write::write_all(&mut other, b"").unwrap();
        let other = other.finish().unwrap();
        for format in formats() {
            assert_eq!(Lz4Parts::new(&format).part(&[], true, true), other);
        }
    }
}
