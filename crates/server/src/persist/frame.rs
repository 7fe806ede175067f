// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Records as bytes of a log or snapshot file, and what is left of them after a crash.
//!
//! ```text
//! file    header, then records
//! header  magic "SRSRVLOG" | format u32 | crc32 of the 12 bytes before
//! record  length u32 | crc32 of the payload u32 | synced u64 | crc32 of the 16 bytes before | payload of `length` bytes
//! payload number of parts u32 | length u32 of each part | parts; the first is JSON, the others are binary
//! ```
//!
//! All integers are little-endian. `synced` is the length of the file that was known to be on the disk when the record
//! was written. It tells a torn tail from corruption: an unreadable record is the end of the log, unless a later record
//! says that the unreadable one had been synced.

use std::ops::Range;

/// The version of everything in the directory.
pub(super) const FORMAT: u32 = 1;
pub(super) const FILE_HEADER: usize = 16;
const RECORD_HEADER: usize = 20;
const MAGIC: [u8; 8] = *b"SRSRVLOG";

pub(super) fn file_header() -> [u8; FILE_HEADER] {
    let mut header = [0; FILE_HEADER];
    let (start, crc) = header.split_at_mut(12);
    start[..8].copy_from_slice(&MAGIC);
    start[8..].copy_from_slice(&FORMAT.to_le_bytes());
    crc.copy_from_slice(&crc32fast::hash(start).to_le_bytes());
    header
}

/// A record of `parts` as it is appended to a file of which `synced` bytes are on the disk. `None` when it is too long.
pub(super) fn frame(parts: &[Vec<u8>], synced: u64) -> Option<Vec<u8>> {
    let table = 4 + 4 * parts.len();
    let length = table + parts.iter().map(Vec::len).sum::<usize>();
    let length32 = u32::try_from(length).ok()?;
    let mut bytes = Vec::with_capacity(RECORD_HEADER + length);
    bytes.resize(RECORD_HEADER, 0);
    bytes.extend(u32::try_from(parts.len()).ok()?.to_le_bytes());
    for part in parts {
        bytes.extend(u32::try_from(part.len()).ok()?.to_le_bytes());
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    let (header, payload) = bytes.split_at_mut(RECORD_HEADER);
    header[..4].copy_from_slice(&length32.to_le_bytes());
    header[4..8].copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
    header[8..16].copy_from_slice(&synced.to_le_bytes());
    let crc = crc32fast::hash(&header[..16]);
    header[16..].copy_from_slice(&crc.to_le_bytes());
    Some(bytes)
}

/// A record as found in a file: where it starts and where its parts are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) offset: usize,
    pub(super) parts: Vec<Range<usize>>,
}

/// What a file's bytes hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) frames: Vec<Frame>,
    /// Where the records end; less than the file's length after a torn write.
    pub(super) end: usize,
}

/// Why a file's bytes cannot be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) offset: usize,
    pub(super) reason: String,
}

/// Reads all records. A file that is shorter than its header holds none.
pub(super) fn read(bytes: &[u8]) -> Result<Contents, Damage> {
    let mut frames = Vec::new();
    if bytes.len() < FILE_HEADER {
        return Ok(Contents { frames, end: 0 });
    }
    if let Some(reason) = header_damage(bytes) {
        return Err(Damage { offset: 0, reason });
    }
    let mut offset = FILE_HEADER;
    while offset < bytes.len() {
        match record_at(bytes, offset) {
            Ok(record) => {
                let parts = parts(bytes, &record.payload).ok_or_else(|| Damage {
                    offset,
                    reason: "the record's parts do not add up to its length".to_owned(),
                })?;
                frames.push(Frame { offset, parts });
                offset = record.payload.end;
            }
            Err(reason) if was_synced(bytes, offset) => return Err(Damage { offset, reason: reason.to_owned() }),
            Err(_) => break,
        }
    }
    Ok(Contents { frames, end: offset })
}

fn header_damage(bytes: &[u8]) -> Option<String> {
    if bytes.get(..8) != Some(&MAGIC) {
        return Some("the file does not begin as a log of this server does".to_owned());
    }
    if u32_at(bytes, 12) != bytes.get(..12).map(crc32fast::hash) {
        return Some("checksum mismatch in the file's header".to_owned());
    }
    let format = u32_at(bytes, 8)?;
    (format != FORMAT).then(|| format!("the file has format {format}, this server reads format {FORMAT}"))
}

