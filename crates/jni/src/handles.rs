// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The numbers by which Java names sinks, lookups and tasks: a slot of a process-wide table and the slot's generation.
//!
//! A number that was never given out, or whose object is gone, is told apart from a live one, so a mistake in Java ends
//! in an exception and never in freed memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::buffers::Pins;
use crate::error::{Failure, Result};
use crate::lookup::TableLookup;
use crate::runtime::Lease;
use crate::scan::Scan;
use crate::sink::Sink;
use crate::task::Task;

/// What a handle can stand for.
#[derive(Clone)]
pub(crate) enum Object {
    /// A sink writer.
    Sink(Arc<Sink>),
    /// A lookup.
    Lookup(Arc<TableLookup>),
    /// A task.
    Task(Arc<Task>),
    /// A reader.
    Scan(Arc<Scan>),
}

/// What lives exactly as long as the handle and must be let go on a thread of the JVM.
pub(crate) struct Entry {
    pub(crate) object: Object,
    // Dropped in this order: the runtime stops before the memory goes that its threads may read.
    #[expect(dead_code, reason = "held for its destructor")]
    pub(crate) lease: Lease,
    #[expect(dead_code, reason = "held for its destructor")]
    pub(crate) pins: Pins,
}

struct Slot {
    generation: u32,
    entry: Option<Entry>,
}

struct Table {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { slots: Vec::new(), free: Vec::new() });

/// Generations stay positive as a Java int, so that a handle is never negative; a slot that has used them all is retired.
const LAST_GENERATION: u32 = i32::MAX as u32;

/// Where a number leads.
pub(crate) enum Lookup {
    /// An open or closing object.
    Live(Object),
    /// The number was valid once; the object is gone.
    Gone,
    /// The number was never given out.
    Unknown,
}

fn table() -> MutexGuard<'static, Table> {
    // No code under this lock can leave the table half changed.
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn split(handle: i64) -> (u32, usize) {
    // The casts take the two halves of the number apart.
    ((handle >> 32) as u32, handle as u32 as usize)
}

/// Puts an object into the table.
pub(crate) fn insert(entry: Entry) -> i64 {
    let mut table = table();
    let index = match table.free.pop() {
        Some(index) => index,
        None => {
            table.slots.push(Slot { generation: 0, entry: None });
            // More than 2^32 open handles cannot be.
            (table.slots.len() - 1) as u32
        }
    };
    let Some(slot) = table.slots.get_mut(index as usize) else { unreachable!("free slots are in the table") };
    slot.generation += 1;
    slot.entry = Some(entry);
    i64::from(slot.generation) << 32 | i64::from(index)
}

/// Finds out what a number stands for.
pub(crate) fn lookup(handle: i64) -> Lookup {
    let (generation, index) = split(handle);
    match table().slots.get(index) {
        Some(slot) if slot.generation == generation => match &slot.entry {
            Some(entry) => Lookup::Live(entry.object.clone()),
            None => Lookup::Gone,
        },
        Some(slot) if (1..slot.generation).contains(&generation) => Lookup::Gone,
        _ => Lookup::Unknown,
    }
}

/// The object behind a handle that must be open.
pub(crate) fn object(handle: i64) -> Result<Object> {
    match lookup(handle) {
        Lookup::Live(object) => Ok(object),
        Lookup::Gone => Err(Failure::state(format!("handle {handle:#x} is closed"))),
        Lookup::Unknown => Err(Failure::state(format!("{handle:#x} is not a handle of this library"))),
    }
}

/// The sink behind a handle.
pub(crate) fn sink(handle: i64) -> Result<Arc<Sink>> {
    match object(handle)? {
        Object::Sink(sink) => Ok(sink),
        other => Err(wrong_kind(handle, &other, "a sink")),
    }
}

/// The lookup behind a handle.
pub(crate) fn table_lookup(handle: i64) -> Result<Arc<TableLookup>> {
    match object(handle)? {
        Object::Lookup(lookup) => Ok(lookup),
        other => Err(wrong_kind(handle, &other, "a lookup")),
    }
}

/// The scan behind a handle.
pub(crate) fn scan(handle: i64) -> Result<Arc<Scan>> {
    match object(handle)? {
        Object::Scan(scan) => Ok(scan),
        other => Err(wrong_kind(handle, &other, "a scan")),
    }
}

fn wrong_kind(handle: i64, object: &Object, wanted: &str) -> Failure {
    let kind = match object {
        Object::Sink(_) => "a sink",
        Object::Lookup(_) => "a lookup",
        Object::Task(_) => "a task",
        Object::Scan(_) => "a scan",
    };
    Failure::state(format!("handle {handle:#x} is {kind}, not {wanted}"))
}

/// Takes an object out of the table; `None` when another thread was faster.
pub(crate) fn remove(handle: i64) -> Option<Entry> {
    let (generation, index) = split(handle);
    let mut table = table();
    let slot = table.slots.get_mut(index).filter(|slot| slot.generation == generation)?;
    let entry = slot.entry.take()?;
    if generation < LAST_GENERATION {
        table.free.push(index as u32);
    }
    Some(entry)
}

/// All live handles.
pub(crate) fn live() -> Vec<i64> {
    let table = table();
    let handles = table.slots.iter().enumerate().filter(|(_, slot)| slot.entry.is_some());
    handles.map(|(index, slot)| i64::from(slot.generation) << 32 | index as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> i64 {
        let lease = Lease::acquire().unwrap();
        let task = Task::spawn(lease.handle(), std::future::pending());
        insert(Entry { object: Object::Task(task), lease, pins: Pins::none() })
    }

    #[test]
    fn a_number_is_never_given_out_twice() {
        let first = open();
        assert!(matches!(lookup(first), Lookup::Live(_)));
        assert!(live().contains(&first));
        assert!(remove(first).is_some() && remove(first).is_none());
        assert!(matches!(lookup(first), Lookup::Gone));
        let second = open();
        assert_ne!(first, second);
        assert!(matches!(lookup(first), Lookup::Gone));
        assert!(matches!(lookup(second + (1 << 32)), Lookup::Unknown));
        drop(remove(second));
    }

    #[test]
    fn numbers_that_were_never_given_out_are_told_apart() {
        for forged in [0, -1, i64::MIN, i64::MAX, 1 << 32 | 0xffff] {
            assert!(matches!(lookup(forged), Lookup::Unknown), "{forged:#x}");
            assert!(object(forged).is_err() && remove(forged).is_none());
        }
    }
}
