// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The one tokio runtime of this copy of the library. It starts with the first handle and stops with the last.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use starrocks_types::{Error, ErrorKind};
use tokio::runtime::{Builder, Handle, Runtime};

/// How long stopping waits for threads before it leaves them to finish by themselves.
const STOP_LIMIT: Duration = Duration::from_millis(100);

struct Shared {
    runtime: Option<Runtime>,
    leases: usize,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared { runtime: None, leases: 0 });
static THREADS: AtomicUsize = AtomicUsize::new(0);

fn shared() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to use the runtime. Held by a handle and dropped on a thread of the JVM; dropping the last one stops the
/// runtime and joins its threads.
pub(crate) struct Lease {
    handle: Handle,
}

impl Lease {
    /// Starts the runtime if it does not run.
    pub(crate) fn acquire() -> Result<Self, Error> {
        let mut shared = shared();
        let handle = match &shared.runtime {
            Some(runtime) => runtime.handle().clone(),
            None => shared.runtime.insert(start()?).handle().clone(),
        };
        shared.leases += 1;
        Ok(Self { handle })
    }

    /// The runtime, to spawn on.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let last = {
            let mut shared = shared();
            shared.leases -= 1;
            if shared.leases == 0 { shared.runtime.take() } else { None }
        };
        // Outside the lock, so that another thread can open a sink meanwhile.
        if let Some(runtime) = last {
            runtime.shutdown_timeout(STOP_LIMIT);
        }
    }
}

fn start() -> Result<Runtime, Error> {
    let workers = available_parallelism().map_or(2, |n| n.get().clamp(2, 16));
    Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(16)
        .thread_name("starrocks-io")
        .enable_all()
        .on_thread_start(|| {
            THREADS.fetch_add(1, Ordering::AcqRel);
        })
        .on_thread_stop(|| {
            THREADS.fetch_sub(1, Ordering::AcqRel);
        })
        .build()
        .map_err(|cause| {
            Error::new(ErrorKind::Exhausted, "the threads of the runtime cannot be started").caused_by(cause)
        })
}

/// Waits until no runtime runs and its threads are gone.
pub(crate) fn wait_stopped(deadline: Instant) -> bool {
    loop {
        if shared().runtime.is_none() && THREADS.load(Ordering::Acquire) == 0 {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        // Threads that a runtime left behind announce their end by a counter only.
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// How many threads of the runtime live.
#[cfg(feature = "testing")]
pub(crate) fn threads() -> usize {
    THREADS.load(Ordering::Acquire)
}
