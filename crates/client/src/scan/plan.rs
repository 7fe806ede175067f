// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Planning a scan and cutting the plan into splits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use starrocks_protocol::scan::{PlannedTablet, QueryPlan, needs_query, parse_query_plan, query_plan, query_plan_body};
use starrocks_types::{Result, Retry};
use tokio::sync::Mutex;
use tokio::time::sleep;

use super::column::ColumnPath;
use super::request::{ScanOptions, ScanRequest};
use super::split::{Split, SplitTablet};
use crate::connection::StarRocks;
use crate::transport::Limits;

/// Longest answer to the request for a plan: a table has up to some ten thousand tablets of some hundred bytes each.
const MAX_PLAN_BYTES: usize = 64 << 20;

/// Longest wait for a plan, unless the user set one.
const PLAN_TIMEOUT: Duration = Duration::from_secs(60);

/// First wait before something is tried again; doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How long to wait before the attempt that follows `attempts` failed ones.
pub(super) fn wait_before(attempts: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(10)).min(LONGEST_WAIT)
}

/// What a frontend planned: tablets, their versions, and the backends that hold them.
#[derive(Debug, Clone)]
pub struct ScanPlan {
    database: String,
    table: String,
    plan: QueryPlan,
}

impl StarRocks {
    /// Asks a frontend to plan a scan. Every frontend is tried, and all of them again after a while.
    pub async fn plan_scan(&self, request: &ScanRequest, options: &ScanOptions) -> Result<ScanPlan> {
        options.check()?;
        let head = query_plan(&request.database, &request.table, request.warehouse.as_deref())?;
        let idle = self.http().socket_timeout.unwrap_or(PLAN_TIMEOUT);
        let limits = Limits {
            wait_for_continue: PLAN_TIMEOUT,
            idle,
            reply_bytes: MAX_PLAN_BYTES,
            slow_hint: "see whether the FE is overloaded",
        };
        let mut attempts = 0;
        loop {
            let asked = async {
                let body = Bytes::from(query_plan_body(&self.scan_statement(request).await?));
                self.http().ask(&head, &body, limits, parse_query_plan).await
            };
            let asked = asked.await;
            let error = match asked {
                Ok(plan) => {
                    let (database, table) = (request.database.clone(), request.table.clone());
                    return Ok(ScanPlan { database, table, plan });
                }
                Err(error) => error.operation("plan scan").with("table", request.place()),
            };
            attempts += 1;
            if error.retry_class() == Retry::Permanent {
                return Err(error);
            }
            if attempts > options.max_retries {
                return Err(error.retry(Retry::Exhausted).with("attempts", attempts));
            }
            tracing::warn!(%error, "planning the scan again");
            sleep(wait_before(attempts)).await;
        }
    }

    /// The statement to plan; only the table's definition tells the names of fields that are selected by position.
    async fn scan_statement(&self, request: &ScanRequest) -> Result<String> {
        if !request.columns.iter().any(ColumnPath::is_positional) {
            return Ok(request.statement());
        }
        let columns = self.metadata().columns(&request.database, &request.table).await?;
        Ok(request.resolve(&columns)?.statement())
    }
}

impl StarRocks {
    /// The splits to read, at most `count`. What is no table, such as a view, is one split: a query for the MySQL port, so it takes a
    /// client that knows where that is.
    pub async fn scan_splits(&self, request: &ScanRequest, options: &ScanOptions, count: usize) -> Result<Vec<Split>> {
        match self.plan_scan(request, options).await {
            Ok(plan) => Ok(plan.splits(count)),
            Err(error) if needs_query(&error) => {
                tracing::info!(table = request.place(), "this is no table, so it is read by a query");
                let (database, table) = (request.database.clone(), request.table.clone());
                let query = Some(self.scan_statement(request).await?);
                Ok(vec![Split { id: "0".to_owned(), database, table, query, ..Split::default() }])
            }
            Err(error) => Err(error),
        }
    }
}

impl ScanPlan {
    /// Number of tablets to read.
    pub fn tablets(&self) -> usize {
        self.plan.tablets.len()
    }

    /// Cuts the plan into at most `count` splits of about equally many tablets. Tablets are spread over the backends that
    /// hold them, and the tablets of a split belong to one backend, unless there are more backends than splits.
    pub fn splits(self, count: usize) -> Vec<Split> {
        let Self { database, table, plan } = self;
        let groups = divide(by_backend(plan.tablets), count.max(1));
        let splits = groups.into_iter().enumerate().map(|(number, tablets)| Split {
            id: number.to_string(),
            database: database.clone(),
            table: table.clone(),
            plan: plan.plan.clone(),
            tablets,
            ..Split::default()
        });
        splits.collect()
    }

    /// The plan for backends, and a tablet of it.
    pub(super) fn tablet(&self, id: i64) -> Option<&PlannedTablet> {
        self.plan.tablets.iter().find(|tablet| tablet.id == id)
    }

    pub(super) fn plan(&self) -> &str {
        &self.plan.plan
    }
}

