// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A client's bytes, as many and for as long as a request may take.

use std::io::{self, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Reads from a socket within limits.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    deadline: Instant,
    left: u64,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, deadline: Instant::now(), left: 0 }
    }

    /// From now on this many bytes and this much time may pass.
    pub(super) fn allow(&mut self, bytes: u64, time: Duration) {
        self.left = bytes;
        self.deadline = Instant::now() + time;
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the request is too long"));
        }
        let time = self.deadline.saturating_duration_since(Instant::now());
        if time.is_zero() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the request took too long"));
        }
        self.stream.set_read_timeout(Some(time))?;
        let read = self.stream.read(buffer)?;
        self.left = self.left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}
