// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The direct buffers that Java registers with a sink: their memory, and what keeps that memory alive.

use jni::Env;
use jni::objects::{JByteBuffer, JObject, JObjectArray};
use jni::refs::Global;

use crate::error::{Failure, Result};

/// At most this many buffers a handle; four are usual.
const MAX_BUFFERS: usize = 64;

/// Global references to the registered buffers (`java.nio` classes, so no user class loader is held). They are owned by
/// the handle and dropped by a thread of the JVM after the work behind the handle has ended.
pub(crate) struct Pins {
    #[expect(dead_code, reason = "held for its destructor")]
    buffers: Vec<Global<JObject<'static>>>,
}

impl Pins {
    /// Nothing is pinned.
    pub(crate) fn none() -> Self {
        Self { buffers: Vec::new() }
    }
}

/// The memory of one registered buffer.
#[derive(Clone)]
pub(crate) struct Region {
    address: *mut u8,
    capacity: usize,
}

// SAFETY: a region is an address and a length. Reading through it is unsafe by itself and has its own conditions.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

impl Region {
    /// Byte count of the buffer.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// The first `length` bytes.
    ///
    /// # Safety
    ///
    /// The buffer belongs to the library and not to Java, `length` is at most the capacity, and the buffer is pinned for
    /// as long as the slice is used.
    pub(crate) unsafe fn bytes(&self, length: usize) -> &[u8] {
        // SAFETY: the address came from the JVM for a direct buffer of this capacity; the caller keeps to the rest.
        unsafe { std::slice::from_raw_parts(self.address, length) }
    }

    /// All bytes, to be written.
    ///
    /// # Safety
    ///
    /// Nobody else uses the buffer, which is not read-only, while the slice is used, and something keeps it alive.
    pub(crate) unsafe fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the address came from the JVM for a direct buffer of this capacity; the caller keeps to the rest.
        unsafe { std::slice::from_raw_parts_mut(self.address, self.capacity) }
    }
}

/// Registers the direct buffers of a Java array.
pub(crate) fn register(env: &mut Env<'_>, array: &JObjectArray<'_, JObject<'_>>) -> Result<(Vec<Region>, Pins)> {
    if array.is_null() {
        return Err(Failure::argument("buffers is null"));
    }
    let count = array.len(env)?;
    if count == 0 || count > MAX_BUFFERS {
        return Err(Failure::argument(format!("a handle takes 1 to {MAX_BUFFERS} buffers, not {count}")));
    }
    let (mut regions, mut pins) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for index in 0..count {
        let buffer = array.get_element(env, index)?;
        let region = region(env, &buffer).map_err(|failure| match failure {
            Failure::IllegalArgument(message) => Failure::argument(format!("buffer {index}: {message}")),
            other => other,
        })?;
        regions.push(region);
        pins.push(env.new_global_ref(&buffer)?);
        env.delete_local_ref(buffer);
    }
    Ok((regions, Pins { buffers: pins }))
}

/// The memory of one direct buffer.
pub(crate) fn region(env: &mut Env<'_>, object: &JObject<'_>) -> Result<Region> {
    if object.is_null() {
        return Err(Failure::argument("the buffer is null"));
    }
    let buffer = env.as_cast::<JByteBuffer>(object).map_err(|_| Failure::argument("the buffer is not a ByteBuffer"))?;
    let not_direct = |_| Failure::argument("the buffer is not direct");
    let address = env.get_direct_buffer_address(&buffer).map_err(not_direct)?;
    let capacity = env.get_direct_buffer_capacity(&buffer).map_err(not_direct)?;
    Ok(Region { address, capacity })
}
