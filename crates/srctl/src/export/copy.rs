// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! From readers to files.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use indicatif::{ProgressBar, ProgressStyle};
use starrocks_client::StarRocks;
use starrocks_client::query::QueryOptions;
use starrocks_client::scan::{ScanEvent, ScanOptions, ScanReader, ScanRequest, Split};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::task::JoinSet;

use super::Written;
use super::file::{Draft, io_error};
use super::format::{Encoder, Format};

/// Splits for each file of a directory: enough that files of fast readers get more of them.
const SPLITS_PER_FILE: usize = 4;

/// Where rows go.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    pub(super) null: String,
    pub(super) overwrite: bool,
}

impl Target {
    fn is_directory(&self) -> bool {
        self.path.is_dir() || self.path.as_os_str().as_encoded_bytes().ends_with(b"/")
    }

    /// Refuses what is in the way, before anything is read.
    fn check(&self) -> Result<()> {
        let refuse = |what: &str, hint: &'static str| {
            Err(Error::new(ErrorKind::InvalidConfig, what.to_owned()).with("path", self.path.display()).hint(hint))
        };
        if self.is_directory() {
            fs::create_dir_all(&self.path)
                .map_err(|cause| io_error("the directory cannot be created", &self.path, cause))?;
            let mut entries = fs::read_dir(&self.path)
                .map_err(|cause| io_error("the directory cannot be read", &self.path, cause))?;
            if entries.next().is_some() {
                return refuse("the directory is not empty", "name an empty or a new one, so that files do not mix");
            }
        } else if fs::metadata(&self.path).is_ok_and(|found| !found.is_file()) {
            return refuse("this is no regular file", "name a file or a directory, which can get all rows or none");
        } else if self.path.exists() && !self.overwrite {
            return refuse("the file exists", "give --overwrite to replace it");
        }
        Ok(())
    }

    fn file(&self, number: usize) -> PathBuf {
        if self.is_directory() {
            self.path.join(format!("part-{number:05}.{}", self.format.extension()))
        } else {
            self.path.clone()
        }
    }
}

/// One file in the making. It comes into being with the first rows, which tell the columns.
struct Part {
    target: Target,
    name: PathBuf,
    open: Option<(Draft, Encoder, SchemaRef)>,
    rows: u64,
}

/// A file that is complete but for its name.
struct Complete {
    draft: Option<Draft>,
    rows: u64,
    bytes: u64,
}

impl Part {
    fn new(target: &Target, number: usize) -> Self {
        Self { target: target.clone(), name: target.file(number), open: None, rows: 0 }
    }

    fn open(&mut self, schema: &SchemaRef) -> Result<&mut Encoder> {
        if self.open.is_none() {
            let (draft, file) = Draft::create(&self.name)?;
            let encoder = Encoder::new(self.target.format, &self.target.null, schema, file);
            self.open = Some((draft, encoder.map_err(|e| e.with("file", self.name.display()))?, Arc::clone(schema)));
        }
        match &mut self.open {
            Some((_, encoder, opened)) if *opened == *schema => Ok(encoder),
            _ => Err(Error::new(ErrorKind::SchemaMismatch, "the columns changed while the table was read")),
        }
    }

    /// Files block, which is fine on this thread while it says so.
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let name = self.name.display().to_string();
        tokio::task::block_in_place(|| self.open(batch.schema_ref())?.write(batch))
            .map_err(|e| e.with("file", name))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn finish(self) -> Result<Complete> {
        let Some((draft, encoder, _)) = self.open else { return Ok(Complete { draft: None, rows: 0, bytes: 0 }) };
        let bytes = tokio::task::block_in_place(|| {
            let file = encoder.finish().map_err(|e| e.with("file", self.name.display()))?;
            file.finish().map_err(|cause| io_error("the file cannot be written", &self.name, cause))
        })?;
        Ok(Complete { draft: Some(draft), rows: self.rows, bytes })
    }
}

/// Gives all files their names; there is one at least, made of `schema` if there were no rows.
fn publish(mut parts: Vec<Complete>, target: &Target, schema: Option<&SchemaRef>) -> Result<Written> {
    parts.retain(|part| part.draft.is_some());
    if parts.is_empty() {
        let mut part = Part::new(target, 0);
        part.open(schema.unwrap_or(&Arc::new(Schema::empty())))?;
        parts.push(part.finish()?);
    }
    let (mut written, mut names) = (Written::default(), Vec::new());
    for part in parts {
        written.rows += part.rows;
        written.bytes += part.bytes;
        written.files += 1;
        if let Some(draft) = part.draft {
            match draft.publish(target.overwrite) {
                Ok(name) => names.push(name),
                Err(error) => {
                    // All files or none; what stays in spite of that has been told of by the error.
                    names.iter().for_each(|name| drop(fs::remove_file(name)));
                    return Err(error);
                }
            }
        }
    }
    Ok(written)
}

