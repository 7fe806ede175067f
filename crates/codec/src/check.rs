// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The values that a StarRocks column takes, of those that a Flink type has.

use starrocks_types::{FlinkTypeRoot, StarRocksType};

use crate::json_document::is_document;
use crate::sink::{Cause, cause, too_long};
use crate::text::{bytes, utf8, variable};

/// The most bytes that any VARBINARY holds.
const MAX_VARBINARY: u32 = 1_048_576;

/// What a value is checked for before it is written. Columns that take every value of their type have none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// At most so many bytes of text or binary data.
    Bytes(usize),
    /// A whole number between two others.
    Whole { min: i64, max: i64 },
    /// An unscaled decimal below this magnitude, in its slot or in the variable part.
    Unscaled { limit: u128, in_slot: bool },
    /// A floating-point number that is below `10^digits` after it was rounded to `scale` places.
    Rounded { digits: i32, scale: i32 },
    /// A floating-point number other than NaN and the infinities.
    Finite,
    /// A text that is a JSON document if it begins like one.
    Document,
}

impl Bound {
    /// What to check a value of a Flink type for.
    pub(crate) fn of(source: &FlinkTypeRoot, target: &StarRocksType) -> Option<Self> {
        use FlinkTypeRoot as F;
        use StarRocksType as S;
        let whole = |min: i64, max: i64| Some(Self::Whole { min, max });
        match (source, target) {
            // Declared lengths in Flink are not always enforced, and count characters.
            (F::Char { .. } | F::Varchar { .. }, S::Char(n) | S::Varchar(n)) => Some(Self::Bytes(*n as usize)),
            (F::Char { .. } | F::Varchar { .. }, S::Json) => Some(Self::Document),
            (F::Binary { .. } | F::Varbinary { .. }, S::Varbinary(n)) => {
                Some(Self::Bytes(n.unwrap_or(MAX_VARBINARY) as usize))
            }
            (F::Smallint | F::Integer, S::TinyInt) => whole(i64::from(i8::MIN), i64::from(i8::MAX)),
            (F::Integer, S::SmallInt) => whole(i64::from(i16::MIN), i64::from(i16::MAX)),
            (F::Tinyint | F::Smallint | F::Integer | F::Bigint, S::Decimal(p, s)) => {
                let digits = u32::from(p.saturating_sub(*s));
                let max = 10i64.checked_pow(digits).map(|limit| limit - 1)?;
                whole(-max, max)
            }
            (F::Decimal { precision, scale }, S::Decimal(p, s)) => decimal(*precision, *scale, *p, *s),
            (F::Float | F::Double, S::Decimal(p, s)) => {
                Some(Self::Rounded { digits: i32::from(p.saturating_sub(*s)), scale: i32::from(*s) })
            }
            _ => None,
        }
    }

    /// Why a value does not fit, if it does not. `width` counts the bytes of a number in its slot.
    pub(crate) fn check(self, width: usize, slot: u64, base: &[u8]) -> Result<(), Box<Cause>> {
        match self {
            Self::Bytes(limit) => check_length(slot, base, limit),
            Self::Whole { min, max } => {
                let value = match width {
                    1 => i64::from(slot as i8),
                    2 => i64::from(slot as i16),
                    4 => i64::from(slot as i32),
                    _ => slot as i64,
                };
                if (min..=max).contains(&value) {
                    return Ok(());
                }
                Err(cause(format!("the number is outside the column's range of {min} to {max}")))
            }
            Self::Unscaled { limit, in_slot } => {
                let magnitude = if in_slot {
                    u128::from((slot as i64).unsigned_abs())
                } else {
                    let digits = variable(slot, base)?;
                    let sign = digits.first().map_or(0, |b| (*b as i8 >> 7) as i128);
                    digits.iter().take(16).fold(sign, |v, b| v << 8 | i128::from(*b)).unsigned_abs()
                };
                if magnitude < limit { Ok(()) } else { Err(cause("the decimal has too many digits for the column")) }
            }
            Self::Finite if float(width, slot).is_finite() => Ok(()),
            Self::Finite => Err(cause("the value is not a finite number, and the column does not take NULL")),
            Self::Rounded { digits, scale } => {
                let value = float(width, slot);
                let rounded = (value.abs() * 10f64.powi(scale)).round();
                // Not a number is written as NULL.
                if rounded < 10f64.powi(digits + scale) || !value.is_finite() {
                    return Ok(());
                }
                Err(cause("the number has too many digits for the column"))
            }
            Self::Document => {
                let slot = slot.to_le_bytes();
                let text = utf8(bytes(&slot, base)?)?;
                if !text.trim_start().starts_with(['{', '[']) || is_document(text) {
                    return Ok(());
                }
                Err(cause("the text for a JSON column begins like an object or an array but is not valid JSON"))
            }
        }
    }
}

