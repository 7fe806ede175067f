// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! From row batches to the bodies of StarRocks loads: the batch reader, the CSV and JSON writers, compression. And from what
//! StarRocks sends when it is read back to row batches: [`rows`].
//! For lookups, [`LookupCodec`]: from keys in row batches to SQL literals, and from text results to row batches.
//!
//! [`RowEncoder`] turns a batch (see `docs/design/row-batch.md`) into complete rows of text, [`BodyFrame`] tells what goes
//! before, between and after blocks of such rows, and [`Compressor`] makes one compressed frame of a load body.
//! No I/O, no async; nothing is matched on types or allocated per row.

mod binary;
mod changelog;
mod check;
mod column;
mod compress;
mod config;
mod encoder;
mod json_document;
mod lookup;
mod nested;
mod number;
mod parse;
mod record;
mod reject;
pub mod rows;
mod sink;
mod temporal;
mod text;
mod writer;

pub use changelog::UpdateBefore;
pub use compress::{BodyFrame, Compression, Compressor, Lz4Parts};
pub use config::{CsvFormat, EncoderConfig, Format, OnInvalid};
pub use encoder::{Encoded, RowEncoder};
pub use lookup::{Key, LookupCodec, string_literal};
pub use reject::Rejected;
