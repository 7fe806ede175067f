// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! LZ4 blocks of JSON rows, in the [block format](https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md).
//!
//! A compressor that knows nothing of its input looks for repetitions at every byte. In rows they are where the keys are: this one
//! looks after each key, for the same key with the same beginning of a value, a long one if it can, or else for the same key, and makes
//! the match as long as it gets to both sides; keys within a match are passed over. Texts between two matches are searched as usual.

use memchr::memchr;

use crate::text::{LOW, has};

/// The largest block that this compresses.
pub(super) const MAX_BLOCK: usize = 256 << 10;

/// Matches reach so far back.
const WINDOW: usize = 65_535;
/// No match begins later before the end of a block than this, or ends later than that.
const LAST_START: usize = 12;
const LAST_END: usize = 5;
/// Literals that are worth a search of their own, before so many bytes that may be a key.
const TEXT: usize = 10;
const NAME: usize = 12;
/// The search takes every second byte, and so many bytes without a match make it one byte coarser.
const PATIENCE: usize = 5;
/// The longest literals that are copied in one go, and the room for that behind the block.
const SHORT: usize = 32;

/// Where a hash was seen last. The tables are small so that they stay in the first cache.
type Seen<const SLOTS: usize> = Box<[u32; SLOTS]>;
const KEYS: usize = 1 << 10;
const VALUES: usize = 1 << 12;

/// Compresses one block after another; they do not depend on each other.
pub(super) struct Keyed {
    /// Colons by the key before them,
    keys: Seen<KEYS>,
    /// by that and the first four bytes of the value,
    values: Seen<VALUES>,
    /// by that and the first ten bytes of a string.
    strings: Seen<VALUES>,
    /// Places by the five bytes there.
    words: Seen<VALUES>,
    out: Vec<u8>,
    at: usize,
}

impl Keyed {
    pub(super) fn new() -> Self {
        let room = MAX_BLOCK + MAX_BLOCK / 255 + 2 * SHORT;
        Self {
            keys: Box::new([0; KEYS]),
            values: Box::new([0; VALUES]),
            strings: Box::new([0; VALUES]),
            words: Box::new([0; VALUES]),
            out: vec![0; room],
            at: 0,
        }
    }

    /// The compressed block. It may be larger than `input`, which has at most [`MAX_BLOCK`] bytes.
    pub(super) fn compress(&mut self, input: &[u8]) -> &[u8] {
        self.keys.fill(0);
        for seen in [&mut self.values, &mut self.strings, &mut self.words] {
            seen.fill(0);
        }
        self.at = 0;
        let mut anchor = 0;
        if let Some(last) = input.len().checked_sub(LAST_START) {
            let mut next = 0;
            while let Some(colon) = input.get(next..=last).and_then(|rest| memchr(b':', rest)).map(|found| next + found)
            {
                next = colon + 1;
                // Times have colons too.
                if ending(input, colon) >> 16 != u32::from(u16::from_le_bytes(*b"\":")) {
                    continue;
                }
                let from = self.like(input, colon);
                if (colon >= anchor + NAME + TEXT) & has_letters(word(input, anchor)) {
                    anchor = self.search(input, anchor, colon - NAME);
                    if anchor > colon {
                        next = anchor;
                        continue;
                    }
                }
                if reaches(from, colon) & (ending(input, from) == ending(input, colon)) {
                    anchor = self.found(input, anchor, colon, from, 1);
                    next = next.max(anchor);
                }
            }
            anchor = self.search(input, anchor, last);
        }
        self.literals(input, anchor, input.len(), 0);
        self.out.get(..self.at).unwrap_or_default()
    }

    /// Where key and value were most like those around a colon, if anywhere.
    #[inline(always)]
    fn like(&mut self, input: &[u8], colon: usize) -> usize {
        let (key, value, more) = (key_before(input, colon), value_after(input, colon), string_after(input, colon));
        let same_key = replace(&mut self.keys, key, colon);
        let key_and_value = mixed(key) ^ value;
        let same_value = replace(&mut self.values, key_and_value, colon);
        if more != 0 {
            let same_string = replace(&mut self.strings, key_and_value ^ more, colon);
            if reaches(same_string, colon) & (string_after(input, same_string) == more) {
                return same_string;
            }
        }
        if reaches(same_value, colon) & (value_after(input, same_value) == value) { same_value } else { same_key }
    }

