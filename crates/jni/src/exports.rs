// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The native methods of `com.starrocks.connector.jni.Native`: a table of them, then a function that returns a `Result` for each.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jni::Env;
use jni::objects::{JByteArray, JLongArray, JObject, JObjectArray, JString};
use jni::sys::{JNI_VERSION_1_8, JavaVM, jint, jlong};

use crate::buffers::{self, Pins};
use crate::error::{Failure, Result};
use crate::handles::{self, Entry, Lookup, Object};
use crate::lookup::TableLookup;
use crate::runtime::{self, Lease};
use crate::scan::{EVENT_NUMBERS, Scan};
use crate::sink::{FlushMode, Sink};
use crate::{ABI_VERSION, CORE_VERSION, client, logs, panics};

/// Where a call found no buffer, or no room.
const NONE: jint = -1;

#[unsafe(no_mangle)]
extern "system" fn JNI_OnLoad(_vm: *mut JavaVM, _reserved: *mut c_void) -> jint {
    panics::install_hook();
    logs::install();
    JNI_VERSION_1_8
}

/// Exports native methods of a class. Each line is the Java declaration, with the Rust function behind it; what that returns as
/// a failure, or panics with, becomes an exception. A `plain` one touches no Java object; a `with_env` one gets the JNI
/// environment first.
macro_rules! native_methods {
    ($class:literal: $($kind:ident $java:ident => $rust:ident($($arg:ident: $type:ty),*) -> $ret:ty;)*) => {$(
        const _: () = {
            #[unsafe(export_name = concat!("Java_com_starrocks_connector_jni_", $class, "_", stringify!($java)))]
            extern "system" fn shell<'local>(
                env: jni::EnvUnowned<'local>,
                _class: jni::objects::JClass<'local>,
                $($arg: $type),*
            ) -> $ret {
                native_methods!(@$kind $rust, env $(, $arg)*)
            }
        };
    )*};
    (@plain $rust:ident, $env:ident $(, $arg:ident)*) => { $crate::error::plain($env, || $rust($($arg),*)) };
    (@with_env $rust:ident, $env:ident $(, $arg:ident)*) => { $crate::error::with_env($env, |env| $rust(env $(, $arg)*)) };
}
#[cfg(feature = "testing")]
pub(crate) use native_methods;

