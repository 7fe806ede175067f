// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Files that appear under their names when they are complete, and not at all otherwise.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use starrocks_types::{Error, ErrorKind, Result};

/// A file under a temporary name, which is removed unless it is [published](Draft::publish).
#[derive(Debug)]
pub(super) struct Draft {
    name: PathBuf,
    temporary: PathBuf,
    published: bool,
}

/// Writes to a draft and counts.
#[derive(Debug)]
pub(super) struct Counted {
    file: io::BufWriter<File>,
    bytes: u64,
}

impl Draft {
    /// Creates the temporary file beside the final name.
    pub(super) fn create(name: &Path) -> Result<(Self, Counted)> {
        let failed = |cause| io_error("the file cannot be created", name, cause);
        let base = name.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(base);
        hidden.push(format!(".{}.tmp", std::process::id()));
        let temporary = name.with_file_name(hidden);
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary).map_err(failed)?;
        let draft = Self { name: name.to_owned(), temporary, published: false };
        Ok((draft, Counted { file: io::BufWriter::with_capacity(1 << 20, file), bytes: 0 }))
    }

    /// Gives the file its name, and tells it. An existing file is replaced if `overwrite` says so.
    pub(super) fn publish(mut self, overwrite: bool) -> Result<PathBuf> {
        if !overwrite && self.name.exists() {
            let error = Error::new(ErrorKind::InvalidConfig, "the file exists by now");
            return Err(error.with("file", self.name.display()).hint("give --overwrite to replace it"));
        }
        fs::rename(&self.temporary, &self.name)
            .map_err(|cause| io_error("the file cannot get its name", &self.name, cause))?;
        self.published = true;
        Ok(self.name.clone())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // It failed already; that a remnant stays is the smaller problem, and its name says what it is.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Counted {
    /// Makes sure that everything is on the disk; tells how much it was.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(self.bytes)
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// An error of a file.
pub(super) fn io_error(what: &str, path: &Path, cause: io::Error) -> Error {
    Error::new(ErrorKind::InvalidConfig, what.to_owned()).with("file", path.display()).caused_by(cause)
}