    /// Looks for repetitions that begin from `anchor` on and before `end`; returns what is the new anchor.
    fn search(&mut self, input: &[u8], mut anchor: usize, end: usize) -> usize {
        let mut at = anchor;
        while at < end {
            let five = word(input, at) << 24;
            let seen = replace(&mut self.words, five, at);
            if reaches(seen, at) && word(input, seen) << 24 == five {
                anchor = self.found(input, anchor, at, seen, 5);
                at = anchor;
            } else {
                at += 2 + ((at - anchor) >> PATIENCE);
            }
        }
        anchor
    }

    /// Writes a sequence: the literals from `anchor` on, and the longest match around `at` with what is at `from`, of which `known`
    /// bytes are known. Returns where the match ends. Near the end of the block it may be too short to be one.
    fn found(&mut self, input: &[u8], anchor: usize, at: usize, from: usize, known: usize) -> usize {
        let known = known + same_after(input, from + known, at + known, input.len() - LAST_END);
        let end = (at + known).min(input.len() - LAST_END);
        let start = at - same_before(input, from, at, anchor);
        let Some(more) = (end - start).checked_sub(4) else { return anchor };
        self.literals(input, anchor, start, more.min(15) as u8);
        // A window's length fits.
        let offset = (at - from) as u16;
        self.put(&offset.to_le_bytes());
        self.rest_of(more);
        end
    }

    /// Writes a token and literals.
    fn literals(&mut self, input: &[u8], from: usize, to: usize, length: u8) {
        let count = to - from;
        self.put(&[(count.min(15) as u8) << 4 | length]);
        self.rest_of(count);
        match input.get(from..).and_then(|rest| rest.first_chunk::<SHORT>()) {
            // The bytes that are too many are written over.
            Some(chunk) if count <= SHORT => {
                self.put(chunk);
                self.at -= SHORT - count;
            }
            _ => self.put(input.get(from..to).unwrap_or_default()),
        }
    }

    /// What the four bits of a token do not say of a length.
    fn rest_of(&mut self, length: usize) {
        let Some(mut rest) = length.checked_sub(15) else { return };
        while rest >= 255 {
            self.put(&[255]);
            rest -= 255;
        }
        self.put(&[rest as u8]);
    }

    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        self.out[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }
}

