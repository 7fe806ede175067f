// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Texts and bytes.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Int32Array, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use datafusion::common::Result;

use super::argument;
use crate::sql::text;

/// The longest text that functions of a backend make (`OLAP_STRING_MAX_LENGTH`).
const LONGEST_MADE: usize = 1 << 20;

pub(super) fn to_text(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    if array.data_type() == &DataType::Utf8 {
        return Ok(array.clone());
    }
    Ok(Arc::new((0..array.len()).map(|row| text::text(array, row)).collect::<StringArray>()))
}

/// NULL as soon as one argument is.
pub(super) fn concat(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let rows = argument(arguments, 0)?.len();
    let row = |i: usize| arguments.iter().map(|array| text::text(array, i)).collect::<Option<String>>();
    Ok(Arc::new((0..rows).map(row).collect::<StringArray>()))
}

/// The bytes of each value.
fn bytes(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    match array.data_type() {
        DataType::Binary => Ok(array.clone()),
        DataType::LargeBinary | DataType::BinaryView => Ok(cast(array, &DataType::Binary)?),
        _ => Ok(cast(&to_text(arguments, &DataType::Utf8)?, &DataType::Binary)?),
    }
}

fn digits(bytes: &[u8], upper: bool) -> String {
    bytes.iter().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") }).collect()
}

/// The digits of a number, or of a text's bytes.
pub(super) fn hex(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    if array.data_type().is_integer() {
        let numbers = cast(array, &DataType::Int64)?;
        let texts = numbers.as_primitive::<Int64Type>().iter().map(|n| n.map(|n| format!("{n:X}")));
        return Ok(Arc::new(texts.collect::<StringArray>()));
    }
    let bytes = bytes(arguments)?;
    Ok(Arc::new(bytes.as_binary::<i32>().iter().map(|b| b.map(|b| digits(b, true))).collect::<StringArray>()))
}

