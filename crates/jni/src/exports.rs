// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The native methods of `com.starrocks.connector.jni.Native`. Each is a shell around one function that returns a `Result`.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jni::objects::{JByteArray, JClass, JLongArray, JObject, JObjectArray, JString};
use jni::sys::{JNI_VERSION_1_8, JavaVM, jint, jlong};
use jni::{Env, EnvUnowned};

use crate::buffers::{self, Pins};
use crate::error::{Failure, Result, plain, with_env};
use crate::handles::{self, Entry, Lookup, Object};
use crate::runtime::{self, Lease};
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

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_abiVersion<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jint {
    ABI_VERSION
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_coreVersion<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JString<'local> {
    with_env(env, |env| Ok(env.new_string(CORE_VERSION)?))
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_openSink<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    config: JByteArray<'local>,
    buffers: JObjectArray<'local>,
) -> jlong {
    with_env(env, |env| open_sink(env, &config, &buffers))
}

fn open_sink(env: &mut Env<'_>, config: &JByteArray<'_>, buffers: &JObjectArray<'_>) -> Result<jlong> {
    let config = bytes(env, config, "config")?;
    let (regions, pins) = buffers::register(env, buffers)?;
    let lease = Lease::acquire()?;
    let (writer, metrics) = client::open(&config, lease.handle())?;
    let sink = Sink::spawn(lease.handle(), writer, regions, metrics);
    Ok(handles::insert(Entry { object: Object::Sink(sink), lease, pins }))
}

/// The hot path: touches no Java object and makes no JNI call unless it has to throw.
#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_write<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    sink: jlong,
    buffer: jint,
    length: jint,
    rows: jint,
) -> jint {
    plain(env, || on_sink(sink, |sink| Ok(number(sink.write(buffer, length, rows)?))))
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_writeLarge<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    sink: jlong,
    row: JObject<'local>,
    length: jint,
    timeout_ms: jint,
) -> jint {
    with_env(env, |env| {
        let region = buffers::region(env, &row)?;
        let capacity = region.capacity();
        let length = usize::try_from(length)
            .ok()
            .filter(|length| (1..=capacity).contains(length))
            .ok_or_else(|| Failure::argument(format!("length {length} is not within the buffer's 1 to {capacity}")))?;
        // SAFETY: the caller's reference keeps the buffer alive during the call, the length is checked, and the caller
        // leaves the buffer alone until the call returns, as the contract says.
        let row = unsafe { region.bytes(length) };
        on_sink(sink, |sink| Ok(if sink.write_large(row, timeout_ms)? { 0 } else { NONE }))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_acquire<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    sink: jlong,
    timeout_ms: jint,
) -> jint {
    plain(env, || on_sink(sink, |sink| Ok(number(sink.acquire(timeout_ms)?))))
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_startFlush<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    sink: jlong,
    mode: jint,
    checkpoint_id: jlong,
) {
    plain(env, || {
        let mode = match mode {
            0 => FlushMode::Commit,
            1 => FlushMode::Prepare,
            other => return Err(Failure::argument(format!("{other} is not a flush mode"))),
        };
        on_sink(sink, |sink| sink.start_flush(mode, checkpoint_id))
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_poll<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    timeout_ms: jint,
) -> jint {
    plain(env, || {
        let done = match handles::object(handle)? {
            Object::Sink(sink) => sink.poll(timeout_ms),
            Object::Task(task) => task.poll(timeout_ms),
        };
        Ok(jint::from(done?))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_takeResult<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> JByteArray<'local> {
    with_env(env, |env| {
        let result = match handles::object(handle)? {
            Object::Sink(sink) => sink.take_result(),
            Object::Task(task) => task.take_result(),
        };
        Ok(env.byte_array_from_slice(&result?)?)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_submit<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    request: JByteArray<'local>,
) -> jlong {
    with_env(env, |env| {
        let request = bytes(env, &request, "request")?;
        let lease = Lease::acquire()?;
        let task = client::submit(request, lease.handle());
        Ok(handles::insert(Entry { object: Object::Task(task), lease, pins: Pins::none() }))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_metrics<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    sink: jlong,
    out: JLongArray<'local>,
) {
    with_env(env, |env| {
        let counters = on_sink(sink, |sink| Ok(sink.metrics()))?;
        if out.is_null() || out.len(env)? < counters.values().len() {
            return Err(Failure::argument(format!("metrics need an array of {} longs", counters.values().len())));
        }
        out.set_region(env, 0, counters.values())?;
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_drainLogs<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    out: JObject<'local>,
) -> jint {
    with_env(env, |env| {
        let mut region = buffers::region(env, &out)?;
        if region.capacity() < logs::SMALLEST_DRAIN {
            return Err(Failure::argument(format!("draining logs needs a buffer of {} bytes", logs::SMALLEST_DRAIN)));
        }
        // SAFETY: the caller's reference keeps the buffer alive during the call, and nobody else uses it meanwhile, as the
        // contract says.
        let written = logs::drain(unsafe { region.bytes_mut() });
        // The buffer's capacity is a Java int.
        Ok(written as jint)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_setLogLevel<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    level: jint,
) {
    plain(env, || logs::set_level(level));
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_startClose<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    plain(env, || {
        closable(handle)?.inspect(start_close);
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_finishClose<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    timeout_ms: jint,
) -> jint {
    plain(env, || {
        let Some(object) = closable(handle)? else { return Ok(1) };
        if !wait_ended(&object, timeout_ms)? {
            return Ok(0);
        }
        // Dropped here, on a thread of the JVM: the pins, and with the last lease the runtime.
        drop(handles::remove(handle));
        Ok(1)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_com_starrocks_connector_jni_Native_shutdown<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    timeout_ms: jint,
) -> jint {
    plain(env, || {
        let timeout = Duration::from_millis(timeout_ms.max(0).unsigned_abs().into());
        Ok(jint::from(shutdown(Instant::now() + timeout)?))
    })
}

/// Closes what is still open, for a class loader that goes away.
fn shutdown(deadline: Instant) -> Result<bool> {
    let open: Vec<_> =
        handles::live().into_iter().filter_map(|handle| Some((handle, closable(handle).ok()??))).collect();
    open.iter().for_each(|(_, object)| start_close(object));
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
    Ok(runtime::wait_stopped(deadline))
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

fn start_close(object: &Object) {
    match object {
        Object::Sink(sink) => sink.start_close(),
        Object::Task(task) => task.start_close(),
    }
}

fn wait_ended(object: &Object, timeout_ms: jint) -> Result<bool> {
    match object {
        Object::Sink(sink) => sink.wait_ended(timeout_ms),
        Object::Task(task) => task.wait_ended(timeout_ms),
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

fn bytes(env: &Env<'_>, array: &JByteArray<'_>, name: &str) -> Result<Vec<u8>> {
    if array.is_null() {
        return Err(Failure::argument(format!("{name} is null")));
    }
    Ok(env.convert_byte_array(array)?)
}
