// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Integers, decimals and floats to text. Digits are made eight at a time within one 64-bit word.

use crate::sink::{Window, set};

const ZEROS: u64 = 0x3030_3030_3030_3030;
const E8: u64 = 100_000_000;
const E16: u64 = 10_000_000_000_000_000;

/// The powers of ten that fit 64 bits.
pub(crate) const POW10: [u64; 20] = {
    let mut table = [1u64; 20];
    let mut i = 1;
    while i < 20 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// The eight digits of `v` < 10^8 as values 0 to 9, most significant in the lowest byte.
#[inline(always)]
pub(crate) fn digits8(v: u32) -> u64 {
    let v = u64::from(v);
    // Two halves of four digits, then four pairs, then eight digits; every step divides all lanes by one multiplication.
    let x = (v / 10_000) | ((v % 10_000) << 32);
    let q = ((x * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let x = q | (x - q * 100) << 16;
    let q = ((x * 103) >> 10) & 0x000f_000f_000f_000f;
    q | (x - q * 10) << 8
}

/// Eight digits as text, with leading zeros.
#[inline(always)]
pub(crate) fn text8(v: u32) -> u64 {
    digits8(v) | ZEROS
}

/// The texts of 00 to 99; the rest is there so that an index needs no check.
const PAIRS: [u16; 128] = {
    let mut table = [0; 128];
    let mut v = 0;
    while v < 100 {
        table[v] = u16::from_le_bytes([b'0' + v as u8 / 10, b'0' + v as u8 % 10]);
        v += 1;
    }
    table
};

/// Two digits of `v` < 100 as text, in the lowest bytes.
#[inline(always)]
pub(crate) fn text2(v: u32) -> u64 {
    u64::from(PAIRS[(v & 127) as usize])
}

#[inline(always)]
fn put_head(w: &mut Window, n: usize, v: u32) -> usize {
    let digits = digits8(v);
    // The `| 1 << 56` keeps the last digit of zero.
    let skip = (digits | (1 << 56)).trailing_zeros() & !7;
    set(w, n, ((digits | ZEROS) >> skip).to_le_bytes());
    n + 8 - (skip as usize >> 3)
}

/// Writes an unsigned integer at `n`: at most 20 bytes. Returns where it ends, as all writers here do.
#[inline(always)]
pub(crate) fn put_u64(w: &mut Window, n: usize, v: u64) -> usize {
    if v < E8 { put_head(w, n, v as u32) } else { put_large(w, n, v) }
}

fn put_large(w: &mut Window, mut n: usize, v: u64) -> usize {
    let mut high = v / E8;
    let low = (v % E8) as u32;
    if high >= E8 {
        n = put_head(w, n, (high / E8) as u32);
        high %= E8;
        set(w, n, text8(high as u32).to_le_bytes());
        n += 8;
    } else {
        n = put_head(w, n, high as u32);
    }
    set(w, n, text8(low).to_le_bytes());
    n + 8
}

/// Writes a signed integer.
#[inline(always)]
pub(crate) fn put_i64(w: &mut Window, n: usize, v: i64) -> usize {
    set(w, n, [b'-']);
    put_u64(w, n + usize::from(v < 0), v.unsigned_abs())
}

/// Division of a value below 2^63 by a power of ten, as one multiplication.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pow10Divisor {
    divisor: u64,
    magic: u64,
    shift: u32,
}

impl Pow10Divisor {
    /// For 10^`exponent`, `exponent` from 1 to 18.
    pub(crate) fn new(exponent: u8) -> Self {
        let divisor = POW10[usize::from(exponent.clamp(1, 18))];
        // With 2^shift < divisor < 2^(shift + 1) the rounded-up reciprocal fits 64 bits, and its error stays below what a
        // 63-bit dividend can notice (Granlund and Montgomery, 1994).
        let shift = divisor.ilog2();
        let magic = ((1u128 << (64 + shift)) / u128::from(divisor) + 1) as u64;
        Self { divisor, magic, shift }
    }

    /// Quotient and remainder.
    #[inline(always)]
    pub(crate) fn div_rem(self, v: u64) -> (u64, u64) {
        let quotient = ((u128::from(v) * u128::from(self.magic)) >> 64) as u64 >> self.shift;
        (quotient, v - quotient * self.divisor)
    }
}

/// Writes `unscaled` with `scale` fraction digits, `scale` from 1 to 7.
#[inline(always)]
pub(crate) fn put_decimal_short(w: &mut Window, unscaled: i64, divisor: Pow10Divisor, scale: u8) -> usize {
    let (whole, fraction) = divisor.div_rem(unscaled.unsigned_abs());
    set(w, 0, [b'-']);
    let n = put_u64(w, usize::from(unscaled < 0), whole);
    // The point and up to seven digits, filled up with zeros that the next value overwrites, are one word.
    let digits = if scale <= 4 {
        let four = (fraction * POW10[usize::from(4 - scale)]) as u32;
        text2(four / 100) | text2(four % 100) << 16
    } else {
        text8((fraction * POW10[usize::from((8 - scale) & 7)]) as u32)
    };
    set(w, n, (digits << 8 | u64::from(b'.')).to_le_bytes());
    n + 1 + usize::from(scale)
}

/// Writes `unscaled` with `scale` fraction digits, up to 38 digits in all.
pub(crate) fn put_decimal(w: &mut Window, unscaled: i128, scale: u8) -> usize {
    const WIDTH: usize = 48;
    if scale == 0
        && let Ok(small) = i64::try_from(unscaled)
    {
        return put_i64(w, 0, small);
    }
    let mut digits = [0u8; WIDTH];
    let mut rest = unscaled.unsigned_abs();
    for part in digits.as_chunks_mut::<16>().0.iter_mut().rev() {
        let low = (rest % u128::from(E16)) as u64;
        rest /= u128::from(E16);
        let text = u128::from(text8((low / E8) as u32)) | (u128::from(text8((low % E8) as u32)) << 64);
        *part = text.to_le_bytes();
    }
    let point = WIDTH - usize::from(scale.min(38));
    let first = digits.iter().position(|d| *d != b'0').unwrap_or(WIDTH).min(point - 1);
    let sign = if unscaled < 0 { &b"-"[..] } else { b"" };
    let dot = if scale > 0 { &b"."[..] } else { b"" };
    let text = [sign, &digits[first..point], dot, &digits[point..]].into_iter().flatten();
    w.iter_mut().zip(text).map(|(to, from)| *to = *from).count()
}

/// A buffer that is on one cache line: stores that cross lines cost as much as the rest of the work.
#[repr(align(64))]
struct Aligned(zmij::Buffer);

/// Writes the shortest text that reads back as the same value; `None` for NaN and infinities.
#[inline(always)]
pub(crate) fn put_float<F: zmij::Float>(w: &mut Window, finite: bool, v: F) -> Option<usize> {
    if !finite {
        return None;
    }
    let mut buffer = Aligned(zmij::Buffer::new());
    let text = buffer.0.format_finite(v).as_bytes();
    let n = text.len();
    // At most 24 bytes: two overlapping words are cheaper than a call to memcpy.
    if let (Some(head), Some(tail)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        set(w, 0, *head);
        set(w, n - 16, *tail);
    } else if let (Some(head), Some(tail)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        set(w, 0, *head);
        set(w, n - 8, *tail);
    } else {
        w.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    }
    Some(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(put: impl FnOnce(&mut Window) -> usize) -> String {
        let mut buf = [0u8; 64];
        let n = put(&mut buf);
        String::from_utf8(buf[..n].to_vec()).unwrap()
    }

    proptest! {
        #[test]
        fn integers_print_as_the_standard_library_prints_them(v in any::<i64>(), shift in 0u32..64) {
            let v = v >> shift;
            prop_assert_eq!(text(|b| put_i64(b, 0, v)), v.to_string());
        }

        #[test]
        fn reciprocal_division_is_exact(v in 0u64..1 << 63, exponent in 1u8..=18, shift in 0u32..63) {
            let v = v >> shift;
            let d = POW10[usize::from(exponent)];
            for v in [v, v / d * d, (v / d * d).saturating_sub(1), (1 << 63) - 1] {
                prop_assert_eq!(Pow10Divisor::new(exponent).div_rem(v), (v / d, v % d));
            }
        }

        #[test]
        fn both_decimal_writers_agree_with_plain_arithmetic(v in -999_999_999_999_999_999i64..=999_999_999_999_999_999, shift in 0u32..60, scale in 1u8..=7) {
            let v = v >> shift;
            let d = POW10[usize::from(scale)];
            let expected = format!("{}{}.{:0width$}", if v < 0 { "-" } else { "" }, v.unsigned_abs() / d, v.unsigned_abs() % d, width = usize::from(scale));
            prop_assert_eq!(text(|b| put_decimal_short(b, v, Pow10Divisor::new(scale), scale)), expected.clone());
            prop_assert_eq!(text(|b| put_decimal(b, i128::from(v), scale)), expected);
        }
    }

    #[test]
    fn wide_decimals_keep_all_digits() {
        let max = 10i128.pow(38) - 1;
        assert_eq!(text(|b| put_decimal(b, max, 0)), "9".repeat(38));
        assert_eq!(text(|b| put_decimal(b, -max, 38)), format!("-0.{}", "9".repeat(38)));
        assert_eq!(text(|b| put_decimal(b, 0, 10)), "0.0000000000");
        assert_eq!(text(|b| put_decimal(b, -5, 2)), "-0.05");
        assert_eq!(text(|b| put_decimal(b, i128::from(u64::MAX), 0)), u64::MAX.to_string());
    }

    #[test]
    fn floats_read_back_and_non_finite_ones_have_no_text() {
        for v in [0.0, -0.0, 1.0, 0.1, 1e20, 1.5e-7, f64::MAX, f64::MIN_POSITIVE, 123456789.125] {
            let t = text(|b| put_float(b, v.is_finite(), v).unwrap());
            assert_eq!(t.parse::<f64>().unwrap().to_bits(), v.to_bits(), "{t}");
            assert!(serde_json::from_str::<f64>(&t).is_ok(), "{t}");
        }
        assert!(put_float(&mut [0; 64], f64::NAN.is_finite(), f64::NAN).is_none());
    }
}
