// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The latest durations of each kind, of which whoever shows them makes a distribution.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use starrocks_load::ServerTimes;

/// What takes time. The order is part of the ABI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// From sending a load to its answer, in nanoseconds.
    Flush,
    /// From the first row of a load to its sending, in milliseconds.
    WaitBuffer,
    /// Merge commit: from sending a load until its rows count, in milliseconds.
    Server,
    /// A load, as the server tells; this and what follows in milliseconds.
    Load,
    /// Planning it.
    Plan,
    /// Reading its body.
    Read,
    /// Writing its rows.
    Write,
    /// Its commit and publication.
    Publish,
    /// From sending a load, or from the first request that has failed since the load before it, to its answer, in nanoseconds.
    FlushWithRetry,
    /// No time: how many attempts have failed since the load before.
    FlushRetry,
    /// How long the writer waited until a batch of its rows was taken, in nanoseconds.
    Offer,
}

impl Timing {
    /// All of them, in order.
    pub const ALL: [Self; 11] = [
        Self::Flush,
        Self::WaitBuffer,
        Self::Server,
        Self::Load,
        Self::Plan,
        Self::Read,
        Self::Write,
        Self::Publish,
        Self::FlushWithRetry,
        Self::FlushRetry,
        Self::Offer,
    ];
}

/// A bounded number of durations of each kind, the latest ones.
#[derive(Debug)]
pub(crate) struct Samples {
    window: usize,
    kinds: Mutex<[Kind; Timing::ALL.len()]>,
}

#[derive(Debug, Default)]
struct Kind {
    latest: VecDeque<u64>,
    total: u64,
}

impl Samples {
    /// Keeps so many of each kind.
    pub(crate) fn new(window: usize) -> Self {
        Self { window, kinds: Mutex::default() }
    }

    /// Notes what one load took.
    pub(crate) fn note(&self, durations: &[(Timing, u64)]) {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        for (timing, duration) in durations {
            if let Some(kind) = kinds.get_mut(*timing as usize) {
                kind.total += 1;
                kind.latest.push_back(*duration);
                if kind.latest.len() > self.window {
                    kind.latest.pop_front();
                }
            }
        }
    }

    /// How many there have been of a kind, and the latest.
    pub(crate) fn of(&self, timing: Timing) -> (u64, Vec<u64>) {
        let kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.get(timing as usize).map_or((0, Vec::new()), |kind| (kind.total, kind.latest.iter().copied().collect()))
    }
}

/// Nanoseconds since then.
pub(crate) fn nanos_since(then: Instant) -> u64 {
    u64::try_from(then.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// What the server told, and nothing for what it did not.
pub(crate) fn told(times: &ServerTimes) -> impl Iterator<Item = (Timing, u64)> {
    [
        (Timing::Load, times.load_ms),
        (Timing::Plan, times.plan_ms),
        (Timing::Read, times.read_ms),
        (Timing::Write, times.write_ms),
        (Timing::Publish, times.publish_ms),
    ]
    .into_iter()
    .filter_map(|(timing, ms)| Some((timing, ms?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_are_kept() {
        let samples = Samples::new(3);
        for n in 1..=5 {
            samples.note(&[(Timing::Flush, n), (Timing::Write, 10 * n)]);
        }
        assert_eq!(samples.of(Timing::Flush), (5, vec![3, 4, 5]));
        assert_eq!(samples.of(Timing::Write), (5, vec![30, 40, 50]));
        assert_eq!(samples.of(Timing::Read), (0, vec![]));
    }

    #[test]
    fn what_the_server_does_not_tell_is_no_sample() {
        let times = ServerTimes { load_ms: Some(7), publish_ms: Some(2), ..ServerTimes::default() };
        assert_eq!(told(&times).collect::<Vec<_>>(), [(Timing::Load, 7), (Timing::Publish, 2)]);
    }
}