/// Progress on the terminal; hidden where there is none.
fn progress(tablets: usize) -> ProgressBar {
    let bar = ProgressBar::new(tablets as u64);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos}/{len} tablets, {msg} rows") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// Copies a table.
pub(super) async fn table(
    client: &StarRocks,
    request: &ScanRequest,
    options: &ScanOptions,
    target: &Target,
) -> Result<Written> {
    target.check()?;
    let plan = client.plan_scan(request, options).await.map_err(|error| match error.kind() {
        ErrorKind::Unsupported => {
            Error::new(ErrorKind::Unsupported, "this cannot be scanned").caused_by(error).hint("read it with --sql")
        }
        _ => error,
    })?;
    let tablets = plan.tablets();
    let parallel = usize::try_from(options.parallel_tablets).unwrap_or(usize::MAX);
    let files = if target.is_directory() { parallel.min(tablets).max(1) } else { 1 };
    // One file takes all splits at once; files of a directory take another one when they are done with the last.
    let splits = plan.splits(if files == 1 { parallel } else { files * SPLITS_PER_FILE });
    let queue = Arc::new(Mutex::new(VecDeque::from(splits)));
    let bar = progress(tablets);
    let mut tasks = JoinSet::new();
    for number in 0..files {
        let each =
            ScanOptions { parallel_tablets: u32::try_from(parallel.div_ceil(files)).unwrap_or(1), ..options.clone() };
        let reader = ScanReader::new(client.clone(), request.clone(), each)?;
        let (queue, bar, part) = (Arc::clone(&queue), bar.clone(), Part::new(target, number));
        tasks.spawn(copy(reader, queue, files == 1, part, bar));
    }
    let mut parts = Vec::with_capacity(files);
    while let Some(ended) = tasks.join_next().await {
        let part = ended
            .map_err(|cause| Error::new(ErrorKind::Panic, "a writer ended without a result").caused_by(cause))
            .flatten();
        match part {
            Ok(part) => parts.push(part),
            Err(error) => {
                // Their files are removed before the command ends.
                tasks.shutdown().await;
                bar.finish_and_clear();
                return Err(error);
            }
        }
    }
    bar.finish_and_clear();
    let schema = if parts.iter().all(|part| part.rows == 0) && target.format != Format::Json {
        Some(columns_of(client, request).await?)
    } else {
        None
    };
    publish(parts, target, schema.as_ref())
}

/// Reads splits into one file until there are none left.
async fn copy(
    mut reader: ScanReader,
    queue: Arc<Mutex<VecDeque<Split>>>,
    all: bool,
    mut part: Part,
    bar: ProgressBar,
) -> Result<Complete> {
    let mut told = 0;
    let copied = async {
        loop {
            let next: Vec<Split> = {
                let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                let count = if all { queue.len() } else { 1.min(queue.len()) };
                queue.drain(..count).collect()
            };
            if next.is_empty() {
                return Ok(());
            }
            for split in next {
                reader.add_split(split)?;
            }
            while let Some(event) = reader.next().await? {
                match event {
                    ScanEvent::Batch(batch) => {
                        part.write(&batch.batch)?;
                        bar.set_message(part.rows.to_string());
                    }
                    ScanEvent::TabletDone { rows, .. } => {
                        told += rows;
                        bar.inc(1);
                    }
                    ScanEvent::SplitDone { .. } => {}
                }
            }
        }
    };
    let copied: Result<()> = copied.await;
    reader.close().await;
    copied?;
    if told != part.rows {
        return Err(Error::new(ErrorKind::Unexpected, "the file has not as many rows as were read")
            .with("read", told)
            .with("written", part.rows));
    }
    part.finish()
}

/// The columns of a table that has no rows, which no backend tells.
async fn columns_of(client: &StarRocks, request: &ScanRequest) -> Result<SchemaRef> {
    let statement = ScanRequest { filter: None, ..request.clone() }.statement() + " limit 0";
    let rows = client.query(&statement, QueryOptions::default()).await;
    rows.map(|rows| Arc::clone(rows.schema())).map_err(|cause| {
        Error::new(
            ErrorKind::QueryFailed,
            "there are no rows, and their columns cannot be asked for over the MySQL port",
        )
        .caused_by(cause)
        .hint("check --query")
    })
}

/// Copies the rows of a statement.
pub(super) async fn statement(client: &StarRocks, sql: &str, timeout_s: u64, target: &Target) -> Result<Written> {
    target.check()?;
    let options =
        QueryOptions { batch_rows: 16_384, read_timeout: Duration::from_secs(timeout_s), ..QueryOptions::default() };
    let mut rows = client.query(sql, options).await?;
    let schema = Arc::clone(rows.schema());
    let mut part = Part::new(target, 0);
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(250));
    while let Some(batch) = rows.next().await? {
        part.write(&batch)?;
        bar.set_message(format!("{} rows", part.rows));
    }
    bar.finish_and_clear();
    publish(vec![part.finish()?], target, Some(&schema))
}
