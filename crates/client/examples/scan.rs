// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reads a table straight from the backends, several tablets at a time, and counts its rows by tablet.
//!
//! ```sh
//! cargo run --example scan -- 127.0.0.1:8030 demo flights 'distance > 1000'
//! ```

use std::collections::BTreeMap;
use std::io::Write;

use starrocks_client::StarRocks;
use starrocks_client::scan::{ScanEvent, ScanOptions, ScanReader, ScanRequest};
use starrocks_types::Result;

/// Rows by tablet.
pub async fn count(client: StarRocks, request: ScanRequest) -> Result<BTreeMap<i64, u64>> {
    let options = ScanOptions::default();
    let plan = client.plan_scan(&request, &options).await?;
    let mut reader = ScanReader::new(client, request, options)?;
    for split in plan.splits(16) {
        reader.add_split(split)?;
    }
    let mut rows = BTreeMap::new();
    while let Some(event) = reader.next().await? {
        if let ScanEvent::Batch(batch) = event {
            *rows.entry(batch.tablet).or_default() += batch.batch.num_rows() as u64;
        }
    }
    reader.close().await;
    Ok(rows)
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(frontend), Some(database), Some(table)) = (arguments.first(), arguments.get(1), arguments.get(2)) else {
        return Err("give FE_HOST:HTTP_PORT DATABASE TABLE [PREDICATE]".into());
    };
    let password = std::env::var("STARROCKS_PASSWORD").unwrap_or_default();
    let client = StarRocks::builder().load_urls([frontend.as_str()]).credentials("root", password).build()?;
    let mut request = ScanRequest::table(database, table);
    request.filter = arguments.get(3).cloned();
    let mut out = std::io::stdout();
    for (tablet, rows) in count(client, request).await? {
        writeln!(out, "tablet {tablet}: {rows} rows")?;
    }
    Ok(())
}
