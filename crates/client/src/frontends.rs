// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The frontends: which one to ask next, and which one to leave alone for a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::endpoint::Endpoint;

/// How long an unreachable FE is left alone after its first failure; doubles with each further one.
const FIRST_REST: Duration = Duration::from_secs(1);

/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Frontend {
    endpoint: Endpoint,
    failures: u32,
    rests_until: Option<Instant>,
}

/// All configured frontends, asked in turn.
#[derive(Debug)]
pub(crate) struct Frontends {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    frontends: Vec<Frontend>,
    next: usize,
}

impl Frontends {
    pub(crate) fn new(endpoints: Vec<Endpoint>) -> Self {
        let frontends =
            endpoints.into_iter().map(|endpoint| Frontend { endpoint, failures: 0, rests_until: None }).collect();
        Self { inner: Mutex::new(Inner { frontends, next: 0 }) }
    }

    /// Every frontend once, in the order in which to try them: the rested ones in turn, then the resting ones, since
    /// asking a bad one is better than asking none.
    pub(crate) fn candidates(&self, now: Instant) -> Vec<Endpoint> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inner.frontends.len();
        let start = inner.next;
        inner.next = (start + 1) % count.max(1);
        let in_turn = inner.frontends.iter().cycle().skip(start).take(count);
        let (resting, ready): (Vec<_>, Vec<_>) = in_turn.partition(|f| f.rests_until.is_some_and(|until| until > now));
        ready.into_iter().chain(resting).map(|f| f.endpoint.clone()).collect()
    }

    /// The frontend that was configured first.
    pub(crate) fn first(&self) -> Option<Endpoint> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.frontends.first().map(|f| f.endpoint.clone())
    }

    pub(crate) fn succeeded(&self, endpoint: &Endpoint) {
        self.update(endpoint, |f| {
            f.failures = 0;
            f.rests_until = None;
        });
    }

    pub(crate) fn failed(&self, endpoint: &Endpoint, now: Instant) {
        self.update(endpoint, |f| {
            let rest = FIRST_REST.saturating_mul(1 << f.failures.min(6)).min(LONGEST_REST);
            f.failures = f.failures.saturating_add(1);
            f.rests_until = Some(now + rest);
        });
    }

    fn update(&self, endpoint: &Endpoint, change: impl FnOnce(&mut Frontend)) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(frontend) = inner.frontends.iter_mut().find(|f| f.endpoint == *endpoint) {
            change(frontend);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(frontends: &Frontends, now: Instant) -> Vec<String> {
        frontends.candidates(now).into_iter().map(|e| e.host).collect()
    }

    #[test]
    fn frontends_take_turns_and_bad_ones_come_last_until_they_rested() {
        let frontends = Frontends::new(["a:1", "b:1", "c:1"].iter().map(|e| Endpoint::parse(e).unwrap()).collect());
        let now = Instant::now();
        assert_eq!(names(&frontends, now), ["a", "b", "c"]);
        assert_eq!(names(&frontends, now), ["b", "c", "a"]);
        frontends.failed(&Endpoint::parse("c:1").unwrap(), now);
        assert_eq!(names(&frontends, now), ["a", "b", "c"]);
        assert_eq!(names(&frontends, now), ["a", "b", "c"]);
        assert_eq!(names(&frontends, now + Duration::from_secs(2)), ["b", "c", "a"]);
    }
}
