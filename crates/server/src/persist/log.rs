// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Appending to the log and syncing it, many writers with one sync where they meet.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frame::{self, FILE_HEADER};

/// How far the log reaches: the file's number and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    sequence: u64,
    length: u64,
}

/// The log file that is written now.
pub(super) struct Log {
    dir: PathBuf,
    writer: Mutex<Writer>,
    // Taken before `writer` where both are needed; whoever waits for it finds that the holder synced its record too.
    synced: Mutex<Position>,
}

struct Writer {
    file: Arc<File>,
    position: Position,
    /// As of the last sync.
    synced: u64,
    /// Bytes appended since the last snapshot, over all files.
    since_snapshot: u64,
    /// Why the log takes no more records.
    failure: Option<String>,
}

pub(super) fn log_path(dir: &Path, sequence: u64) -> PathBuf {
    dir.join(format!("{sequence:012}.log"))
}

impl Log {
    /// Continues the log `sequence`, cutting it to `length`, or creates it when `length` is 0.
    pub(super) fn open(dir: &Path, sequence: u64, length: u64, since_snapshot: u64) -> io::Result<Self> {
        let path = log_path(dir, sequence);
        let (file, length) = if length < FILE_HEADER as u64 {
            create(dir, sequence)?
        } else {
            let mut file = named(&path, File::options().write(true).open(&path))?;
            named(&path, file.set_len(length))?;
            named(&path, io::Seek::seek(&mut file, io::SeekFrom::End(0)))?;
            named(&path, file.sync_all())?;
            (file, length)
        };
        let position = Position { sequence, length };
        let writer = Writer { file: Arc::new(file), position, synced: length, since_snapshot, failure: None };
        Ok(Self { dir: dir.to_owned(), writer: Mutex::new(writer), synced: Mutex::new(position) })
    }

    pub(super) fn sequence(&self) -> u64 {
        self.writer().position.sequence
    }

    /// Bytes appended since the last snapshot.
    pub(super) fn since_snapshot(&self) -> u64 {
        self.writer().since_snapshot
    }

    /// Starts counting towards the next snapshot.
    pub(super) fn count_from_here(&self) {
        self.writer().since_snapshot = 0;
    }

    /// Takes no more records, for this reason.
    pub(super) fn refuse(&self, reason: &str) {
        self.writer().failure.get_or_insert_with(|| reason.to_owned());
    }

    /// Appends a record. It is on the disk once [`Log::sync`] has returned for the position.
    pub(super) fn append(&self, parts: &[Vec<u8>]) -> io::Result<Position> {
        let mut writer = self.writer();
        let path = log_path(&self.dir, writer.position.sequence);
        if let Some(failure) = &writer.failure {
            return Err(io::Error::other(format!(
                "nothing is written since an earlier failure: {failure}; restart the server"
            )));
        }
        let bytes = frame::frame(parts, writer.synced)
            .ok_or_else(|| io::Error::other(format!("{}: a record would exceed 4 GiB", path.display())))?;
        let before = writer.position.length;
        if let Err(error) = (&*writer.file).write_all(&bytes) {
            // A full disk must not leave half a record between two whole ones.
            let undone = writer
                .file
                .set_len(before)
                .and_then(|()| io::Seek::seek(&mut &*writer.file, io::SeekFrom::Start(before)).map(|_| ()));
            if undone.is_err() {
                writer.failure = Some(format!("{}: {error}", path.display()));
            }
            return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display())));
        }
        writer.position.length += bytes.len() as u64;
        writer.since_snapshot += bytes.len() as u64;
        Ok(writer.position)
    }

    /// Waits until everything up to `position` is on the disk.
    pub(super) fn sync(&self, position: Position) -> io::Result<()> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced >= position {
            return Ok(());
        }
        let (file, reached) = {
            let writer = self.writer();
            (writer.file.clone(), writer.position)
        };
        self.sync_file(&file, reached)?;
        *synced = reached;
        Ok(())
    }

    /// Goes on in a new file, which gets the next number, with everything before it on the disk.
    pub(super) fn rotate(&self) -> io::Result<u64> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, reached) = {
            let writer = self.writer();
            (writer.file.clone(), writer.position)
        };
        self.sync_file(&file, reached)?;
        let mut writer = self.writer();
        // What came in between goes with a second sync, so that the older file has no torn tail ever.
        if writer.position != reached {
            named(&log_path(&self.dir, reached.sequence), file.sync_data())?;
        }
        let sequence = reached.sequence + 1;
        let (file, length) = create(&self.dir, sequence)?;
        writer.file = Arc::new(file);
        writer.position = Position { sequence, length };
        writer.synced = length;
        *synced = writer.position;
        Ok(sequence)
    }

    fn sync_file(&self, file: &File, reached: Position) -> io::Result<()> {
        let result = file.sync_data();
        let mut writer = self.writer();
        match result {
            Ok(()) => {
                if writer.position.sequence == reached.sequence {
                    writer.synced = writer.synced.max(reached.length);
                }
                Ok(())
            }
            Err(error) => {
                // After a failed sync nobody knows what the disk holds, and syncing again may say yes wrongly.
                let message = format!("{}: {error}", log_path(&self.dir, reached.sequence).display());
                writer.failure = Some(message.clone());
                Err(io::Error::new(error.kind(), message))
            }
        }
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn create(dir: &Path, sequence: u64) -> io::Result<(File, u64)> {
    let path = log_path(dir, sequence);
    let mut file = named(&path, File::create(&path))?;
    named(&path, file.write_all(&frame::file_header()))?;
    named(&path, file.sync_all())?;
    sync_dir(dir)?;
    Ok((file, FILE_HEADER as u64))
}

/// Makes names in a directory durable.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    named(dir, File::open(dir).and_then(|d| d.sync_all()))
}

/// Puts the file's name into an error.
pub(super) fn named<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
