// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One chunk as one stream load. A label belongs to its chunk for ever: that makes a retry harmless.

use starrocks_protocol::{ExistingJob, LabelState};
use starrocks_types::{Error, ErrorKind};

use crate::retry::{Retries, RetryPolicy};
use crate::wire::{Answer, Chunk, Failure, FailureClass, Request};

/// What an answer led to.
#[derive(Debug)]
pub(crate) enum PlainVerdict {
    /// Not done yet.
    Continue,
    /// The chunk is loaded.
    Loaded,
    /// The label is somebody else's; the chunk needs another one.
    NeedsLabel,
    /// The chunk cannot be loaded.
    Failed(Error),
}

/// One chunk on its way.
#[derive(Debug)]
pub(crate) struct PlainLoad {
    label: String,
    chunk: Chunk,
    pub(crate) not_before: u64,
    ask_state: bool,
    /// An earlier attempt with this label may have taken effect.
    may_be_loaded: bool,
    retries: Retries,
}

impl PlainLoad {
    pub(crate) fn new(label: String, chunk: Chunk, policy: RetryPolicy, seed: u64) -> Self {
        Self {
            label,
            chunk,
            not_before: 0,
            ask_state: false,
            may_be_loaded: false,
            retries: Retries::new(policy, seed),
        }
    }

    pub(crate) fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// Empty as long as there is none.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    pub(crate) fn relabel(&mut self, label: String) {
        self.label = label;
        self.may_be_loaded = false;
    }

    pub(crate) fn request(&self) -> Request {
        let label = self.label.clone();
        if self.ask_state {
            Request::LabelState { label }
        } else {
            Request::StreamLoad { label, chunk: self.chunk.clone() }
        }
    }

    pub(crate) fn on_answer(&mut self, now: u64, answer: Result<Answer, Failure>) -> PlainVerdict {
        match (self.ask_state, answer) {
            (false, Ok(_)) => PlainVerdict::Loaded,
            (false, Err(failure)) => self.on_failure(now, failure),
            (true, Ok(Answer { state: Some(state), .. })) => match state {
                LabelState::Visible | LabelState::Committed => PlainVerdict::Loaded,
                LabelState::Prepare | LabelState::Prepared => {
                    let waiting =
                        Error::new(ErrorKind::Timeout, "an earlier attempt with the same label is still running");
                    let waited = self.retries.busy(now, self.name(waiting));
                    self.wait(now, waited)
                }
                // Whatever the earlier attempt did, it does not count and the label is free again.
                LabelState::Aborted | LabelState::Unknown => {
                    self.ask_state = false;
                    PlainVerdict::Continue
                }
            },
            (true, Ok(_)) => {
                PlainVerdict::Failed(self.name(Error::new(ErrorKind::Protocol, "no label state was told")))
            }
            (true, Err(Failure { class: FailureClass::Permanent, error })) => self.give_up(error),
            (true, Err(failure)) => {
                let waited = self.retries.failed(failure.error);
                self.wait(now, waited)
            }
        }
    }

    fn on_failure(&mut self, now: u64, failure: Failure) -> PlainVerdict {
        match failure.class {
            FailureClass::LabelExists(ExistingJob::Finished) if self.may_be_loaded => return PlainVerdict::Loaded,
            FailureClass::LabelExists(_) if self.may_be_loaded => {
                self.ask_state = true;
                return PlainVerdict::Continue;
            }
            FailureClass::LabelExists(_) => {
                return match self.retries.failed(failure.error) {
                    Ok(_) => PlainVerdict::NeedsLabel,
                    Err(story) => PlainVerdict::Failed(self.name(story)),
                };
            }
            FailureClass::Permanent => return self.give_up(failure.error),
            FailureClass::NotSent => {}
            FailureClass::TooManyVersions => {
                self.may_be_loaded = true;
                let waited = self.retries.crowded(now, failure.error);
                return self.wait(now, waited);
            }
            // A refusal can come after the commit was sent to the FE, so it does not prove that nothing was loaded.
            FailureClass::Ambiguous | FailureClass::Refused | FailureClass::InProcessing => self.may_be_loaded = true,
        }
        let waited = self.retries.failed(failure.error);
        self.wait(now, waited)
    }

    fn wait(&mut self, now: u64, waited: Result<u64, Error>) -> PlainVerdict {
        match waited {
            Ok(wait) => {
                self.not_before = now + wait;
                PlainVerdict::Continue
            }
            Err(story) => PlainVerdict::Failed(self.name(story)),
        }
    }

    fn give_up(&mut self, error: Error) -> PlainVerdict {
        let story = self.retries.story(Some(error));
        PlainVerdict::Failed(self.name(story))
    }

    fn name(&self, error: Error) -> Error {
        error.operation("stream load").with("label", &self.label)
    }
}
