// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The native methods of `com.starrocks.connector.jni.NativeTesting`, which a test class declares: they provoke what the
//! boundary must survive. Compiled only with the feature `testing`.

use std::sync::Arc;

use jni::objects::{JObjectArray, JString};
use jni::sys::{jint, jlong};
use jni::{Env, jni_str};
use starrocks_client::sink::Timing;
use starrocks_types::{Error, ErrorKind, Retry};

use crate::buffers;
use crate::error::{Failure, Result};
use crate::exports::{native_methods, on_sink};
use crate::handles::{self, Entry, Object};
use crate::metrics::{Counters, Observed, SinkMetric};
use crate::runtime::{self, Lease};
use crate::sink::{FlushMode, Sink, Writer};

/// A writer without a server.
pub(crate) struct Double {
    behaviour: Behaviour,
    rows: usize,
    bytes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    /// Takes everything; a flush tells how much it was.
    Count,
    /// Never takes a second batch, like a sink whose budget is spent on a server that does not answer.
    Block,
    /// Fails at the first batch.
    Fail,
    /// Panics at the first batch, on a thread of the runtime.
    Panic,
}

impl Double {
    fn new(behaviour: &str) -> Option<Self> {
        let behaviour = match behaviour {
            "count" => Behaviour::Count,
            "block" => Behaviour::Block,
            "fail" => Behaviour::Fail,
            "panic" => Behaviour::Panic,
            _ => return None,
        };
        Some(Self { behaviour, rows: 0, bytes: 0 })
    }
}

impl Writer for Double {
    fn add_table(&mut self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn encode(&mut self, batch: &[u8], rows: usize) -> Result<(), Error> {
        match self.behaviour {
            Behaviour::Count | Behaviour::Block => {}
            Behaviour::Fail => {
                return Err(Error::new(ErrorKind::Network, "connection refused")
                    .operation("begin transaction")
                    .with("label", "l1")
                    .retry(Retry::Safe));
            }
            #[expect(clippy::panic, reason = "what this double is for")]
            Behaviour::Panic => panic!("injected in the writer"),
        }
        self.rows += rows;
        self.bytes += batch.len();
        Ok(())
    }

    async fn ready(&mut self) -> Result<(), Error> {
        if self.behaviour == Behaviour::Block {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn flush(&mut self, mode: FlushMode, checkpoint_id: i64) -> Result<Vec<u8>, Error> {
        let (rows, bytes) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.bytes));
        let mode = format!("{mode:?}");
        Ok(serde_json::json!({"mode": mode, "checkpoint": checkpoint_id, "rows": rows, "bytes": bytes})
            .to_string()
            .into())
    }

    async fn background(&mut self) -> Error {
        std::future::pending().await
    }

    async fn abort(&mut self) {}
}

native_methods! { "NativeTesting":
    with_env openDouble => open_double(behaviour: JString<'local>, buffers: JObjectArray<'local>) -> jlong;
    plain panicPlain => panic_plain() -> jint;
    with_env panicWithEnv => panic_with_env() -> jint;
    plain panicOnSink => panic_on_sink(sink: jlong) -> jint;
    with_env failWhilePending => fail_while_pending() -> jint;
    with_env log => log(message: JString<'local>, count: jint) -> ();
    plain threads => threads() -> jint;
}

/// What is seen of a double.
struct Seen;

impl Observed for Seen {
    fn counters(&self) -> Counters {
        let mut counters = Counters::default();
        counters.set(SinkMetric::Retries, 42);
        counters
    }

    fn samples(&self, kind: usize) -> Option<(u64, Vec<u64>)> {
        Timing::ALL.get(kind).map(|_| (7, vec![1, 2, 3]))
    }

    fn take_reports(&self) -> Result<Vec<u8>> {
        Ok(b"[]".to_vec())
    }

    fn give_labels(&self, labels: Vec<String>) -> Result<usize> {
        Ok(4_usize.saturating_sub(labels.len()))
    }
}

fn open_double(env: &mut Env<'_>, behaviour: JString<'_>, buffers: JObjectArray<'_>) -> Result<jlong> {
    let behaviour = behaviour.try_to_string(env)?;
    let writer = Double::new(&behaviour).ok_or_else(|| Failure::argument(format!("no double {behaviour}")))?;
    let (regions, pins) = buffers::register(env, &buffers)?;
    let lease = Lease::acquire()?;
    let sink = Sink::spawn(lease.handle(), writer, regions, Arc::new(Seen));
    Ok(handles::insert(Entry { object: Object::Sink(sink), lease, pins }))
}

#[expect(clippy::panic, reason = "what this function is for")]
fn panic_plain() -> Result<jint> {
    panic!("injected without an environment")
}

#[expect(clippy::panic, reason = "what this function is for")]
fn panic_with_env(_env: &mut Env<'_>) -> Result<jint> {
    panic!("injected with an environment")
}

/// Panics in a call on a sink.
#[expect(clippy::panic, reason = "what this function is for")]
fn panic_on_sink(sink: jlong) -> Result<jint> {
    on_sink(sink, |_| panic!("injected in a call"))
}

/// Fails while an exception of Java's is pending already.
fn fail_while_pending(env: &mut Env<'_>) -> Result<jint> {
    // Reports the exception it throws as an error; the point is the error that follows.
    let _ = env.throw_new(jni_str!("java/lang/ArithmeticException"), jni_str!("pending"));
    Err(Error::new(ErrorKind::Unexpected, "must not replace the pending exception").into())
}

fn log(env: &mut Env<'_>, message: JString<'_>, count: jint) -> Result<()> {
    let message = message.try_to_string(env)?;
    for number in 0..count {
        tracing::info!(number, "{message}");
    }
    tracing::debug!("below the default level");
    Ok(())
}

/// How many threads of the runtime live.
fn threads() -> Result<jint> {
    Ok(runtime::threads() as jint)
}
