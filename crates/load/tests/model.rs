// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The machine against a model of the server that loses, delays and refuses requests before and after they take effect:
//! whatever happens, no chunk is lost and none counts twice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use proptest::prelude::*;
use starrocks_load::{
    Action, Answer, Chunk, Commit, CommitStep, CommitVerdict, Delivery, Failure, FailureClass, LoadConfig, LoadMachine,
    Request, RetryPolicy,
};
use starrocks_protocol::{ExistingJob, LabelState};
use starrocks_types::{Error, ErrorKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The request arrives and so does the answer.
    None,
    /// The connection is refused.
    NotSent,
    /// The request is lost.
    LostBefore,
    /// The answer is lost.
    LostAfter,
    /// The answer is lost, and the request takes effect some requests later.
    Late(usize),
    /// The server fails; an open transaction is aborted.
    Refused,
    /// The server fails after it did the work.
    RefusedAfter,
    /// The table has too many versions; an open transaction is aborted.
    TooManyVersions,
    /// An earlier request is said to be running.
    InProcessing,
    /// The server restarts before the request: what was not prepared is gone.
    Restart,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::NotSent),
        2 => Just(Fault::LostBefore),
        2 => Just(Fault::LostAfter),
        2 => (1_usize..4).prop_map(Fault::Late),
        1 => Just(Fault::Refused),
        1 => Just(Fault::RefusedAfter),
        1 => Just(Fault::TooManyVersions),
        1 => Just(Fault::InProcessing),
        1 => Just(Fault::Restart),
    ]
}

/// How transactions end, and over how many tables they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    OneTable(Delivery),
    Shared,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Push,
    Flush,
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![5 => Just(Step::Push), 1 => Just(Step::Flush), 2 => (1_u64..3000).prop_map(Step::Pass)]
}

struct Txn {
    state: LabelState,
    chunks: Vec<u32>,
}

struct Server {
    txns: HashMap<String, Txn>,
    /// Chunks in the order in which they became visible.
    visible: Vec<u32>,
    faults: VecDeque<Fault>,
    late: Vec<(usize, Request)>,
    /// Transactions are over several tables: they are not prepared, and a restarted server does not know them.
    shared: bool,
    /// How many chunks were visible after each commit.
    commits: Vec<usize>,
}

fn failed(class: FailureClass) -> Failure {
    Failure { class, error: Error::new(ErrorKind::Network, format!("{class:?}")) }
}

fn id_of(chunk: &Chunk) -> u32 {
    u32::from_be_bytes(chunk.body[0].as_ref().try_into().unwrap())
}

impl Server {
    fn new(faults: Vec<Fault>, shared: bool) -> Self {
        Self {
            txns: HashMap::new(),
            visible: Vec::new(),
            faults: faults.into(),
            late: Vec::new(),
            shared,
            commits: Vec::new(),
        }
    }

