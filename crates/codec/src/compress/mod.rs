// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Framing and compression of load bodies.

mod keyed;
mod lz4;

use std::io::{self, Write};

use flate2::write::GzEncoder;
use starrocks_types::{Error, ErrorKind, Result};
use zstd::stream::write::Encoder as ZstdEncoder;

pub use self::lz4::Lz4Parts;
use crate::config::Format;

/// What stands before, between and after the blocks of rows in one load body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyFrame {
    /// Before the first block.
    pub start: &'static [u8],
    /// Between two blocks.
    pub between: &'static [u8],
    /// After the last block.
    pub end: &'static [u8],
}

impl BodyFrame {
    /// The frame of a format: brackets and commas for JSON, nothing for CSV.
    pub fn of(format: &Format) -> Self {
        match format {
            Format::Csv(_) => Self { start: b"", between: b"", end: b"" },
            Format::Json => Self { start: b"[", between: b",", end: b"]" },
        }
    }
}

/// How a load body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// LZ4 frame.
    Lz4Frame,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Compression {
    /// Parses the value of `sink.properties.compression`, in any case.
    pub fn parse(name: &str) -> Result<Self> {
        match name.to_ascii_lowercase().as_str() {
            "" | "none" | "no_compression" => Ok(Self::None),
            "lz4_frame" => Ok(Self::Lz4Frame),
            "gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(Error::new(ErrorKind::InvalidConfig, format!("compression {name:?} is not supported"))
                .with("option", "sink.properties.compression")
                .hint("use lz4_frame, gzip or zstd")),
        }
    }
}

/// Compresses one load body after another: blocks go in as they fill, compressed bytes come out, and
/// [`Compressor::finish`] ends the body. Each body is one frame, as the server expects of a JSON body.
pub struct Compressor {
    compression: Compression,
    format: Format,
    stream: Option<Stream>,
}

enum Stream {
    Plain(Vec<u8>),
    Lz4 { parts: Box<Lz4Parts>, out: Vec<u8>, begun: bool },
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(ZstdEncoder<'static, Vec<u8>>),
}

impl Compressor {
    /// A compressor for bodies of one kind; nothing is allocated before the first block.
    pub fn new(compression: Compression, format: &Format) -> Self {
        Self { compression, format: format.clone(), stream: None }
    }

    /// Adds a block to the body and appends what is ready of the compressed body to `out`. Up to a compression block may
    /// stay inside until more follows or the body is finished.
    pub fn write(&mut self, block: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => self.stream.insert(Stream::new(self.compression, &self.format).map_err(failed)?),
        };
        stream.write(block).map_err(failed)?;
        out.append(stream.ready());
        Ok(())
    }

    /// Ends the body and appends the rest of it to `out`; the next block begins another body. A body without blocks is an
    /// empty frame.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let stream = match self.stream.take() {
            Some(stream) => stream,
            None => Stream::new(self.compression, &self.format).map_err(failed)?,
        };
        out.append(&mut stream.finish().map_err(failed)?);
        Ok(())
    }

    /// Forgets the body that was begun.
    pub fn discard(&mut self) {
        self.stream = None;
    }
}

impl std::fmt::Debug for Compressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compressor").field("compression", &self.compression).finish_non_exhaustive()
    }
}

impl Stream {
    fn new(compression: Compression, format: &Format) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(Vec::new()),
            Compression::Lz4Frame => {
                Self::Lz4 { parts: Box::new(Lz4Parts::new(format)), out: Vec::new(), begun: false }
            }
            Compression::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::fast())),
            Compression::Zstd => Self::Zstd(ZstdEncoder::new(Vec::new(), 1)?),
        })
    }

    fn write(&mut self, block: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.write_all(block),
            Self::Lz4 { parts, out, begun } => {
                out.append(&mut parts.part(&[block], !*begun, false));
                *begun = true;
                Ok(())
            }
            Self::Gzip(encoder) => encoder.write_all(block),
            Self::Zstd(encoder) => encoder.write_all(block),
        }
    }

    fn ready(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Plain(out) => out,
            Self::Lz4 { out, .. } => out,
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(out) => Ok(out),
            Self::Lz4 { mut parts, begun, .. } => Ok(parts.part(&[], !begun, true)),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

fn failed(e: io::Error) -> Error {
    Error::new(ErrorKind::Unexpected, "a load body cannot be compressed").operation("compress").caused_by(e)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn plain(compression: Compression, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        match compression {
            Compression::None => Ok(body.len()).inspect(|_| out.extend_from_slice(body)),
            Compression::Lz4Frame => lz4_flex::frame::FrameDecoder::new(body).read_to_end(&mut out),
            Compression::Gzip => flate2::read::GzDecoder::new(body).read_to_end(&mut out),
            Compression::Zstd => zstd::stream::read::Decoder::new(body).unwrap().read_to_end(&mut out),
        }
        .unwrap();
        out
    }

    #[test]
    fn each_body_is_one_frame_of_all_its_blocks() {
        for compression in [Compression::None, Compression::Lz4Frame, Compression::Gzip, Compression::Zstd] {
            let mut compressor = Compressor::new(compression, &Format::Json);
            for blocks in [0usize, 1, 7] {
                let block: Vec<u8> = (0..300_000u32).flat_map(|i| (i / 3 * 7).to_le_bytes()).collect();
                let (mut body, mut ready) = (Vec::new(), 0);
                for _ in 0..blocks {
                    compressor.write(&block, &mut body).unwrap();
                    ready = body.len();
                }
                compressor.finish(&mut body).unwrap();
                assert!(plain(compression, &body) == block.repeat(blocks), "{compression:?} {blocks}");
                assert!(blocks == 0 || ready > body.len() / 2, "bytes come out while blocks go in");
            }
        }
    }

    #[test]
    fn a_discarded_body_leaves_no_trace() {
        let mut compressor = Compressor::new(Compression::Lz4Frame, &Format::Json);
        let mut body = Vec::new();
        compressor.write(b"lost", &mut body).unwrap();
        compressor.discard();
        body.clear();
        compressor.write(b"kept", &mut body).unwrap();
        compressor.finish(&mut body).unwrap();
        assert_eq!(plain(Compression::Lz4Frame, &body), b"kept");
    }

    #[test]
    fn compression_names_are_those_of_the_load_header() {
        assert_eq!(Compression::parse("LZ4_FRAME").unwrap(), Compression::Lz4Frame);
        assert_eq!(Compression::parse("").unwrap(), Compression::None);
        let error = Compression::parse("snappy").unwrap_err();
        assert!(error.to_string().contains("sink.properties.compression"), "{error}");
    }
}