/// Eight bytes, the first one the lowest; zeros where there are fewer.
#[inline(always)]
fn word(input: &[u8], at: usize) -> u64 {
    input.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The last bytes of a key, at most eight, without its quotes.
#[inline(always)]
fn key_before(input: &[u8], colon: usize) -> u64 {
    let key = colon.checked_sub(9).map_or(0, |start| word(input, start));
    // A # after a quote is taken for one too, which does no harm.
    let quotes = has(key, b'"');
    key & u64::MAX.checked_shl(64 - quotes.leading_zeros()).unwrap_or(0)
}

/// The four bytes that end with a colon.
#[inline(always)]
fn ending(input: &[u8], colon: usize) -> u32 {
    colon.checked_sub(3).map_or(0, |start| word(input, start) as u32)
}

/// The first four bytes of a value, without its quote.
#[inline(always)]
fn value_after(input: &[u8], colon: usize) -> u64 {
    let value = word(input, colon + 1);
    let value = if value as u8 == b'"' { value >> 8 } else { value };
    value & u64::from(u32::MAX)
}

/// The six bytes of a string after those, in the upper bytes; zero for what is no string.
#[inline(always)]
fn string_after(input: &[u8], colon: usize) -> u64 {
    if input.get(colon + 1) == Some(&b'"') { word(input, colon + 6) << 16 } else { 0 }
}

/// Whether any of eight bytes is a letter of any language: numbers, and times, are not worth a search.
#[inline(always)]
fn has_letters(bytes: u64) -> bool {
    bytes & (LOW << 6) != 0
}

/// A hash, whose highest bits are the best.
#[inline(always)]
fn mixed(what: u64) -> u64 {
    (what ^ what >> 32).wrapping_mul(0x9e37_79b1_85eb_ca87)
}

/// Where the hash of `what` was seen before `at`, which is now seen there.
#[inline(always)]
fn replace<const SLOTS: usize>(seen: &mut Seen<SLOTS>, what: u64, at: usize) -> usize {
    let hash = mixed(what) >> (64 - SLOTS.trailing_zeros());
    std::mem::replace(&mut seen[hash as usize], at as u32) as usize
}

#[inline(always)]
fn reaches(from: usize, at: usize) -> bool {
    (1..=WINDOW).contains(&at.wrapping_sub(from))
}

/// How many bytes are equal from two places on, the later one not beyond `end`.
#[inline(always)]
fn same_after(input: &[u8], earlier: usize, later: usize, end: usize) -> usize {
    let mut count = 0;
    while later + count + 8 <= end {
        let different = word(input, earlier + count) ^ word(input, later + count);
        if different != 0 {
            return count + different.trailing_zeros() as usize / 8;
        }
        count += 8;
    }
    while later + count < end && input.get(earlier + count) == input.get(later + count) {
        count += 1;
    }
    count
}

/// How many bytes are equal before two places, the later one not before `start`.
#[inline(always)]
fn same_before(input: &[u8], earlier: usize, later: usize, start: usize) -> usize {
    let most = earlier.min(later - start);
    let mut count = 0;
    while count + 8 <= most {
        let different = word(input, earlier - count - 8) ^ word(input, later - count - 8);
        if different != 0 {
            return count + different.leading_zeros() as usize / 8;
        }
        count += 8;
    }
    while count < most && input.get(earlier - count - 1) == input.get(later - count - 1) {
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(keyed: &mut Keyed, input: &[u8]) -> usize {
        let packed = keyed.compress(input);
        assert!(lz4_flex::block::decompress(packed, input.len()).unwrap() == input, "{} bytes", input.len());
        packed.len()
    }

    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state
    }

    /// Rows of numbers, dates, words and texts.
    fn rows(count: u64, text: usize) -> Vec<u8> {
        let words = ["final", "deposits", "sleep", "furiously", "beside", "the", "ironic", "accounts", "über", "!"];
        let mut state = 1u64;
        let mut next = |below: u64| (next(&mut state) >> 33) % below;
        let mut rows = String::from("[");
        for id in 0..count {
            let (price, day, second) = (next(10_000_000), next(28) + 1, next(60));
            let flag = ["A", "N", "R"][next(3) as usize];
            let text: Vec<&str> = (0..text).map(|_| words[next(10) as usize]).collect();
            rows.push_str(&format!(
                "{{\"id\":{id},\"price\":{price},\"day\":\"1996-07-{day:02} 10:{:02}:{second:02}\",\"flag\":\"{flag}\",\"note\":\"{}\"}},",
                next(60),
                text.join(" ")
            ));
        }
        rows.into_bytes()
    }

    #[test]
    fn blocks_are_about_as_small_as_those_of_a_search_at_every_byte() {
        for text in [0, 3, 100] {
            let input = rows(2000, text);
            let input = input.get(..MAX_BLOCK.min(input.len())).unwrap();
            let (ours, theirs) = (round_trip(&mut Keyed::new(), input), lz4_flex::block::compress(input).len());
            assert!(ours * 10 <= theirs * 11, "{text} words: {ours} bytes, {theirs} by a search at every byte");
        }
    }

    #[test]
    fn blocks_of_any_length_come_back() {
        let mut keyed = Keyed::new();
        let rows = rows(3000, 4);
        for length in (0..300).chain([MAX_BLOCK - 1, MAX_BLOCK]) {
            round_trip(&mut keyed, &rows[..length]);
            round_trip(&mut keyed, &vec![b':'; length]);
            round_trip(&mut keyed, &vec![b'x'; length]);
        }
        let mut state = 1u64;
        let noise: Vec<u8> = (0..MAX_BLOCK).map(|_| (next(&mut state) >> 40) as u8).collect();
        assert!(round_trip(&mut keyed, &noise) > MAX_BLOCK);
    }

    proptest! {
        #[test]
        fn anything_comes_back(
            parts in prop::collection::vec(
                prop_oneof![
                    "\"[a-c]{1,9}\":[0-9]{0,30}",
                    "[:a-b]{0,40}",
                    prop::collection::vec(any::<u8>(), 0..80).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
                ],
                0..200,
            ),
            repeat in 1usize..4,
        ) {
            round_trip(&mut Keyed::new(), parts.concat().repeat(repeat).as_bytes());
        }
    }
}