struct Record {
    synced: u64,
    payload: Range<usize>,
}

fn record_at(bytes: &[u8], offset: usize) -> Result<Record, &'static str> {
    const CUT: &str = "the record is cut off";
    let header = bytes.get(offset..offset + RECORD_HEADER).ok_or(CUT)?;
    if u32_at(header, 16) != header.get(..16).map(crc32fast::hash) {
        return Err("checksum mismatch in a record's header");
    }
    let (Some(length), Some(crc), Some(synced)) = (u32_at(header, 0), u32_at(header, 4), u64_at(header, 8)) else {
        return Err(CUT);
    };
    let start = offset + RECORD_HEADER;
    let payload = start..start.saturating_add(length as usize);
    if crc32fast::hash(bytes.get(payload.clone()).ok_or(CUT)?) != crc {
        return Err("checksum mismatch in a record");
    }
    Ok(Record { synced, payload })
}

/// Whether a readable record after `offset` was written when `offset` was on the disk already.
fn was_synced(bytes: &[u8], offset: usize) -> bool {
    (offset + 1..bytes.len()).any(|later| record_at(bytes, later).is_ok_and(|record| record.synced > offset as u64))
}

fn parts(bytes: &[u8], payload: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let content = bytes.get(payload.clone())?;
    let count = u32_at(content, 0)? as usize;
    let mut start = count.checked_mul(4)?.checked_add(4).filter(|&table| table <= content.len())?;
    let mut parts = Vec::with_capacity(count);
    for index in 0..count {
        let end = start.checked_add(u32_at(content, 4 + 4 * index)? as usize)?;
        parts.push(payload.start + start..payload.start + end);
        start = end;
    }
    (start == content.len() && count > 0).then_some(parts)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(synced: impl Fn(usize) -> u64) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = file_header().to_vec();
        let mut starts = Vec::new();
        for n in 0..5u8 {
            starts.push(bytes.len());
            bytes.extend(frame(&[vec![n; 10], vec![], vec![n; 3]], synced(bytes.len())).unwrap());
        }
        (bytes, starts)
    }

    #[test]
    fn records_come_back_with_their_parts() {
        let (bytes, starts) = file(|at| at as u64);
        let contents = read(&bytes).unwrap();
        assert_eq!(contents.end, bytes.len());
        for ((n, frame), start) in (0u8..).zip(&contents.frames).zip(starts) {
            assert_eq!(frame.offset, start);
            let parts: Vec<&[u8]> = frame.parts.iter().map(|r| &bytes[r.clone()]).collect();
            assert_eq!(parts, [&[n; 10][..], &[], &[n; 3]]);
        }
    }

    #[test]
    fn a_file_cut_anywhere_keeps_the_records_before_the_cut() {
        let (bytes, starts) = file(|at| at as u64);
        for cut in 0..bytes.len() {
            let contents = read(&bytes[..cut]).unwrap();
            let whole = starts.iter().skip(1).chain([&bytes.len()]).filter(|&&end| end <= cut).count();
            assert_eq!(contents.frames.len(), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_flipped_byte_before_synced_records_is_damage_and_names_the_record() {
        let (bytes, starts) = file(|at| at as u64);
        for at in 0..starts[4] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            let offset = starts.iter().rev().find(|&&s| s <= at).copied().unwrap_or(0);
            assert_eq!(read(&damaged).unwrap_err().offset, offset, "flipped {at}");
        }
        let mut torn = bytes.clone();
        torn[starts[4] + 25] ^= 1;
        assert_eq!(read(&torn).unwrap().end, starts[4], "nothing says that the last record was synced");
    }

    #[test]
    fn a_hole_among_records_that_were_never_synced_ends_the_log() {
        let (mut bytes, starts) = file(|_| FILE_HEADER as u64);
        bytes[starts[2]..starts[3]].fill(0);
        assert_eq!(read(&bytes).unwrap().end, starts[2]);
    }

    #[test]
    fn another_format_is_refused_by_number() {
        let (mut bytes, _) = file(|at| at as u64);
        bytes[8] = 9;
        let crc = crc32fast::hash(&bytes[..12]);
        bytes[12..16].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(read(&bytes).unwrap_err().reason, "the file has format 9, this server reads format 1");
    }
}
