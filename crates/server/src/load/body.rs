// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A body on its way from the connection to the thread that parses it.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use bzip2::read::MultiBzDecoder;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use lz4_flex::frame::FrameDecoder;
use tokio::sync::mpsc::Receiver;

use super::options::Compression;

/// Decompressed bytes handed on at once.
const CHUNK_BYTES: usize = 256 << 10;

/// The receiving end of a body. The sender closes the channel at the body's end or sends the error that ended it.
pub(crate) struct ChannelBody {
    chunks: Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl ChannelBody {
    pub(crate) fn new(chunks: Receiver<io::Result<Bytes>>) -> Self {
        Self { chunks, current: Bytes::new() }
    }

    fn next(&mut self) -> io::Result<Option<Bytes>> {
        self.chunks.blocking_recv().transpose()
    }

    /// Whether the body has ended; otherwise `current` is not empty.
    fn fill(&mut self) -> io::Result<bool> {
        while self.current.is_empty() {
            match self.next()? {
                Some(chunk) => self.current = chunk,
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}

impl Read for ChannelBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let count = self.current.len().min(buffer.len());
        if let Some(target) = buffer.get_mut(..count) {
            self.current.copy_to_slice(target);
        }
        Ok(count)
    }
}

/// A body after decompression.
pub(crate) enum Chunks {
    Plain(ChannelBody),
    Decoded(Box<dyn Read>),
}

impl Chunks {
    pub(crate) fn next(&mut self) -> io::Result<Option<Bytes>> {
        match self {
            Self::Plain(body) => body.next(),
            Self::Decoded(decoder) => {
                let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                decoder.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
                Ok((!chunk.is_empty()).then(|| chunk.into()))
            }
        }
    }
}

/// Puts the decoder in front of the body.
pub(crate) fn decompress(body: ChannelBody, compression: Compression) -> Result<Chunks, String> {
    Ok(match compression {
        Compression::None => Chunks::Plain(body),
        Compression::Lz4Frame => Chunks::Decoded(Box::new(Lz4Frames(Some(Lz4State::Between(body))))),
        Compression::Gzip => Chunks::Decoded(Box::new(MultiGzDecoder::new(body))),
        Compression::Deflate => Chunks::Decoded(Box::new(DeflateDecoder::new(body))),
        Compression::Zstd => match zstd::stream::read::Decoder::new(body) {
            Ok(decoder) => Chunks::Decoded(Box::new(decoder)),
            Err(error) => return Err(format!("the zstd decoder cannot be made: {error}")),
        },
        Compression::Bzip2 => Chunks::Decoded(Box::new(MultiBzDecoder::new(body))),
        Compression::Refused(number) => return Err(refusal(number)),
    })
}

/// The backend's text for a compression that it knows and has no decompressor for.
pub(crate) fn refusal(number: u8) -> String {
    format!("Unknown compress type: {number}")
}

/// LZ4 frames one after another; the library's decoder stops at the end of the first.
struct Lz4Frames(Option<Lz4State>);

enum Lz4State {
    Between(ChannelBody),
    Within(Box<FrameDecoder<ChannelBody>>),
}

impl Read for Lz4Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.0.take() {
                None => return Ok(0),
                Some(Lz4State::Between(mut body)) => {
                    if body.fill()? {
                        return Ok(0);
                    }
                    self.0 = Some(Lz4State::Within(Box::new(FrameDecoder::new(body))));
                }
                Some(Lz4State::Within(mut decoder)) => {
                    let count = decoder.read(buffer)?;
                    if count > 0 {
                        self.0 = Some(Lz4State::Within(decoder));
                        return Ok(count);
                    }
                    self.0 = Some(Lz4State::Between(decoder.into_inner()));
                }
            }
        }
    }
}
