// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Faults that a test asks for: the next requests to an endpoint are delayed, cut off or answered with something else.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::reply::{Reply, TEXT, closing, reply};
use super::whole::{Event, Whole};

/// Most faults that wait at once.
const MOST: usize = 1000;
/// What `DeltaWriter` of a backend says when a tablet has as many versions as `tablet_max_versions` allows.
const TOO_MANY_VERSIONS: &str = "Failed to load data into tablet 10021, because of too many versions, current/limit: \
    1001/1000. You can reduce the loading job concurrency, or increase loading data batch size.";
/// Longest delay.
const LONGEST_MS: u64 = 600_000;
/// Longest jump of the clock: ten years.
const LONGEST_JUMP: u64 = 315_360_000;

/// Requests that faults can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Endpoint {
    Begin,
    Load,
    Prepare,
    Commit,
    Rollback,
    StreamLoad,
    LabelState,
    QueryPlan,
    OpenScanner,
    GetNext,
    CloseScanner,
    /// A statement that changes a table's columns.
    Alter,
}

impl Endpoint {
    /// The endpoint of a path that is split at slashes.
    pub(super) fn of(method: &Method, path: &[&str]) -> Option<Self> {
        match path {
            ["api", "transaction", operation] => Some(match *operation {
                "begin" => Self::Begin,
                "load" => Self::Load,
                "prepare" => Self::Prepare,
                "commit" => Self::Commit,
                "rollback" => Self::Rollback,
                _ => return None,
            }),
            ["api", _, _, "_stream_load"] if method == Method::PUT => Some(Self::StreamLoad),
            ["api", _, "get_load_state"] => Some(Self::LabelState),
            ["api", _, _, "_query_plan"] => Some(Self::QueryPlan),
            _ => None,
        }
    }

    /// Whether it is a request to a backend's thrift port.
    fn is_scanner(self) -> bool {
        matches!(self, Self::OpenScanner | Self::GetNext | Self::CloseScanner)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Pass,
    Delay,
    Reset,
    Answer,
    TooManyVersions,
    DropReply,
    Expire,
    Compact,
    Again,
    AdvanceClock,
    EvictLabels,
    Restart,
    RestartAfter,
    Cancel,
}

/// A fault that waits for requests, as the admin API takes and lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    /// None for what happens at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Endpoint>,
    #[serde(rename = "do")]
    kind: Kind,
    /// How many requests it still hits.
    #[serde(default = "once")]
    times: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// The id of the backend whose scanner requests it hits; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    backend: Option<u64>,
}

fn once() -> u32 {
    1
}

