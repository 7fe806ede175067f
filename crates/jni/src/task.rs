// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A task handle: one request that runs to its result, such as a commit or a table description.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use starrocks_types::Error;
use tokio::runtime::Handle;

use crate::error::Result;
use crate::panics;
use crate::progress::Progress;

/// The Java side of a task.
pub(crate) struct Task {
    progress: Arc<Progress<()>>,
}

/// Tells, however the task ends, that it has.
struct EndGuard(Arc<Progress<()>>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.0.ended();
    }
}

impl Task {
    /// Starts the work. Closing the handle drops it wherever it is.
    pub(crate) fn spawn(
        runtime: &Handle,
        work: impl Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
    ) -> Arc<Self> {
        let progress = Arc::new(Progress::running(()));
        let guard = EndGuard(progress.clone());
        runtime.spawn(async move {
            let progress = &guard.0;
            tokio::select! {
                biased;
                () = progress.closing() => return,
                outcome = AssertUnwindSafe(work).catch_unwind() => match outcome {
                    Ok(Ok(result)) => progress.done(result),
                    Ok(Err(error)) => progress.fail(error),
                    Err(payload) => progress.fail(panics::caught(payload)),
                },
            }
            progress.closing().await;
        });
        Arc::new(Self { progress })
    }

    /// Whether the result is there.
    pub(crate) fn poll(&self, timeout_ms: i32) -> Result<bool> {
        self.progress.poll(timeout_ms)
    }

    /// The result.
    pub(crate) fn take_result(&self) -> Result<Vec<u8>> {
        self.progress.take_result()
    }

    /// Refuses new calls and drops the work.
    pub(crate) fn start_close(&self) {
        self.progress.start_close();
    }

    /// Whether the work is gone.
    pub(crate) fn wait_ended(&self, timeout_ms: i32) -> Result<bool> {
        self.progress.wait_ended(timeout_ms)
    }
}