    fn handle(&mut self, request: &Request) -> Result<Answer, Failure> {
        for (wait, _) in &mut self.late {
            *wait -= 1;
        }
        let (due, late): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.late).into_iter().partition(|(wait, _)| *wait == 0);
        self.late = late;
        for (_, request) in due {
            let _ = self.effect(&request);
        }
        match self.faults.pop_front().unwrap_or(Fault::None) {
            Fault::None => self.effect(request),
            Fault::NotSent => Err(failed(FailureClass::NotSent)),
            Fault::LostBefore => Err(failed(FailureClass::Ambiguous)),
            Fault::LostAfter => {
                let _ = self.effect(request);
                Err(failed(FailureClass::Ambiguous))
            }
            Fault::Late(wait) => {
                self.late.push((wait, request.clone()));
                Err(failed(FailureClass::Ambiguous))
            }
            refusal @ (Fault::Refused | Fault::TooManyVersions) => {
                if let Request::Load { label, .. } | Request::Prepare { label } = request {
                    self.abort(label);
                }
                let crowded = refusal == Fault::TooManyVersions;
                Err(failed(if crowded { FailureClass::TooManyVersions } else { FailureClass::Refused }))
            }
            Fault::RefusedAfter => {
                let _ = self.effect(request);
                Err(failed(FailureClass::Refused))
            }
            Fault::InProcessing => Err(failed(FailureClass::InProcessing)),
            Fault::Restart => {
                let open: Vec<String> =
                    self.txns.iter().filter(|(_, t)| t.state == LabelState::Prepare).map(|(l, _)| l.clone()).collect();
                for label in &open {
                    if self.shared {
                        self.txns.remove(label);
                    } else {
                        self.abort(label);
                    }
                }
                self.effect(request)
            }
        }
    }

    fn abort(&mut self, label: &str) {
        if let Some(txn) = self.txns.get_mut(label).filter(|t| !t.state.is_committed()) {
            txn.state = LabelState::Aborted;
        }
    }

    fn effect(&mut self, request: &Request) -> Result<Answer, Failure> {
        use LabelState::*;
        let ok = Ok(Answer { txn_id: Some(7), ..Answer::default() });
        let refused = Err(failed(FailureClass::Refused));
        let (Request::Begin { label }
        | Request::Load { label, .. }
        | Request::Prepare { label }
        | Request::Commit { label }
        | Request::Rollback { label }
        | Request::LabelState { label }
        | Request::StreamLoad { label, .. }) = request;
        let state = self.txns.get(label).map_or(Unknown, |t| t.state);
        match (request, state) {
            (Request::LabelState { .. }, state) => Ok(Answer { state: Some(state), ..Answer::default() }),
            (Request::Begin { .. }, Aborted) if self.shared => {
                Err(failed(FailureClass::LabelExists(ExistingJob::Unknown)))
            }
            (Request::Begin { .. }, Unknown | Aborted) => {
                self.txns.insert(label.clone(), Txn { state: Prepare, chunks: Vec::new() });
                ok
            }
            (Request::StreamLoad { chunk, .. }, Unknown | Aborted) => {
                self.txns.insert(label.clone(), Txn { state: Visible, chunks: Vec::new() });
                self.visible.push(id_of(chunk));
                ok
            }
            (Request::Begin { .. } | Request::StreamLoad { .. }, state) => {
                let job = if state.is_committed() { ExistingJob::Finished } else { ExistingJob::Running };
                Err(failed(FailureClass::LabelExists(job)))
            }
            (_, Unknown) => refused,
            (request, state) => {
                let txn = self.txns.get_mut(label).unwrap();
                match (request, state) {
                    (Request::Load { chunk, .. }, Prepare) => txn.chunks.push(id_of(chunk)),
                    (Request::Prepare { .. }, _) if self.shared => return Err(failed(FailureClass::Permanent)),
                    (Request::Prepare { .. }, Prepare | Prepared) => txn.state = Prepared,
                    (Request::Commit { .. }, state) if state == if self.shared { Prepare } else { Prepared } => {
                        txn.state = Visible;
                        self.visible.extend(&txn.chunks);
                        self.commits.push(self.visible.len());
                    }
                    (Request::Commit { .. }, Visible) => {}
                    (Request::Rollback { .. }, Prepare | Prepared | Aborted) => txn.state = Aborted,
                    _ => return refused,
                }
                ok
            }
        }
    }
}

struct World {
    machine: LoadMachine,
    server: Server,
    policy: RetryPolicy,
    now: u64,
    pushed: u32,
    /// Between which chunks a transaction over several tables may end.
    cuts: Vec<usize>,
    /// Chunks covered by flushes that were acknowledged, and committed where that is somebody else's work.
    acknowledged: u32,
    checkpoint: u64,
    failure: Option<Error>,
}

impl World {
    fn new(mode: Mode, max_retries: u32, faults: Vec<Fault>) -> Self {
        let (delivery, shared) = match mode {
            Mode::OneTable(delivery) => (delivery, false),
            Mode::Shared => (Delivery::AtLeastOnce, true),
        };
        let policy = RetryPolicy { max_retries, max_interval_ms: 10_000, wait_out_ms: 60_000, versions_ms: 60_000 };
        let machine = LoadMachine::new(LoadConfig {
            database: "d".into(),
            table: "t".into(),
            shared,
            delivery,
            label_prefix: "p".into(),
            subtask: 0,
            epoch: "e".into(),
            labels_given: false,
            restored_checkpoint: None,
            max_bytes: 14,
            flush_interval_ms: Some(2000),
            retry: policy,
            seed: 42,
        });
        Self {
            machine: machine.unwrap(),
            server: Server::new(faults, shared),
            policy,
            now: 0,
            pushed: 0,
            cuts: Vec::new(),
            acknowledged: 0,
            checkpoint: 0,
            failure: None,
        }
    }

