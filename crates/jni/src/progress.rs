// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a Java thread sees of work on the runtime: a state under a lock, and a bounded wait for a change.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use starrocks_types::Error;
use tokio::sync::Notify;

use crate::error::{Failure, Result};

/// No call into the library blocks longer, because interrupting a Java thread does not reach native code.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// In use.
    Open,
    /// Java asked to close; the work is being stopped.
    Closing,
    /// No code of the work runs any more or ever will.
    Ended,
}

enum Operation {
    Idle,
    Running,
    Done(Vec<u8>),
}

/// The state of one sink or task; `X` is what only a sink has.
pub(crate) struct State<X> {
    phase: Phase,
    operation: Operation,
    failure: Option<Arc<Error>>,
    pub(crate) extra: X,
}

impl<X> State<X> {
    /// Fails when the work was closed or has failed.
    pub(crate) fn check(&self) -> Result<()> {
        if self.phase != Phase::Open {
            return Err(Failure::state("the handle is closed"));
        }
        match &self.failure {
            Some(error) => Err(Failure::Native(error.clone())),
            None => Ok(()),
        }
    }

    /// Marks an operation as running; there is one at a time.
    pub(crate) fn start(&mut self) -> Result<()> {
        self.check()?;
        match self.operation {
            Operation::Idle => {
                self.operation = Operation::Running;
                Ok(())
            }
            Operation::Running => Err(Failure::state("a flush is already running")),
            Operation::Done(_) => Err(Failure::state("the result of the last flush was not taken")),
        }
    }
}

/// A [`State`] that Java threads wait on and the work changes.
pub(crate) struct Progress<X> {
    state: Mutex<State<X>>,
    changed: Condvar,
    cancel: Notify,
}

impl<X> Progress<X> {
    /// An open object without a running operation.
    pub(crate) fn idle(extra: X) -> Self {
        Self::new(extra, Operation::Idle)
    }

    /// An open object whose only operation runs.
    pub(crate) fn running(extra: X) -> Self {
        Self::new(extra, Operation::Running)
    }

    fn new(extra: X, operation: Operation) -> Self {
        let state = State { phase: Phase::Open, operation, failure: None, extra };
        Self { state: Mutex::new(state), changed: Condvar::new(), cancel: Notify::new() }
    }

    /// The state, whatever happened to earlier holders of the lock: a panic poisons the object through [`Self::fail`].
    pub(crate) fn lock(&self) -> MutexGuard<'_, State<X>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes whoever waits.
    pub(crate) fn update(&self, change: impl FnOnce(&mut State<X>)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until `ready` gives a value, at most `timeout_ms` and never over 100 ms.
    pub(crate) fn wait<T>(
        &self,
        timeout_ms: i32,
        mut ready: impl FnMut(&mut State<X>) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let timeout = Duration::from_millis(timeout_ms.max(0).unsigned_abs().into()).min(LONGEST_WAIT);
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if let Some(value) = ready(&mut state)? {
                return Ok(Some(value));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the running operation is done.
    pub(crate) fn poll(&self, timeout_ms: i32) -> Result<bool> {
        let done = self.wait(timeout_ms, |state| {
            state.check()?;
            match state.operation {
                Operation::Idle => Err(Failure::state("nothing was started on this handle")),
                Operation::Running => Ok(None),
                Operation::Done(_) => Ok(Some(())),
            }
        })?;
        Ok(done.is_some())
    }

    /// The result of the operation that is done.
    pub(crate) fn take_result(&self) -> Result<Vec<u8>> {
        let mut state = self.lock();
        state.check()?;
        match std::mem::replace(&mut state.operation, Operation::Idle) {
            Operation::Done(result) => Ok(result),
            Operation::Idle => Err(Failure::state("there is no result to take")),
            Operation::Running => {
                state.operation = Operation::Running;
                Err(Failure::state("the operation is still running"))
            }
        }
    }

    /// The running operation is done.
    pub(crate) fn done(&self, result: Vec<u8>) {
        self.update(|state| state.operation = Operation::Done(result));
    }

    /// The work failed; every later call tells why. The first failure stays.
    pub(crate) fn fail(&self, error: impl Into<Arc<Error>>) {
        let error = error.into();
        self.update(|state| {
            state.failure.get_or_insert(error);
        });
    }

    /// Refuses new calls and asks the work to stop. Idempotent.
    pub(crate) fn start_close(&self) {
        self.update(|state| {
            if state.phase == Phase::Open {
                state.phase = Phase::Closing;
                self.cancel.notify_one();
            }
        });
    }

    /// Completes when closing was asked for. Only the task of the object waits for that.
    pub(crate) async fn closing(&self) {
        while self.lock().phase == Phase::Open {
            self.cancel.notified().await;
        }
    }

    /// Tells that no code of the work runs any more.
    pub(crate) fn ended(&self) {
        self.update(|state| state.phase = Phase::Ended);
    }

    /// Whether the work has ended.
    pub(crate) fn wait_ended(&self, timeout_ms: i32) -> Result<bool> {
        let ended = self.wait(timeout_ms, |state| Ok((state.phase == Phase::Ended).then_some(())))?;
        Ok(ended.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use starrocks_types::ErrorKind;

    #[test]
    fn an_operation_runs_is_done_and_is_taken_once() {
        let progress = Progress::idle(());
        assert!(matches!(progress.poll(0), Err(Failure::IllegalState(_))));
        progress.lock().start().unwrap();
        assert!(progress.lock().start().is_err());
        assert!(!progress.poll(1).unwrap());
        assert!(progress.take_result().is_err());
        progress.done(b"r".to_vec());
        assert!(progress.poll(0).unwrap());
        assert_eq!(progress.take_result().unwrap(), b"r");
        assert!(progress.take_result().is_err());
        progress.lock().start().unwrap();
    }

    #[test]
    fn the_first_failure_stays() {
        let progress = Progress::running(());
        progress.fail(Error::new(ErrorKind::Network, "first"));
        progress.fail(Error::new(ErrorKind::Timeout, "second"));
        for _ in 0..2 {
            let Err(Failure::Native(error)) = progress.poll(0) else { unreachable!("it failed") };
            assert_eq!(error.message(), "first");
        }
    }

    #[test]
    fn closing_wakes_a_waiting_thread() {
        let progress = Arc::new(Progress::running(()));
        let waiting = progress.clone();
        let thread = std::thread::spawn(move || {
            loop {
                if let Err(failure) = waiting.poll(100) {
                    return failure;
                }
            }
        });
        progress.start_close();
        assert!(matches!(thread.join().unwrap(), Failure::IllegalState(_)));
        assert!(!progress.wait_ended(0).unwrap());
        progress.ended();
        assert!(progress.wait_ended(0).unwrap());
    }
}