/// Gives each tablet to the backend that has the fewest of those that hold it; that backend comes first in its list.
fn by_backend(tablets: Vec<PlannedTablet>) -> Vec<Vec<SplitTablet>> {
    let mut groups: BTreeMap<String, Vec<SplitTablet>> = BTreeMap::new();
    for mut tablet in tablets {
        let load = |backend: &String| groups.get(backend).map_or(0, Vec::len);
        let Some((at, backend)) = tablet.backends.iter().enumerate().min_by_key(|(_, backend)| load(backend)) else {
            continue;
        };
        let backend = backend.clone();
        tablet.backends.rotate_left(at);
        groups.entry(backend).or_default().push(SplitTablet::new(tablet));
    }
    groups.into_values().collect()
}

/// Cuts the groups into `count` pieces, or joins the smallest if there are too many.
fn divide(mut groups: Vec<Vec<SplitTablet>>, count: usize) -> Vec<Vec<SplitTablet>> {
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    while groups.len() > count {
        let Some(smallest) = groups.pop() else { break };
        match groups.last_mut() {
            Some(next) => next.extend(smallest),
            None => break,
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    }
    let mut pieces = vec![1_usize; groups.len()];
    for _ in groups.len()..count {
        let largest = groups.iter().zip(&pieces).enumerate().filter(|(_, (group, pieces))| group.len() > **pieces);
        let Some((at, _)) = largest.max_by_key(|(_, (group, pieces))| group.len().div_ceil(**pieces)) else { break };
        if let Some(pieces) = pieces.get_mut(at) {
            *pieces += 1;
        }
    }
    let cut = groups.into_iter().zip(pieces).map(|(group, pieces)| {
        let size = group.len().div_ceil(pieces).max(1);
        group.chunks(size).map(<[SplitTablet]>::to_vec).collect::<Vec<_>>()
    });
    // In turn from each backend, so that readers that begin at the same time ask different ones.
    let mut queues: Vec<_> = cut.map(Vec::into_iter).collect();
    let mut divided = Vec::new();
    loop {
        let before = divided.len();
        divided.extend(queues.iter_mut().filter_map(Iterator::next));
        if divided.len() == before {
            return divided;
        }
    }
}

/// Plans again for tablets whose plan went stale; those that go stale together share the new plan.
pub(super) struct Planner {
    client: StarRocks,
    request: ScanRequest,
    options: ScanOptions,
    latest: Mutex<Option<Arc<ScanPlan>>>,
}

impl Planner {
    pub(super) fn new(client: StarRocks, request: ScanRequest, options: ScanOptions) -> Self {
        Self { client, request, options, latest: Mutex::new(None) }
    }

    /// A plan that is not `stale`, the one that a tablet could not be read under.
    pub(super) async fn other_than(&self, stale: &str) -> Result<Arc<ScanPlan>> {
        let mut latest = self.latest.lock().await;
        if let Some(plan) = latest.as_ref().filter(|plan| plan.plan() != stale) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(self.client.plan_scan(&self.request, &self.options).await?);
        *latest = Some(Arc::clone(&plan));
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(tablets: &[(i64, &[&str])]) -> ScanPlan {
        let tablets = tablets.iter().map(|(id, backends)| PlannedTablet {
            id: *id,
            version: 2,
            schema_hash: 1,
            backends: backends.iter().map(|b| (*b).to_owned()).collect(),
        });
        let plan = QueryPlan { plan: "p".to_owned(), tablets: tablets.collect() };
        ScanPlan { database: "d".to_owned(), table: "t".to_owned(), plan }
    }

    fn shape(splits: &[Split]) -> Vec<(String, Vec<i64>)> {
        let of = |s: &Split| (s.tablets[0].backends[0].clone(), s.tablets.iter().map(|t| t.id).collect());
        splits.iter().map(of).collect()
    }

    #[test]
    fn tablets_are_spread_over_their_backends() {
        let plan = plan(&[(1, &["a:1", "b:1"]), (2, &["a:1", "b:1"]), (3, &["b:1", "a:1"]), (4, &["a:1", "b:1"])]);
        let splits = plan.clone().splits(2);
        assert_eq!(shape(&splits), [("a:1".to_owned(), vec![1, 4]), ("b:1".to_owned(), vec![2, 3])]);
        assert_eq!(splits[1].tablets[0].backends, ["b:1", "a:1"]);
        assert_eq!((splits[0].id.as_str(), splits[1].id.as_str(), splits[0].plan.as_str()), ("0", "1", "p"));
        assert_eq!(plan.clone().splits(100).len(), 4);
        assert_eq!(plan.splits(1)[0].tablets.len(), 4);
    }

    #[test]
    fn every_tablet_is_in_one_split_and_there_are_never_too_many() {
        for tablets in 0..40_i64 {
            let backends: &[&[&str]] = &[&["a:1"], &["b:1", "a:1"], &["c:1", "b:1"], &["d:1"]];
            let all: Vec<_> = (0..tablets).map(|id| (id, backends[(id as usize * 7) % 4])).collect();
            for count in 1..12 {
                let splits = plan(&all).splits(count);
                assert!(splits.len() <= count && splits.iter().all(|s| !s.tablets.is_empty()), "{tablets} {count}");
                let mut ids: Vec<_> = splits.iter().flat_map(|s| s.tablets.iter().map(|t| t.id)).collect();
                ids.sort_unstable();
                assert_eq!(ids, (0..tablets).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn waits_double_up_to_a_bound() {
        assert_eq!([1, 2, 3, 50].map(wait_before), [500, 1000, 2000, 10_000].map(Duration::from_millis));
    }
}
