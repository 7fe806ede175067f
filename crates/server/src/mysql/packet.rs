// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Packets of the MySQL protocol: framing over a stream, and the integers and strings inside a payload.

use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A payload of this length is continued in the next packet.
const FULL: usize = 0xff_ffff;

/// Reads and writes packets over one stream, counting sequence numbers.
pub(super) struct Packets<S> {
    stream: S,
    sequence: u8,
    out: Vec<u8>,
    max_payload: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Packets<S> {
    /// `max_payload` bounds what one command may occupy in memory.
    pub(super) fn new(stream: S, max_payload: usize) -> Self {
        Self { stream, sequence: 0, out: Vec::with_capacity(4096), max_payload }
    }

    /// From now on a payload may be so long.
    pub(super) fn admit(&mut self, max_payload: usize) {
        self.max_payload = max_payload;
    }

    /// The next command starts a new numbering.
    pub(super) fn reset_sequence(&mut self) {
        self.sequence = 0;
    }

    /// The next payload, joined from continued packets. `None` when the peer closed the connection between packets.
    pub(super) async fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut payload = Vec::new();
        loop {
            let mut header = [0_u8; 4];
            match self.stream.read_exact(&mut header).await {
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof && payload.is_empty() => return Ok(None),
                Err(e) => return Err(e),
            }
            let [a, b, c, sequence] = header;
            let length = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
            if sequence != self.sequence {
                let text =
                    format!("Got packets out of order: packet {sequence} where packet {} was due", self.sequence);
                return Err(Violation { code: 1156, state: "08S01", text }.into());
            }
            self.sequence = self.sequence.wrapping_add(1);
            if payload.len() + length > self.max_payload {
                let text = format!("Got a packet bigger than the {} bytes that are admitted here", self.max_payload);
                return Err(Violation { code: 1153, state: "08S01", text }.into());
            }
            // `take` grows the buffer as bytes arrive: a header that promises much allocates nothing.
            let read = (&mut self.stream).take(length as u64).read_to_end(&mut payload).await?;
            if read < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if length < FULL {
                return Ok(Some(payload));
            }
        }
    }

    /// Appends a payload to the output, split where it exceeds one packet. It is sent by [`Packets::flush`], or earlier
    /// when much has gathered.
    pub(super) async fn write(&mut self, payload: &[u8]) -> io::Result<()> {
        let mut rest = payload;
        loop {
            let (part, tail) = rest.split_at(rest.len().min(FULL));
            let length = part.len();
            self.out.extend([length as u8, (length >> 8) as u8, (length >> 16) as u8, self.sequence]);
            self.sequence = self.sequence.wrapping_add(1);
            self.out.extend_from_slice(part);
            rest = tail;
            if length < FULL {
                break;
            }
        }
        if self.out.len() >= 64 * 1024 {
            self.send().await?;
        }
        Ok(())
    }

    /// Sends what [`Packets::write`] gathered.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.send().await?;
        self.stream.flush().await
    }

    async fn send(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.out).await?;
        self.out.clear();
        Ok(())
    }
}

/// Bytes that break the protocol, with the error that MySQL has for them.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) code: u16,
    pub(super) state: &'static str,
    pub(super) text: String,
}

impl Violation {
    /// The violation that an error of a connection stands for; none for one of the network.
    pub(super) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// Whether the next packet can be told from this one: only what was in the packet was wrong.
    pub(super) fn is_within_packet(&self) -> bool {
        !matches!(self.code, 1153 | 1156)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Violation {}

impl From<Violation> for io::Error {
    fn from(violation: Violation) -> Self {
        Self::new(io::ErrorKind::InvalidData, violation)
    }
}

/// An error for a packet that holds something else than what was due.
pub(super) fn invalid(what: impl fmt::Display) -> io::Error {
    Violation { code: 1835, state: "HY000", text: format!("Malformed communication packet: {what}") }.into()
}

/// Text of a client, which has to be UTF-8; `what` names it.
pub(super) fn utf8<'a>(bytes: &'a [u8], what: &str) -> io::Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let text =
            format!("{what} is not valid UTF-8 at byte {}; this server speaks utf8mb4 only", error.valid_up_to());
        Violation { code: 1300, state: "HY000", text }.into()
    })
}