impl Fault {
    fn check(&self) -> Result<(), String> {
        if self.times == 0 {
            return Err("times must be at least 1".to_owned());
        }
        match (self.kind, self.ms) {
            (Kind::Delay, None) => return Err("delay needs ms".to_owned()),
            (Kind::Delay | Kind::Cancel | Kind::Restart | Kind::RestartAfter, Some(ms)) if ms <= LONGEST_MS => {}
            (Kind::Delay | Kind::Cancel | Kind::Restart | Kind::RestartAfter, Some(_)) => {
                return Err(format!("ms must be at most {LONGEST_MS}"));
            }
            (_, None) => {}
            (_, Some(_)) => return Err("only delay, cancel, restart and restart_after have ms".to_owned()),
        }
        match (self.kind, self.seconds) {
            (Kind::AdvanceClock, None) => return Err("advance_clock needs seconds".to_owned()),
            (Kind::AdvanceClock, Some(seconds)) if seconds > LONGEST_JUMP => {
                return Err(format!("seconds must be at most {LONGEST_JUMP}"));
            }
            (Kind::AdvanceClock, _) | (_, None) => {}
            (_, Some(_)) => return Err("only advance_clock has seconds".to_owned()),
        }
        if self.kind != Kind::EvictLabels && self.database.is_some() {
            return Err("only evict_labels has a database".to_owned());
        }
        let Some(at) = self.at else {
            return match self.kind {
                Kind::AdvanceClock | Kind::EvictLabels | Kind::Restart if self.times == 1 => Ok(()),
                _ => Err("it needs an endpoint, at".to_owned()),
            };
        };
        if self.kind != Kind::Answer && self.code.is_some() {
            return Err("only answer has a code".to_owned());
        }
        if !matches!(self.kind, Kind::Answer | Kind::Cancel) && self.body.is_some() {
            return Err("only answer and cancel have a body".to_owned());
        }
        if (self.kind == Kind::Cancel && at != Endpoint::Alter)
            || (at == Endpoint::Alter && !matches!(self.kind, Kind::Pass | Kind::Delay | Kind::Cancel))
        {
            return Err("alter takes pass, delay and cancel, and nothing else can be cancelled".to_owned());
        }
        if self.event().is_some() && at.is_scanner() {
            return Err("only requests over HTTP can come with a change of the whole server".to_owned());
        }
        if self.backend.is_some() && !at.is_scanner() {
            return Err("only requests to scanners have a backend".to_owned());
        }
        match self.kind {
            Kind::Expire if !matches!(at, Endpoint::GetNext | Endpoint::CloseScanner) => {
                return Err("only get_next and close_scanner can find their scanner expired".to_owned());
            }
            Kind::TooManyVersions if !matches!(at, Endpoint::Load | Endpoint::StreamLoad) => {
                return Err("only loads can meet a table with too many versions".to_owned());
            }
            Kind::Again if at != Endpoint::GetNext => {
                return Err("only get_next can give rows again".to_owned());
            }
            Kind::Compact if !matches!(at, Endpoint::OpenScanner | Endpoint::GetNext) => {
                return Err("only open_scanner and get_next can find their version compacted".to_owned());
            }
            Kind::Answer if at.is_scanner() => {
                return match self.code {
                    Some(1..=100) => Ok(()),
                    _ => Err("code must be a status code of thrift from 1 to 100".to_owned()),
                };
            }
            _ => {}
        }
        match self.code {
            Some(code) if !(200..600).contains(&code) => Err("code must be from 200 to 599".to_owned()),
            _ => Ok(()),
        }
    }

