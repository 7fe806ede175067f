// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The benchmark's sink hole: a body's framing is checked and its bytes are counted, at about the cost of reading them.

use super::body::refusal;
use super::options::{Compression, Format, LoadOptions};
use crate::txn::LoadCounters;

/// Takes a body piece by piece and keeps nothing of it.
pub(crate) struct Hole {
    frames: Frames,
    /// The byte that ends a row, where rows can be counted without parsing.
    row_end: Option<u8>,
    rows: u64,
    last: Option<u8>,
}

impl Hole {
    pub(crate) fn new(options: &LoadOptions) -> Self {
        let row_end = match (&options.format, options.compression) {
            (Format::Csv(csv), Compression::None) => match csv.row_delimiter.as_slice() {
                [byte] => Some(*byte),
                _ => None,
            },
            _ => None,
        };
        Self { frames: Frames::new(options.compression), row_end, rows: 0, last: None }
    }

    /// Looks at the next piece of the body.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), String> {
        if let Some(end) = self.row_end {
            self.rows += memchr::memchr_iter(end, bytes).count() as u64;
            self.last = bytes.last().copied().or(self.last);
        }
        self.frames.feed(bytes)
    }

    /// The body has ended.
    pub(crate) fn finish(self) -> Result<LoadCounters, String> {
        self.frames.finish()?;
        let unended = self.last.is_some() && self.last != self.row_end;
        let rows = self.rows + u64::from(unended);
        Ok(LoadCounters { total: rows, loaded: rows, ..LoadCounters::default() })
    }
}

enum Frames {
    Unchecked,
    Refused(u8),
    /// Only the first bytes are looked at.
    Start {
        name: &'static str,
        magic: &'static [u8],
        seen: usize,
    },
    Lz4(Lz4Walk),
}