/// Reads fields from a payload; every method fails where the payload ends too early.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(super) fn bytes(&mut self, n: usize) -> io::Result<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n).ok_or_else(|| invalid("a packet that ends too early"))?;
        self.0 = tail;
        Ok(head)
    }

    pub(super) fn uint(&mut self, bytes: usize) -> io::Result<u64> {
        Ok(self.bytes(bytes)?.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
    }

    pub(super) fn u8(&mut self) -> io::Result<u8> {
        Ok(self.uint(1)? as u8)
    }

    /// Bytes up to a zero byte, which is skipped.
    pub(super) fn until_zero(&mut self) -> io::Result<&'a [u8]> {
        let end = self.0.iter().position(|b| *b == 0).ok_or_else(|| invalid("a string without its zero byte"))?;
        let text = self.bytes(end)?;
        self.bytes(1)?;
        Ok(text)
    }

    pub(super) fn lenenc_int(&mut self) -> io::Result<u64> {
        match self.u8()? {
            n @ 0..=0xfa => Ok(u64::from(n)),
            0xfc => self.uint(2),
            0xfd => self.uint(3),
            0xfe => self.uint(8),
            other => Err(invalid(format!("{other:#x} where a length was due"))),
        }
    }

    pub(super) fn lenenc_bytes(&mut self) -> io::Result<&'a [u8]> {
        let length = self.lenenc_int()?;
        self.bytes(usize::try_from(length).map_err(|_| invalid("a length beyond memory"))?)
    }
}

/// Appends a length-encoded integer.
pub(super) fn put_lenenc_int(out: &mut Vec<u8>, n: u64) {
    match n {
        0..=0xfa => out.push(n as u8),
        0xfb..=0xffff => {
            out.push(0xfc);
            out.extend_from_slice(&(n as u16).to_le_bytes());
        }
        0x1_0000..=0xff_ffff => {
            out.push(0xfd);
            out.extend_from_slice(&(n as u32).to_le_bytes()[..3]);
        }
        _ => {
            out.push(0xfe);
            out.extend_from_slice(&n.to_le_bytes());
        }
    }
}

/// Appends bytes with their length before them.
pub(super) fn put_lenenc(out: &mut Vec<u8>, bytes: &[u8]) {
    put_lenenc_int(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_payload_of_exactly_one_full_packet_is_followed_by_an_empty_one() {
        let (a, b) = tokio::io::duplex(64 * 1024);
        let payload = vec![7_u8; FULL];
        let sent = payload.clone();
        let writer = tokio::spawn(async move {
            let mut packets = Packets::new(a, usize::MAX);
            packets.write(&sent).await.unwrap();
            packets.flush().await.unwrap();
        });
        let mut packets = Packets::new(b, 1 << 26);
        assert_eq!(packets.read().await.unwrap().unwrap(), payload);
        assert_eq!(packets.sequence, 2);
        writer.await.unwrap();
    }

    #[tokio::test]
    async fn a_payload_beyond_the_limit_and_a_wrong_sequence_are_refused() {
        for bytes in [[0xff, 0xff, 0xff, 0], [1, 0, 0, 9]] {
            let (mut a, b) = tokio::io::duplex(64);
            a.write_all(&bytes).await.unwrap();
            assert_eq!(Packets::new(b, 1000).read().await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn lenenc_integers_of_every_width_are_read_back() {
        for n in [0, 250, 251, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, u64::MAX] {
            let mut out = Vec::new();
            put_lenenc_int(&mut out, n);
            let mut reader = Reader(&out);
            assert_eq!(reader.lenenc_int().unwrap(), n);
            assert!(reader.is_empty());
        }
        assert!(Reader(&[0xfc, 1]).lenenc_int().is_err());
    }
}