    fn action(&self) -> Action {
        match self.kind {
            Kind::Pass => Action::Pass,
            Kind::Delay => Action::Delay(self.time()),
            Kind::Reset => Action::Reset,
            Kind::Answer => Action::Answer(self.code.unwrap_or(200), self.body.clone().unwrap_or_default()),
            Kind::TooManyVersions => {
                let status = if self.at == Some(Endpoint::Load) { "SERVICE_UNAVAILABLE" } else { "Fail" };
                Action::Answer(200, format!(r#"{{"Status":"{status}","Message":"{TOO_MANY_VERSIONS}"}}"#))
            }
            Kind::DropReply => Action::DropReply,
            Kind::Expire => Action::Expire,
            Kind::Compact => Action::Compact,
            Kind::Again => Action::Again,
            Kind::Cancel => {
                let reason = self.body.clone().unwrap_or_else(|| "cancelled by a fault".to_owned());
                Action::Cancel(self.time(), reason)
            }
            Kind::RestartAfter => Action::RestartAfter(self.time()),
            Kind::AdvanceClock | Kind::EvictLabels | Kind::Restart => {
                self.event().map_or(Action::Pass, Action::Undergo)
            }
        }
    }

    fn time(&self) -> Duration {
        Duration::from_millis(self.ms.unwrap_or_default())
    }

    /// What happens to the whole server.
    fn event(&self) -> Option<Event> {
        Some(match self.kind {
            Kind::AdvanceClock => Event::AdvanceClock(Duration::from_secs(self.seconds.unwrap_or_default())),
            Kind::EvictLabels => Event::EvictLabels(self.database.clone()),
            Kind::Restart | Kind::RestartAfter => Event::Restart(self.time()),
            _ => return None,
        })
    }
}

/// The faults of a server; the oldest one for an endpoint comes first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    /// Adds the faults of a JSON text, one object or a list of them. Returns what is to happen at once.
    pub(super) fn add(&self, json: &[u8], whole: &Whole) -> Result<Vec<Event>, String> {
        let list = match serde_json::from_slice(json).map_err(|e| format!("the body is no JSON: {e}"))? {
            serde_json::Value::Array(list) => list,
            one => vec![one],
        };
        let (mut new, mut now) = (Vec::new(), Vec::new());
        for value in list {
            let shown = value.to_string();
            let refused = |reason: String| format!("{shown} is no fault: {reason}");
            let fault: Fault = serde_json::from_value(value).map_err(|e| refused(e.to_string()))?;
            fault.check().map_err(refused)?;
            match fault.event() {
                Some(event) if fault.at.is_none() => {
                    whole.check(&event).map_err(|e| refused(e.to_string()))?;
                    now.push(event);
                }
                _ => new.push(fault),
            }
        }
        let mut faults = self.faults();
        if faults.len() + new.len() > MOST {
            return Err(format!("at most {MOST} faults may wait; {} do", faults.len()));
        }
        faults.extend(new);
        Ok(now)
    }

    /// The faults that wait, as JSON that [`Faults::add`] takes.
    pub(super) fn list(&self) -> String {
        serde_json::to_string(&*self.faults()).unwrap_or_default()
    }

    pub(super) fn clear(&self) {
        self.faults().clear();
    }

    /// What happens to a request that has arrived.
    pub(crate) fn take(&self, endpoint: Endpoint) -> Action {
        self.take_if(|fault| fault.at == Some(endpoint))
    }

    /// What happens to a scanner request that has arrived at a backend.
    pub(crate) fn take_at(&self, endpoint: Endpoint, backend: u64) -> Action {
        self.take_if(|fault| fault.at == Some(endpoint) && fault.backend.is_none_or(|only| only == backend))
    }

    fn take_if(&self, hits: impl Fn(&Fault) -> bool) -> Action {
        let mut faults = self.faults();
        let Some(position) = faults.iter().position(hits) else { return Action::Pass };
        let Some(fault) = faults.get_mut(position) else { return Action::Pass };
        let action = fault.action();
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            faults.remove(position);
        }
        action
    }

    fn faults(&self) -> MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens to a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Pass,
    Delay(Duration),
    Reset,
    Answer(u16, String),
    DropReply,
    /// The scanner is closed first.
    Expire,
    /// The version that is scanned is taken away first.
    Compact,
    /// The scanner gives its last rows once more.
    Again,
    /// The job of an ALTER is cancelled after a while, for this reason.
    Cancel(Duration, String),
    /// Something happens to the whole server first.
    Undergo(Event),
    /// The server is killed when the work has been done, and comes back after this time.
    RestartAfter(Duration),
}

/// The connection has to be reset without a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a fault that was asked for resets the connection")
    }
}

impl std::error::Error for Cut {}

impl Action {
    /// Answers a request by `work`, or as the fault wants it.
    pub(super) async fn around(self, whole: &Whole, work: impl Future<Output = Reply>) -> Result<Reply, Cut> {
        match self {
            Self::Pass | Self::Expire | Self::Compact | Self::Again | Self::Cancel(..) => Ok(work.await),
            Self::Delay(time) => {
                tokio::time::sleep(time).await;
                Ok(work.await)
            }
            Self::Reset => Err(Cut),
            Self::Answer(code, body) => {
                let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Ok(closing(reply(status, TEXT, &[], false, body)))
            }
            Self::DropReply => {
                let _unsent = work.await;
                Err(Cut)
            }
            Self::RestartAfter(down) => {
                let _unsent = work.await;
                whole.restart(down).await
            }
            Self::Undergo(Event::Restart(down)) => whole.restart(down).await,
            Self::Undergo(event) => match whole.undergo(&event) {
                Ok(()) => Ok(work.await),
                Err(error) => {
                    tracing::warn!(%error, ?event, "a fault that was asked for cannot happen");
                    Err(Cut)
                }
            },
        }
    }
}