    /// Lets the machine work until it waits for something other than the server or a back-off.
    fn run(&mut self, patience: u64) {
        let end = self.now + patience;
        for _ in 0..10_000 {
            match self.machine.poll(self.now) {
                Action::Send(request) => {
                    let answer = self.server.handle(&request);
                    self.machine.on_answer(self.now, answer);
                }
                Action::Seal => {
                    self.cuts.push(self.pushed as usize);
                    self.machine.seal(self.now, None);
                }
                Action::Wait(Some(until)) if until <= end => self.now = until,
                Action::Wait(_) => return,
            }
            if let Some(error) = self.machine.failure() {
                self.failure.get_or_insert(error.clone());
            }
        }
        panic!("the machine never comes to rest");
    }

    fn flush(&mut self) {
        self.checkpoint += 1;
        self.cuts.push(self.pushed as usize);
        self.machine.flush(Some(self.checkpoint)).unwrap();
        for _ in 0..1000 {
            self.run(60_000);
            if let Some(committables) = self.machine.take_flushed() {
                for committable in committables {
                    assert_ne!(self.server.txns[&committable.label].state, LabelState::Aborted);
                    if !self.commit(&committable.label) {
                        return;
                    }
                }
                self.acknowledged = self.pushed;
                return;
            }
            if self.failure.is_some() {
                return;
            }
        }
        panic!("the flush never ends");
    }

    fn commit(&mut self, label: &str) -> bool {
        let mut commit = Commit::new(label, Some(7), self.policy, 1);
        loop {
            match commit.next(self.now) {
                CommitStep::WaitUntil(until) => self.now = until,
                CommitStep::Send(request) => {
                    let answer = self.server.handle(&request);
                    match commit.on_answer(self.now, answer) {
                        None => {}
                        Some(CommitVerdict::Committed) => return true,
                        Some(
                            CommitVerdict::NotCommitted(_, error)
                            | CommitVerdict::Refused(error)
                            | CommitVerdict::Unclear(error),
                        ) => {
                            self.failure = Some(error);
                            return false;
                        }
                    }
                }
            }
        }
    }

    fn play(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Push => {
                    let body = vec![Bytes::copy_from_slice(&self.pushed.to_be_bytes())];
                    // The machine keeps the order over tables too.
                    let table = self.pushed as usize % 3;
                    self.machine.push(self.now, Chunk { table, rows: 1, body, since_ms: 0 });
                    self.pushed += 1;
                    self.run(0);
                }
                Step::Flush => self.flush(),
                Step::Pass(ms) => {
                    self.now += ms;
                    self.run(0);
                }
            }
            if self.failure.is_some() {
                return;
            }
        }
        self.flush();
    }

    fn end(&mut self) {
        self.machine.close();
        self.run(60_000);
        assert!(self.machine.has_ended());
        // Whatever is still under way arrives now.
        for (_, request) in std::mem::take(&mut self.server.late) {
            let _ = self.server.effect(&request);
        }
    }

    fn check(&self) {
        let expected: Vec<u32> = (0..self.pushed).collect();
        if self.server.shared {
            let torn = self.server.commits.iter().find(|end| !self.cuts.contains(end));
            assert_eq!(torn, None, "what is sealed together is committed together");
        }
        match &self.failure {
            None => assert_eq!(self.server.visible, expected, "every chunk once, in order"),
            Some(_) => {
                // What was acknowledged is there; what came after may be, and nothing is there twice.
                assert!(self.server.visible.len() >= self.acknowledged as usize, "an acknowledged chunk is lost");
                assert!(expected.starts_with(&self.server.visible), "{:?}", self.server.visible);
            }
        }
    }
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::OneTable(Delivery::ExactlyOnce)),
        Just(Mode::OneTable(Delivery::AtLeastOnce)),
        Just(Mode::OneTable(Delivery::AtLeastOncePlain)),
        Just(Mode::Shared),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn with_enough_retries_every_chunk_counts_once(
        mode in mode(),
        steps in prop::collection::vec(step(), 0..30),
        faults in prop::collection::vec(fault(), 0..40),
    ) {
        // A commit that is lost together with the transaction cannot be told from one that was forgotten.
        let survivable = |fault: &Fault| mode != Mode::Shared || *fault != Fault::Restart;
        let mut world = World::new(mode, 1000, faults.into_iter().filter(survivable).collect());
        world.play(&steps);
        prop_assert!(world.failure.is_none(), "{}", world.failure.unwrap());
        world.end();
        world.check();
    }

    #[test]
    fn with_few_retries_nothing_acknowledged_is_lost_and_nothing_doubles(
        mode in mode(),
        max_retries in 0_u32..3,
        steps in prop::collection::vec(step(), 0..30),
        faults in prop::collection::vec(fault(), 0..60),
    ) {
        let mut world = World::new(mode, max_retries, faults);
        world.play(&steps);
        world.end();
        world.check();
    }
}
