// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The server's clock, real or moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Microseconds since the Unix epoch, UTC.
pub type Micros = i64;

/// Where every time of the engine comes from: real time plus an offset that tests and fault injection may move.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset: Arc<AtomicI64>,
    frozen: Option<Micros>,
}

impl Clock {
    /// Real time.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `micros` until [`Clock::advance`] moves it.
    pub fn frozen_at(micros: Micros) -> Self {
        Self { offset: Arc::default(), frozen: Some(micros) }
    }

    /// The current time.
    pub fn now(&self) -> Micros {
        let base = self.frozen.unwrap_or_else(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
        });
        base.saturating_add(self.offset.load(Ordering::Relaxed))
    }

    /// Moves this clock and all its clones forward.
    pub fn advance(&self, by: Duration) {
        self.offset.fetch_add(micros(by), Ordering::Relaxed);
    }
}

/// A duration in microseconds, saturating.
pub fn micros(duration: Duration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_frozen_clock_move_together() {
        let clock = Clock::frozen_at(10);
        let other = clock.clone();
        clock.advance(Duration::from_micros(5));
        assert_eq!((clock.now(), other.now()), (15, 15));
    }
}
