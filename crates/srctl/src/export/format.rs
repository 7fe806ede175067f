// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Formats of files.

use std::io;

use arrow::array::AsArray;
use arrow::csv;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::ipc::writer::FileWriter;
use arrow::json::writer::LineDelimited;
use arrow::json::{Writer as JsonWriter, WriterBuilder as JsonWriterBuilder};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use starrocks_types::{Error, ErrorKind, Result};

use crate::cause::root;

use super::file::Counted;

/// What files look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line with the names, then a line for each row; scalar columns only
    Csv,
    /// A JSON object in each line
    Json,
    /// Parquet, zstd
    Parquet,
    /// Arrow IPC file
    Arrow,
}

impl Format {
    /// The usual ending of file names.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }
}

/// Writes record batches of one schema.
pub(super) enum Encoder {
    /// With the text for NULL.
    Csv(Box<csv::Writer<Counted>>, String),
    Json(Box<JsonWriter<Counted, LineDelimited>>),
    Parquet(Box<ArrowWriter<Counted>>),
    Arrow(Box<FileWriter<Counted>>),
}

impl Encoder {
    pub(super) fn new(format: Format, null: &str, schema: &SchemaRef, to: Counted) -> Result<Self> {
        Ok(match format {
            Format::Csv => {
                check_csv(schema)?;
                let writer = csv::WriterBuilder::new().with_header(true).with_null(null.to_owned()).build(to);
                let mut writer = Box::new(writer);
                // The names come even if no row does.
                writer.write(&RecordBatch::new_empty(schema.clone())).map_err(encode_error)?;
                Self::Csv(writer, null.to_owned())
            }
            Format::Json => Self::Json(Box::new(JsonWriterBuilder::new().with_explicit_nulls(true).build(to))),
            Format::Parquet => {
                let level = ZstdLevel::try_new(3).map_err(encode_error)?;
                let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
                let writer = ArrowWriter::try_new(to, schema.clone(), Some(properties)).map_err(encode_error)?;
                Self::Parquet(Box::new(writer))
            }
            Format::Arrow => Self::Arrow(Box::new(FileWriter::try_new(to, schema).map_err(encode_error)?)),
        })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Csv(writer, null) => {
                check_nulls(batch, null)?;
                writer.write(batch).map_err(encode_error)
            }
            Self::Json(writer) => writer.write(batch).map_err(encode_error),
            Self::Arrow(writer) => writer.write(batch).map_err(encode_error),
            Self::Parquet(writer) => writer.write(batch).map_err(encode_error),
        }
    }

    /// Writes what belongs at the end.
    pub(super) fn finish(self) -> Result<Counted> {
        match self {
            Self::Csv(writer, _) => Ok(writer.into_inner()),
            Self::Json(mut writer) => {
                writer.finish().map_err(encode_error)?;
                Ok(writer.into_inner())
            }
            Self::Arrow(mut writer) => {
                writer.finish().map_err(encode_error)?;
                writer.into_inner().map_err(encode_error)
            }
            Self::Parquet(writer) => writer.into_inner().map_err(encode_error),
        }
    }
}

/// CSV has no place for values within values.
fn check_csv(schema: &SchemaRef) -> Result<()> {
    let nested =
        schema.fields().iter().find(|field| field.data_type().is_nested() || *field.data_type() == DataType::Binary);
    match nested {
        None => Ok(()),
        Some(field) => Err(Error::new(ErrorKind::Unsupported, "CSV cannot hold this column")
            .with("column", field.name())
            .with("type", field.data_type())
            .hint("take --format json, parquet or arrow, or leave the column out")),
    }
}

/// A text that is spelled like NULL would be read as one.
fn check_nulls(batch: &RecordBatch, null: &str) -> Result<()> {
    for (column, field) in batch.columns().iter().zip(batch.schema_ref().fields()) {
        let texts = column.as_string_opt::<i32>();
        if texts.is_some_and(|texts| texts.iter().flatten().any(|text| text == null)) {
            return Err(Error::new(ErrorKind::Unsupported, "a value is spelled like NULL")
                .with("column", field.name())
                .with("null", null.escape_debug())
                .hint("choose another text with --null"));
        }
    }
    Ok(())
}

/// Why rows did not become bytes of a file: the disk, or the format.
fn encode_error(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    let (kind, what) = match root(&cause).is::<io::Error>() {
        true => (ErrorKind::InvalidConfig, "the file cannot be written"),
        false => (ErrorKind::Unsupported, "the rows cannot be written in this format"),
    };
    Error::new(kind, what).caused_by(cause)
}