impl Frames {
    fn new(compression: Compression) -> Self {
        let start = |name, magic: &'static [u8]| Self::Start { name, magic, seen: 0 };
        match compression {
            // Raw deflate has no frame.
            Compression::None | Compression::Deflate => Self::Unchecked,
            Compression::Refused(number) => Self::Refused(number),
            Compression::Bzip2 => start("bzip2", b"BZh"),
            Compression::Gzip => start("gzip", &[0x1f, 0x8b]),
            Compression::Zstd => start("zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
            Compression::Lz4Frame => Self::Lz4(Lz4Walk::new()),
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), String> {
        match self {
            Self::Unchecked => Ok(()),
            Self::Refused(number) => Err(refusal(*number)),
            Self::Start { name, magic, seen } => {
                let expected = magic.get(*seen..).unwrap_or_default();
                let count = expected.len().min(bytes.len());
                if expected.get(..count) != bytes.get(..count) {
                    return Err(format!("the body does not begin as {name} does"));
                }
                *seen += count;
                Ok(())
            }
            Self::Lz4(walk) => walk.feed(bytes),
        }
    }

    fn finish(&self) -> Result<(), String> {
        match self {
            Self::Refused(number) => Err(refusal(*number)),
            Self::Start { name, magic, seen } if *seen > 0 && *seen < magic.len() => {
                Err(format!("the body ends within the start of {name}"))
            }
            Self::Lz4(walk) if !walk.between_frames() => Err("the body ends within an LZ4 frame".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Walks from block header to block header of LZ4 frames, over any number of pieces.
struct Lz4Walk {
    field: [u8; 4],
    have: usize,
    skip: u64,
    part: Part,
}

/// The field that comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Magic,
    /// The two bytes that describe the frame.
    Descriptor,
    BlockSize(Lz4Frame),
    /// The size of a frame for others, which readers pass over.
    SkippableSize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Lz4Frame {
    max_block: u32,
    block_checksum: u8,
    content_checksum: u8,
}

impl Lz4Walk {
    const MAGIC: u32 = 0x184d_2204;
    const SKIPPABLE: u32 = 0x184d_2a50;
    /// The bit of a block's size that tells that the block is not compressed.
    const UNCOMPRESSED: u32 = 1 << 31;

    fn new() -> Self {
        Self { field: [0; 4], have: 0, skip: 0, part: Part::Magic }
    }

    fn between_frames(&self) -> bool {
        self.part == Part::Magic && self.have == 0 && self.skip == 0
    }

    fn feed(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len() as u64);
            self.skip -= skipped;
            bytes = bytes.get(skipped as usize..).unwrap_or_default();
            let width = if self.part == Part::Descriptor { 2 } else { 4 };
            while self.have < width
                && let Some((first, rest)) = bytes.split_first()
            {
                if let Some(slot) = self.field.get_mut(self.have) {
                    *slot = *first;
                }
                self.have += 1;
                bytes = rest;
            }
            if self.have == width {
                self.have = 0;
                self.step()?;
            }
        }
        Ok(())
    }

    /// A field is complete.
    fn step(&mut self) -> Result<(), String> {
        let value = u32::from_le_bytes(self.field);
        self.part = match self.part {
            Part::Magic if value == Self::MAGIC => Part::Descriptor,
            Part::Magic if value & !0xf == Self::SKIPPABLE => Part::SkippableSize,
            Part::Magic => return Err(format!("the body holds {value:#010x} where an LZ4 frame must begin")),
            Part::Descriptor => {
                let [flags, block, ..] = self.field;
                let flag = |bit: u8| (flags >> bit) & 1;
                let max_block = match (block >> 4) & 7 {
                    size @ 4..=7 => 1 << (8 + 2 * u32::from(size)),
                    size => return Err(format!("an LZ4 frame has the unknown block size {size}")),
                };
                if flags >> 6 != 1 {
                    return Err(format!("an LZ4 frame has the unknown version {}", flags >> 6));
                }
                // Content size, dictionary id and the header's checksum.
                self.skip = u64::from(8 * flag(3) + 4 * flag(0) + 1);
                Part::BlockSize(Lz4Frame { max_block, block_checksum: 4 * flag(4), content_checksum: 4 * flag(2) })
            }
            Part::BlockSize(frame) if value == 0 => {
                self.skip = u64::from(frame.content_checksum);
                Part::Magic
            }
            Part::BlockSize(frame) => {
                let size = value & !Self::UNCOMPRESSED;
                if size > frame.max_block {
                    return Err(format!("an LZ4 block has {size} bytes, more than its frame's {}", frame.max_block));
                }
                self.skip = u64::from(size) + u64::from(frame.block_checksum);
                Part::BlockSize(frame)
            }
            Part::SkippableSize => {
                self.skip = u64::from(value);
                Part::Magic
            }
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};

    use super::*;

    fn lz4(info: FrameInfo, bytes: &[u8]) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn walk(body: &[u8], piece: usize) -> Result<(), String> {
        let mut frames = Frames::new(Compression::Lz4Frame);
        for piece in body.chunks(piece) {
            frames.feed(piece)?;
        }
        frames.finish()
    }

    #[test]
    fn lz4_frames_are_walked_in_pieces_of_any_size() {
        let rows: Vec<u8> =
            (0..100_000_u32).flat_map(|i| format!("{i},{}\n", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let noise: Vec<u8> = rows.iter().enumerate().map(|(i, b)| b.wrapping_mul(i as u8)).collect();
        let plain = FrameInfo::new().block_size(BlockSize::Max64KB);
        let checked = FrameInfo::new()
            .block_size(BlockSize::Max256KB)
            .block_checksums(true)
            .content_checksum(true)
            .content_size(Some(rows.len() as u64));
        let mut body = lz4(plain.clone(), &rows);
        body.extend(lz4(checked, &rows));
        body.extend([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
        body.extend(lz4(plain, &noise));
        for piece in [1, 3, 4096, body.len()] {
            assert_eq!(walk(&body, piece), Ok(()), "pieces of {piece}");
        }
        assert_eq!(walk(&[], 1), Ok(()));
        for cut in [1, 5, 7, 100, body.len() - 1] {
            assert_eq!(walk(&body[..cut], 4096), Err("the body ends within an LZ4 frame".to_owned()), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_lz4_frame_is_refused() {
        for (body, error) in [
            (&b"1,a,1\n"[..], "the body holds 0x2c612c31 where an LZ4 frame must begin"),
            (&[0x04, 0x22, 0x4d, 0x18, 0x60, 0x10][..], "an LZ4 frame has the unknown block size 1"),
            (&[0x04, 0x22, 0x4d, 0x18, 0xa0, 0x40][..], "an LZ4 frame has the unknown version 2"),
            (
                &[0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, 0xff, 0xff, 0xff, 0x00][..],
                "an LZ4 block has 16777215 bytes, more than its frame's 65536",
            ),
        ] {
            assert_eq!(walk(body, 1), Err(error.to_owned()));
        }
    }
}