/// As digests are printed.
pub(super) fn lower_hex(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let bytes = bytes(arguments)?;
    Ok(Arc::new(bytes.as_binary::<i32>().iter().map(|b| b.map(|b| digits(b, false))).collect::<StringArray>()))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

/// Texts that are no hexadecimal digits become empty, as in StarRocks.
pub(super) fn unhex(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let texts = to_text(arguments, &DataType::Utf8)?;
    let read = |text: &str| String::from_utf8(from_hex(text).unwrap_or_default()).unwrap_or_default();
    Ok(Arc::new(texts.as_string::<i32>().iter().map(|t| t.map(read)).collect::<StringArray>()))
}

pub(super) fn to_base64(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let bytes = bytes(arguments)?;
    Ok(Arc::new(bytes.as_binary::<i32>().iter().map(|b| b.map(|b| STANDARD.encode(b))).collect::<StringArray>()))
}

/// NULL for what is no base64, and for bytes that are no text.
pub(super) fn from_base64(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let texts = to_text(arguments, &DataType::Utf8)?;
    let read = |text: &str| String::from_utf8(STANDARD.decode(text).ok()?).ok();
    Ok(Arc::new(texts.as_string::<i32>().iter().map(|t| read(t?)).collect::<StringArray>()))
}

/// `to_binary(text[, 'hex' | 'encode64' | 'utf8'])`
pub(super) fn to_binary(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let texts = to_text(arguments, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    let forms = arguments.get(1).map(|forms| cast(forms, &DataType::Utf8)).transpose()?;
    let read = |row: usize| -> Option<Vec<u8>> {
        let text = texts.is_valid(row).then(|| texts.value(row))?;
        let form = match &forms {
            Some(forms) if forms.is_null(row) => return None,
            Some(forms) => forms.as_string::<i32>().value(row).to_ascii_lowercase(),
            None => "hex".to_owned(),
        };
        match form.as_str() {
            "hex" => from_hex(text),
            "encode64" => STANDARD.decode(text).ok(),
            _ => Some(text.as_bytes().to_vec()),
        }
    };
    Ok(Arc::new((0..texts.len()).map(read).collect::<BinaryArray>()))
}

/// Runs over texts and one or two numbers of characters.
fn cut(arguments: &[ArrayRef], each: impl Fn(&[char], i64, Option<i64>) -> String) -> Result<ArrayRef> {
    let texts = to_text(arguments, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    let numbers = |i: usize| arguments.get(i).map(|n| cast(n, &DataType::Int64)).transpose();
    let (first, second) = (numbers(1)?, numbers(2)?);
    let at = |array: &ArrayRef, row: usize| {
        let array = array.as_primitive::<Int64Type>();
        array.is_valid(row).then(|| array.value(row))
    };
    let run = |row: usize| {
        let text: Vec<char> = texts.is_valid(row).then(|| texts.value(row).chars().collect())?;
        let first = at(first.as_ref()?, row)?;
        let second = match &second {
            Some(second) => Some(at(second, row)?),
            None => None,
        };
        Some(each(&text, first, second))
    };
    Ok(Arc::new((0..texts.len()).map(run).collect::<StringArray>()))
}

fn part(text: &[char], from: usize, count: usize) -> String {
    text.iter().skip(from).take(count).collect()
}

fn size(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

/// From 1 on, or from the end when the place is negative; nothing from 0.
pub(super) fn substr(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    cut(arguments, |text, from, count| {
        let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
        let start = if from > 0 { from - 1 } else { length + from };
        if from == 0 || start < 0 {
            return String::new();
        }
        part(text, size(start), count.map_or(usize::MAX, size))
    })
}

pub(super) fn left(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    cut(arguments, |text, count, _| part(text, 0, size(count)))
}

pub(super) fn right(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    cut(arguments, |text, count, _| part(text, text.len().saturating_sub(size(count)), size(count)))
}

/// The text so many times. Beyond the longest text that a backend makes there is NULL.
pub(super) fn repeat(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    grown(arguments, |text, count, _| {
        let fits = size(count).checked_mul(text.len()).is_some_and(|bytes| bytes <= LONGEST_MADE);
        fits.then(|| text.repeat(size(count)))
    })
}

pub(super) fn lpad(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    grown(arguments, |text, count, fill| padded(text, count, fill).map(|(text, more)| more + &text))
}

pub(super) fn rpad(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    grown(arguments, |text, count, fill| padded(text, count, fill).map(|(text, more)| text + &more))
}

/// The text, cut to so many characters, and what is added to have as many.
fn padded(text: &str, count: i64, fill: &str) -> Option<(String, String)> {
    let count = usize::try_from(count).ok().filter(|&count| count <= LONGEST_MADE)?;
    let text: String = text.chars().take(count).collect();
    let missing = count - text.chars().count();
    let more: String = fill.chars().cycle().take(missing).collect();
    (text.len() + more.len() <= LONGEST_MADE).then_some((text, more))
}

/// Runs over texts, numbers, and texts to fill up with, blanks if there are none.
fn grown(arguments: &[ArrayRef], each: impl Fn(&str, i64, &str) -> Option<String>) -> Result<ArrayRef> {
    let texts = to_text(arguments, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    let counts = cast(argument(arguments, 1)?, &DataType::Int64)?;
    let counts = counts.as_primitive::<Int64Type>();
    let fills = arguments.get(2..).filter(|rest| !rest.is_empty()).map(|rest| to_text(rest, &DataType::Utf8));
    let fills = fills.transpose()?;
    let run = |row: usize| {
        let fill = match &fills {
            Some(fills) => fills.is_valid(row).then(|| fills.as_string::<i32>().value(row))?,
            None => " ",
        };
        let (text, count) =
            (texts.is_valid(row).then(|| texts.value(row))?, counts.is_valid(row).then(|| counts.value(row))?);
        each(text, count, fill)
    };
    Ok(Arc::new((0..texts.len()).map(run).collect::<StringArray>()))
}

/// `locate(part, text, from)`
pub(super) fn locate(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let parts = to_text(arguments, &DataType::Utf8)?;
    let parts = parts.as_string::<i32>();
    let texts = to_text(arguments.get(1..).unwrap_or_default(), &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    let places = cast(argument(arguments, 2)?, &DataType::Int64)?;
    let places = places.as_primitive::<Int64Type>();
    let find = |row: usize| {
        let part: Vec<char> = parts.is_valid(row).then(|| parts.value(row).chars().collect())?;
        let text: Vec<char> = texts.is_valid(row).then(|| texts.value(row).chars().collect())?;
        let from = places.is_valid(row).then(|| places.value(row))?;
        if from < 1 || part.is_empty() {
            return Some(0);
        }
        let found = (size(from - 1)..text.len()).find(|&at| text.get(at..at + part.len()) == Some(part.as_slice()));
        i32::try_from(found.map_or(0, |at| at + 1)).ok()
    };
    Ok(Arc::new((0..parts.len()).map(find).collect::<Int32Array>()))
}

/// The character of that number.
pub(super) fn char_of(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let numbers = cast(argument(arguments, 0)?, &DataType::Int64)?;
    let shown = |n: i64| char::from_u32(u32::try_from(n).ok()?).map(String::from);
    Ok(Arc::new(numbers.as_primitive::<Int64Type>().iter().map(|n| shown(n?)).collect::<StringArray>()))
}

pub(super) fn crc32(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let bytes = bytes(arguments)?;
    let sums = bytes.as_binary::<i32>().iter().map(|b| b.map(|b| i64::from(crc32fast::hash(b))));
    Ok(Arc::new(sums.collect::<Int64Array>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[test]
    fn bytes_in_and_out_of_texts() {
        let one = |run: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>, value: &str| {
            text::text(&run(&[texts(&[Some(value)])], &DataType::Utf8).unwrap(), 0)
        };
        assert_eq!(one(hex, "AB").unwrap(), "4142");
        assert_eq!(one(unhex, "4142").unwrap(), "AB");
        assert_eq!(one(unhex, "4").unwrap(), "");
        assert_eq!(one(to_base64, "abc").unwrap(), "YWJj");
        assert_eq!(one(from_base64, "YWJj").unwrap(), "abc");
        assert_eq!(one(from_base64, "?"), None);
        assert_eq!(one(to_binary, "4142").unwrap(), "AB");
    }

    #[test]
    fn parts_count_from_both_ends() {
        for (run, from, wanted) in [
            (substr as fn(&[ArrayRef], &DataType) -> Result<ArrayRef>, 2, "ello"),
            (substr, -2, "lo"),
            (substr, 0, ""),
            (substr, -9, ""),
            (left, 2, "he"),
            (left, -1, ""),
            (right, 2, "lo"),
            (right, 9, "hello"),
        ] {
            let numbers: ArrayRef = Arc::new(Int64Array::from(vec![from]));
            let got = run(&[texts(&[Some("hello")]), numbers], &DataType::Utf8).unwrap();
            assert_eq!(text::text(&got, 0).unwrap(), wanted, "{from}");
        }
    }

    #[test]
    fn texts_do_not_grow_beyond_measure() {
        let run = |run: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>, text: &str, count: i64, fill: Option<&str>| {
            let count: ArrayRef = Arc::new(Int64Array::from(vec![count]));
            let mut arguments = vec![texts(&[Some(text)]), count];
            arguments.extend(fill.map(|fill| texts(&[Some(fill)])));
            let made = run(&arguments, &DataType::Utf8).unwrap();
            made.is_valid(0).then(|| made.as_string::<i32>().value(0).to_owned())
        };
        assert_eq!(run(repeat, "ab", 3, None).as_deref(), Some("ababab"));
        assert_eq!(run(repeat, "ab", -1, None).as_deref(), Some(""));
        assert_eq!(run(repeat, "ab", 1_000_000_000, None), None);
        assert_eq!(run(repeat, "ab", i64::MAX, None), None);
        assert_eq!(run(lpad, "äb", 5, Some("xy")).as_deref(), Some("xyxäb"));
        assert_eq!(run(rpad, "äb", 5, Some("xy")).as_deref(), Some("äbxyx"));
        assert_eq!(run(rpad, "äb", 1, None).as_deref(), Some("ä"));
        assert_eq!(run(lpad, "a", 3, Some("")).as_deref(), Some("a"));
        assert_eq!(run(lpad, "a", -1, None), None);
        assert_eq!(run(lpad, "a", 2_000_000, None), None);
    }

    #[test]
    fn one_null_makes_the_whole_null() {
        let joined = concat(&[texts(&[Some("a"), Some("a")]), texts(&[Some("b"), None])], &DataType::Utf8).unwrap();
        assert_eq!(text::text(&joined, 0).unwrap(), "ab");
        assert_eq!(text::text(&joined, 1), None);
    }
}