fn float(width: usize, slot: u64) -> f64 {
    if width == 4 { f64::from(f32::from_bits(slot as u32)) } else { f64::from_bits(slot) }
}

/// Whether a text or binary value has at most `limit` bytes.
#[inline(always)]
pub(crate) fn check_length(slot: u64, base: &[u8], limit: usize) -> Result<(), Box<Cause>> {
    // Of an inline value this is no length, but then it is at most 7.
    let len = if slot >> 63 == 0 { slot as u32 as usize } else { (slot >> 56) as usize & 0x7f };
    if len <= limit { Ok(()) } else { Err(longer(slot, base, limit)) }
}

#[cold]
fn longer(slot: u64, base: &[u8], limit: usize) -> Box<Cause> {
    let slot = slot.to_le_bytes();
    match bytes(&slot, base) {
        Ok(value) => too_long(value.len(), limit),
        Err(broken) => broken,
    }
}

/// A slot that refers to the first bytes of a value, at most `limit` of them and whole characters if it is `text`.
pub(crate) fn shortened(slot: u64, base: &[u8], limit: usize, text: bool) -> Result<u64, Box<Cause>> {
    let in_slot = slot.to_le_bytes();
    let value = bytes(&in_slot, base)?;
    let mut len = limit.min(value.len());
    while text && len > 0 && value.get(len).is_some_and(|b| b & 0xc0 == 0x80) {
        len -= 1;
    }
    if slot >> 63 == 0 {
        return Ok(slot >> 32 << 32 | len as u64);
    }
    Ok(slot & ((1 << (8 * len)) - 1) | (0x80 | len as u64) << 56)
}

/// Decimals of the target are exact or rounded half up; the limit is that of the source's unscaled value.
fn decimal(precision: u8, scale: u8, p: u8, s: u8) -> Option<Bound> {
    let (from, to) = (u32::from(scale), u32::from(s));
    let most = 10u128.pow(u32::from(precision));
    let limit = if from <= to {
        10u128.checked_pow(u32::from(p).saturating_sub(to) + from)?
    } else {
        let half = 5 * 10u128.pow(from - to - 1);
        10u128.checked_pow(u32::from(p) + from - to)?.saturating_sub(half)
    };
    (limit < most).then_some(Bound::Unscaled { limit, in_slot: precision <= 18 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_checked_only_where_they_may_not_fit() {
        let unscaled = |limit: u128| Some(Bound::Unscaled { limit, in_slot: true });
        assert_eq!(decimal(10, 2, 10, 2), None);
        assert_eq!(decimal(10, 2, 12, 4), None);
        assert_eq!(decimal(10, 2, 8, 2), unscaled(10u128.pow(8)));
        assert_eq!(decimal(10, 2, 10, 4), unscaled(10u128.pow(8)));
        // 99.995 would be rounded to 100.00.
        assert_eq!(decimal(10, 3, 4, 2), unscaled(99_995));
        // Nine digits before the point, of which rounding may make ten.
        assert_eq!(decimal(11, 2, 9, 0), unscaled(10u128.pow(11) - 50));
        assert_eq!(decimal(38, 38, 38, 0), None);
        assert_eq!(decimal(38, 0, 38, 38), Some(Bound::Unscaled { limit: 1, in_slot: false }));
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let inline = |text: &str| {
            let mut slot = [0; 8];
            slot[..text.len()].copy_from_slice(text.as_bytes());
            slot[7] = 0x80 | text.len() as u8;
            u64::from_le_bytes(slot)
        };
        let cut = |text: &str, limit: usize, is_text: bool| {
            let slot = shortened(inline(text), b"", limit, is_text).unwrap();
            bytes(&slot.to_le_bytes(), b"").unwrap().to_vec()
        };
        assert_eq!(cut("aäb", 2, true), b"a");
        assert_eq!(cut("aäb", 3, true), "aä".as_bytes());
        assert_eq!(cut("aäb", 2, false), &"aä".as_bytes()[..2]);
        assert_eq!(cut("äb", 1, true), b"");
        assert_eq!(cut("ab", 9, true), b"ab");
        let base = "xxxxxxxxlong enough".as_bytes();
        let slot = shortened(8 << 32 | 11, base, 4, true).unwrap();
        assert_eq!(bytes(&slot.to_le_bytes(), base).unwrap(), b"long");
    }

    #[test]
    fn lengths_are_in_bytes() {
        assert!(check_length(8 << 32 | 5, b"xxxxxxxxabcde", 5).is_ok());
        let error = check_length(8 << 32 | 5, b"xxxxxxxxabcde", 4).unwrap_err();
        assert!(error.text.contains("5 bytes") && error.text.contains("at most 4"), "{}", error.text);
        assert!(check_length(0x83 << 56, b"", 2).is_err());
    }
}