native_methods! { "Native":
    plain abiVersion => abi_version() -> jint;
    with_env coreVersion => core_version() -> JString<'local>;
    with_env openSink => open_sink(config: JByteArray<'local>, buffers: JObjectArray<'local>) -> jlong;
    plain write => write(sink: jlong, buffer: jint, length: jint, rows: jint) -> jint;
    with_env writeLarge => write_large(sink: jlong, row: JObject<'local>, length: jint, timeout_ms: jint) -> jint;
    plain acquire => acquire(sink: jlong, timeout_ms: jint) -> jint;
    with_env addTable => add_table(sink: jlong, config: JByteArray<'local>) -> ();
    plain startFlush => start_flush(sink: jlong, mode: jint, checkpoint_id: jlong) -> ();
    with_env openScan => open_scan(config: JByteArray<'local>, buffers: JObjectArray<'local>) -> jlong;
    with_env addSplit => add_split(scan: jlong, split: JByteArray<'local>) -> ();
    with_env nextBatch => next_batch(scan: jlong, out: JLongArray<'local>, timeout_ms: jint) -> jint;
    with_env takeLargeRow => take_large_row(scan: jlong) -> JByteArray<'local>;
    plain releaseBuffer => release_buffer(scan: jlong, buffer: jint) -> ();
    plain fingerprint => fingerprint(scan: jlong, buffer: jint, rows: jint) -> jlong;
    with_env scanMetrics => scan_metrics(scan: jlong, out: JLongArray<'local>) -> ();
    plain poll => poll(handle: jlong, timeout_ms: jint) -> jint;
    with_env takeResult => take_result(handle: jlong) -> JByteArray<'local>;
    with_env submit => submit(request: JByteArray<'local>) -> jlong;
    with_env openLookup => open_lookup(config: JByteArray<'local>) -> jlong;
    with_env submitKeys => submit_keys(lookup: jlong, keys: JObject<'local>, length: jint, rows: jint, first_request: jint) -> jint;
    with_env nextAnswers => next_answers(lookup: jlong, out: JObject<'local>, timeout_ms: jint) -> jint;
    with_env lookupMetrics => lookup_metrics(lookup: jlong, out: JLongArray<'local>) -> ();
    with_env metrics => metrics(sink: jlong, out: JLongArray<'local>) -> ();
    with_env samples => samples(sink: jlong, kind: jint, out: JLongArray<'local>) -> jint;
    with_env takeReports => take_reports(sink: jlong) -> JByteArray<'local>;
    with_env giveLabels => give_labels(sink: jlong, labels: JByteArray<'local>) -> jint;
    with_env drainLogs => drain_logs(out: JObject<'local>) -> jint;
    plain setLogLevel => set_log_level(level: jint) -> ();
    plain startClose => start_close(handle: jlong) -> ();
    plain finishClose => finish_close(handle: jlong, timeout_ms: jint) -> jint;
    plain shutdown => shutdown(timeout_ms: jint) -> jint;
}

fn abi_version() -> Result<jint> {
    Ok(ABI_VERSION)
}

fn core_version<'local>(env: &mut Env<'local>) -> Result<JString<'local>> {
    Ok(env.new_string(CORE_VERSION)?)
}

fn open_sink(env: &mut Env<'_>, config: JByteArray<'_>, buffers: JObjectArray<'_>) -> Result<jlong> {
    let config = bytes(env, &config, "config")?;
    let (regions, pins) = buffers::register(env, &buffers)?;
    let lease = Lease::acquire()?;
    let (writer, observed) = client::open(&config, lease.handle())?;
    let sink = Sink::spawn(lease.handle(), writer, regions, observed);
    Ok(handles::insert(Entry { object: Object::Sink(sink), lease, pins }))
}

/// The hot path: touches no Java object and makes no JNI call unless it has to throw.
fn write(sink: jlong, buffer: jint, length: jint, rows: jint) -> Result<jint> {
    on_sink(sink, |sink| Ok(number(sink.write(buffer, length, rows)?)))
}

fn write_large(env: &mut Env<'_>, sink: jlong, row: JObject<'_>, length: jint, timeout_ms: jint) -> Result<jint> {
    let region = buffers::region(env, &row)?;
    let capacity = region.capacity();
    let length = within(length, capacity)?;
    // SAFETY: the caller's reference keeps the buffer alive during the call, the length is checked, and the caller
    // leaves the buffer alone until the call returns, as the contract says.
    let row = unsafe { region.bytes(length) };
    on_sink(sink, |sink| Ok(if sink.write_large(row, timeout_ms)? { 0 } else { NONE }))
}

/// A length that a buffer has.
fn within(length: jint, capacity: usize) -> Result<usize> {
    usize::try_from(length)
        .ok()
        .filter(|length| (1..=capacity).contains(length))
        .ok_or_else(|| Failure::argument(format!("length {length} is not within the buffer's 1 to {capacity}")))
}

fn acquire(sink: jlong, timeout_ms: jint) -> Result<jint> {
    on_sink(sink, |sink| Ok(number(sink.acquire(timeout_ms)?)))
}

fn add_table(env: &mut Env<'_>, sink: jlong, config: JByteArray<'_>) -> Result<()> {
    let config = bytes(env, &config, "config")?;
    on_sink(sink, |sink| sink.add_table(config))
}

fn start_flush(sink: jlong, mode: jint, checkpoint_id: jlong) -> Result<()> {
    let mode = match mode {
        0 => FlushMode::Commit,
        1 => FlushMode::Prepare,
        other => return Err(Failure::argument(format!("{other} is not a flush mode"))),
    };
    on_sink(sink, |sink| sink.start_flush(mode, checkpoint_id))
}

fn open_scan(env: &mut Env<'_>, config: JByteArray<'_>, buffers: JObjectArray<'_>) -> Result<jlong> {
    let config = bytes(env, &config, "config")?;
    let (regions, pins) = buffers::register(env, &buffers)?;
    let lease = Lease::acquire()?;
    let scan = Scan::open(lease.handle(), &config, regions)?;
    Ok(handles::insert(Entry { object: Object::Scan(scan), lease, pins }))
}

fn add_split(env: &mut Env<'_>, scan: jlong, split: JByteArray<'_>) -> Result<()> {
    let split = bytes(env, &split, "split")?;
    on_scan(scan, |scan| scan.add_split(split))
}

fn next_batch(env: &mut Env<'_>, scan: jlong, out: JLongArray<'_>, timeout_ms: jint) -> Result<jint> {
    if out.is_null() || out.len(env)? < EVENT_NUMBERS {
        return Err(Failure::argument(format!("an event needs an array of {EVENT_NUMBERS} longs")));
    }
    let Some(event) = on_scan(scan, |scan| scan.next(timeout_ms))? else { return Ok(0) };
    out.set_region(env, 0, &event.numbers)?;
    Ok(event.kind)
}

fn take_large_row<'local>(env: &mut Env<'local>, scan: jlong) -> Result<JByteArray<'local>> {
    let row = on_scan(scan, Scan::take_large_row)?;
    Ok(env.byte_array_from_slice(&row)?)
}

fn release_buffer(scan: jlong, buffer: jint) -> Result<()> {
    on_scan(scan, |scan| scan.release(buffer))
}

fn fingerprint(scan: jlong, buffer: jint, rows: jint) -> Result<jlong> {
    // 64 bits are what Java has.
    on_scan(scan, |scan| scan.fingerprint(buffer, rows)).map(|fingerprint| fingerprint as jlong)
}

fn scan_metrics(env: &mut Env<'_>, scan: jlong, out: JLongArray<'_>) -> Result<()> {
    put_metrics(env, &out, &on_scan(scan, |scan| Ok(scan.metrics()))?)
}

fn poll(handle: jlong, timeout_ms: jint) -> Result<jint> {
    let done = match handles::object(handle)? {
        Object::Sink(sink) => sink.poll(timeout_ms),
        Object::Task(task) => task.poll(timeout_ms),
        Object::Scan(_) | Object::Lookup(_) => Err(not_polled()),
    };
    Ok(jint::from(done?))
}

fn take_result<'local>(env: &mut Env<'local>, handle: jlong) -> Result<JByteArray<'local>> {
    let result = match handles::object(handle)? {
        Object::Sink(sink) => sink.take_result(),
        Object::Task(task) => task.take_result(),
        Object::Scan(_) | Object::Lookup(_) => Err(not_polled()),
    };
    Ok(env.byte_array_from_slice(&result?)?)
}

fn submit(env: &mut Env<'_>, request: JByteArray<'_>) -> Result<jlong> {
    let request = bytes(env, &request, "request")?;
    let lease = Lease::acquire()?;
    let task = client::submit(request, lease.handle());
    Ok(handles::insert(Entry { object: Object::Task(task), lease, pins: Pins::none() }))
}

fn open_lookup(env: &mut Env<'_>, config: JByteArray<'_>) -> Result<jlong> {
    let config = bytes(env, &config, "config")?;
    let lease = Lease::acquire()?;
    let lookup = TableLookup::open(&config, lease.handle())?;
    Ok(handles::insert(Entry { object: Object::Lookup(lookup), lease, pins: Pins::none() }))
}

fn submit_keys(
    env: &mut Env<'_>,
    lookup: jlong,
    keys: JObject<'_>,
    length: jint,
    rows: jint,
    first_request: jint,
) -> Result<jint> {
    let region = buffers::region(env, &keys)?;
    let length = within(length, region.capacity())?;
    let rows = usize::try_from(rows).ok().filter(|rows| *rows > 0);
    let rows = rows.ok_or_else(|| Failure::argument("at least one key is asked for"))?;
    // SAFETY: the caller's reference keeps the buffer alive during the call, the length is checked, and the caller
    // leaves the buffer alone until the call returns, as the contract says.
    let keys = unsafe { region.bytes(length) };
    // The number is an unsigned one that Java keeps in an int.
    on_lookup(lookup, |lookup| Ok(if lookup.submit(keys, rows, first_request as u32)? { 0 } else { NONE }))
}

fn next_answers(env: &mut Env<'_>, lookup: jlong, out: JObject<'_>, timeout_ms: jint) -> Result<jint> {
    let mut region = buffers::region(env, &out)?;
    // SAFETY: the caller's reference keeps the buffer alive during the call, and nobody else uses it meanwhile, as the
    // contract says.
    let out = unsafe { region.bytes_mut() };
    let moved = on_lookup(lookup, |lookup| lookup.next(out, timeout_ms))?;
    jint::try_from(moved).map_err(|_| Failure::state("a row is larger than a buffer can be"))
}

fn lookup_metrics(env: &mut Env<'_>, lookup: jlong, out: JLongArray<'_>) -> Result<()> {
    put_metrics(env, &out, &on_lookup(lookup, |lookup| Ok(lookup.metrics()))?)
}

fn metrics(env: &mut Env<'_>, sink: jlong, out: JLongArray<'_>) -> Result<()> {
    put_metrics(env, &out, on_sink(sink, |sink| Ok(sink.metrics()))?.values())
}

/// Writes how many durations of the kind there have been, then the latest, as many as there is room for; how many those are.
fn samples(env: &mut Env<'_>, sink: jlong, kind: jint, out: JLongArray<'_>) -> Result<jint> {
    let seen = usize::try_from(kind).ok().map(|kind| on_sink(sink, |sink| Ok(sink.observed().samples(kind))));
    let (total, latest) = seen
        .transpose()?
        .flatten()
        .ok_or_else(|| Failure::argument(format!("there are no durations of kind {kind}")))?;
    let room = if out.is_null() { 0 } else { out.len(env)? };
    if room == 0 {
        return Err(Failure::argument("durations need an array of at least one long"));
    }
    let number = |n: u64| jlong::try_from(n).unwrap_or(jlong::MAX);
    let skipped = latest.len().saturating_sub(room - 1);
    let values: Vec<jlong> = std::iter::once(total).chain(latest.into_iter().skip(skipped)).map(number).collect();
    out.set_region(env, 0, &values)?;
    jint::try_from(values.len() - 1).map_err(|_| Failure::state("there are more durations than a number can tell"))
}

fn take_reports<'local>(env: &mut Env<'local>, sink: jlong) -> Result<JByteArray<'local>> {
    let reports = on_sink(sink, |sink| sink.observed().take_reports())?;
    Ok(env.byte_array_from_slice(&reports)?)
}

fn give_labels(env: &mut Env<'_>, sink: jlong, labels: JByteArray<'_>) -> Result<jint> {
    let labels: Vec<String> = serde_json::from_slice(&bytes(env, &labels, "labels")?)
        .map_err(|_| Failure::argument("labels are a JSON array of strings"))?;
    let wanted = on_sink(sink, |sink| sink.observed().give_labels(labels))?;
    jint::try_from(wanted).map_err(|_| Failure::state("more labels are wanted than a number can tell"))
}

fn put_metrics(env: &mut Env<'_>, out: &JLongArray<'_>, values: &[jlong]) -> Result<()> {
    if out.is_null() || out.len(env)? < values.len() {
        return Err(Failure::argument(format!("metrics need an array of {} longs", values.len())));
    }
    out.set_region(env, 0, values)?;
    Ok(())
}

fn drain_logs(env: &mut Env<'_>, out: JObject<'_>) -> Result<jint> {
    let mut region = buffers::region(env, &out)?;
    if region.capacity() < logs::SMALLEST_DRAIN {
        return Err(Failure::argument(format!("draining logs needs a buffer of {} bytes", logs::SMALLEST_DRAIN)));
    }
    // SAFETY: the caller's reference keeps the buffer alive during the call, and nobody else uses it meanwhile, as the
    // contract says.
    let written = logs::drain(unsafe { region.bytes_mut() });
    // The buffer's capacity is a Java int.
    Ok(written as jint)
}

fn set_log_level(level: jint) -> Result<()> {
    logs::set_level(level)
}

fn start_close(handle: jlong) -> Result<()> {
    closable(handle)?.inspect(stop);
    Ok(())
}

fn finish_close(handle: jlong, timeout_ms: jint) -> Result<jint> {
    let Some(object) = closable(handle)? else { return Ok(1) };
    if !wait_ended(&object, timeout_ms)? {
        return Ok(0);
    }
    // Dropped here, on a thread of the JVM: the pins, and with the last lease the runtime.
    drop(handles::remove(handle));
    Ok(1)
}

/// Closes what is still open, for a class loader that goes away.
fn shutdown(timeout_ms: jint) -> Result<jint> {
    let deadline = Instant::now() + Duration::from_millis(timeout_ms.max(0).unsigned_abs().into());
    let open: Vec<_> =
        handles::live().into_iter().filter_map(|handle| Some((handle, closable(handle).ok()??))).collect();
    open.iter().for_each(|(_, object)| stop(object));
    for (handle, object) in open {
        let ended = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if wait_ended(&object, i32::try_from(left.as_millis()).unwrap_or(i32::MAX))? {
                break true;
            }
            if left.is_zero() {
                break false;
            }
        };
        if ended {
            drop(handles::remove(handle));
        }
    }
    Ok(jint::from(runtime::wait_stopped(deadline)))
}

fn number(buffer: Option<usize>) -> jint {
    // The number of buffers is small.
    buffer.map_or(NONE, |index| index as jint)
}

/// The object to close; `None` when it is closed already.
fn closable(handle: jlong) -> Result<Option<Object>> {
    match handles::lookup(handle) {
        Lookup::Live(object) => Ok(Some(object)),
        Lookup::Gone => Ok(None),
        Lookup::Unknown => handles::object(handle).map(Some),
    }
}

fn stop(object: &Object) {
    match object {
        Object::Sink(sink) => sink.start_close(),
        Object::Lookup(lookup) => lookup.start_close(),
        Object::Task(task) => task.start_close(),
        Object::Scan(scan) => scan.start_close(),
    }
}

fn wait_ended(object: &Object, timeout_ms: jint) -> Result<bool> {
    match object {
        Object::Sink(sink) => sink.wait_ended(timeout_ms),
        Object::Lookup(lookup) => lookup.wait_ended(timeout_ms),
        Object::Task(task) => task.wait_ended(timeout_ms),
        Object::Scan(scan) => scan.wait_ended(timeout_ms),
    }
}

/// Runs a call on a sink; a panic poisons the sink.
pub(crate) fn on_sink<T>(handle: jlong, call: impl FnOnce(&Sink) -> Result<T>) -> Result<T> {
    let sink = handles::sink(handle)?;
    catch_unwind(AssertUnwindSafe(|| call(&sink))).unwrap_or_else(|payload| {
        let error = Arc::new(panics::caught(payload));
        sink.poison(error.clone());
        Err(Failure::Native(error))
    })
}

/// Runs a call on a scan; a panic poisons the scan.
fn on_scan<T>(handle: jlong, call: impl FnOnce(&Scan) -> Result<T>) -> Result<T> {
    let scan = handles::scan(handle)?;
    catch_unwind(AssertUnwindSafe(|| call(&scan))).unwrap_or_else(|payload| {
        let error = Arc::new(panics::caught(payload));
        scan.poison(error.clone());
        Err(Failure::Native(error))
    })
}

/// Runs a call on a lookup; a panic poisons the lookup.
fn on_lookup<T>(handle: jlong, call: impl FnOnce(&TableLookup) -> Result<T>) -> Result<T> {
    let lookup = handles::table_lookup(handle)?;
    catch_unwind(AssertUnwindSafe(|| call(&lookup))).unwrap_or_else(|payload| {
        let error = Arc::new(panics::caught(payload));
        lookup.poison(error.clone());
        Err(Failure::Native(error))
    })
}

fn not_polled() -> Failure {
    Failure::state("the handle is a scan or a lookup, which has no operation to poll")
}

fn bytes(env: &Env<'_>, array: &JByteArray<'_>, name: &str) -> Result<Vec<u8>> {
    if array.is_null() {
        return Err(Failure::argument(format!("{name} is null")));
    }
    Ok(env.convert_byte_array(array)?)
}
