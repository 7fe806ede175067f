// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What happens to the server as a whole: time passes, labels are forgotten, and it is killed and comes back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::contexts::Contexts;
use crate::engine::{Engine, EngineResult};
use crate::frontends::FrontendState;
use crate::scan::Scans;
use crate::txn::TxnState;

/// How often expired transactions are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// What a fault does to the whole server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// So much time passes at once.
    AdvanceClock(Duration),
    /// The finished labels of a database, or of all, are forgotten.
    EvictLabels(Option<String>),
    /// It is killed, and comes back after this time.
    Restart(Duration),
}

/// Everything that has a time-out or a memory.
pub(crate) struct Whole {
    pub(super) engine: Engine,
    pub(super) contexts: Arc<Contexts>,
    pub(super) scans: Arc<Scans>,
    restarts: mpsc::Sender<Duration>,
}

impl Whole {
    /// A server whose restarts are asked for at `restarts`, with the time that it stays down.
    pub(crate) fn new(scans: Arc<Scans>, restarts: mpsc::Sender<Duration>) -> Self {
        Self { engine: scans.sql.engine.clone(), contexts: Arc::default(), scans, restarts }
    }

    /// Ends a frontend or brings it back. With a leader go the transactions that run: they are not in what the others
    /// replay.
    pub(super) fn set_frontend(&self, id: u64, state: FrontendState) {
        let frontends = &self.scans.sql.addresses.frontends;
        if frontends.set(id, state, self.engine.clock().now()) {
            self.engine.set_leaderless(frontends.leader().is_none());
            let reason = "the leader frontend changed before the transaction was prepared";
            tokio::task::block_in_place(|| self.engine.abort_running(reason));
            self.forget_contexts();
        }
    }

    /// Makes it happen.
    ///
    /// # Errors
    /// A database that does not exist, or a data directory that cannot be written.
    pub(super) fn undergo(&self, event: &Event) -> EngineResult<()> {
        match event {
            Event::AdvanceClock(by) => {
                self.engine.clock().advance(*by);
                self.sweep();
            }
            Event::EvictLabels(database) => {
                tokio::task::block_in_place(|| self.engine.evict_labels(database.as_deref()))?;
                self.forget_contexts();
            }
            // One that has been asked for already serves this caller as well.
            Event::Restart(down) => drop(self.restarts.try_send(*down)),
        }
        Ok(())
    }

    /// Has the server killed; the end of the caller's connection comes with that of the server.
    pub(super) async fn restart<T>(&self, down: Duration) -> T {
        let _asked = self.restarts.try_send(down);
        std::future::pending().await
    }

    /// Refuses what could not happen now.
    pub(super) fn check(&self, event: &Event) -> EngineResult<()> {
        match event {
            Event::EvictLabels(Some(database)) => self.engine.database(database).map(drop),
            _ => Ok(()),
        }
    }

    /// Ends what is past its time-outs every now and then.
    pub(super) async fn watch_time(&self, mut stop: watch::Receiver<bool>) {
        let mut ticks = tokio::time::interval(SWEEP_INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.sweep(),
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    fn sweep(&self) {
        // It may write a snapshot of the data directory.
        tokio::task::block_in_place(|| {
            self.engine.sweep();
            self.scans.sql.finish_alter_jobs();
        });
        self.forget_contexts();
        self.scans.sweep();
    }

    /// Drops contexts whose transaction ended elsewhere, by time-out or through the FE.
    fn forget_contexts(&self) {
        let running = |id| self.engine.transaction_by_id(id).is_some_and(|t| t.state == TxnState::Prepare);
        self.contexts.lock().retain(|_, context| context.busy || running(context.txn_id));
    }
}
