// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Panics become errors. The hook prints nothing: it logs the backtrace and
//! remembers the place until whoever catches the panic collects it.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use starrocks_types::{Error, ErrorKind};

thread_local! {
    /// The place of the last panic on this thread that nobody has collected yet.
    static LAST_PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Installs the hook once. The standard library is linked into this library, so the hook of no one else is replaced.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| panic::set_hook(Box::new(record)));
}

fn record(info: &PanicHookInfo<'_>) {
    let location = info.location().map_or_else(|| "unknown location".to_owned(), ToString::to_string);
    let backtrace = Backtrace::force_capture();
    tracing::error!(location, %backtrace, "panic in the native library");
    // A panic while the thread's locals are torn down has nobody left to collect the record.
    let _ = LAST_PLACE.try_with(|last| last.replace(Some(location)));
}

/// Turns the payload of a panic that was caught on this thread into an error of kind `PANIC`.
pub(crate) fn caught(payload: Box<dyn Any + Send>) -> Error {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a payload that is not text".to_owned());
    // Dropping a payload may panic as well; a few leaked bytes are the lesser evil.
    std::mem::forget(payload);
    let error = Error::new(ErrorKind::Panic, format!("the native library panicked: {text}"))
        .hint("this is a bug, please report it with this message");
    match LAST_PLACE.with(RefCell::take) {
        Some(location) => error.with("location", location),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_its_place() {
        install_hook();
        let payload = panic::catch_unwind(|| panic!("boom {}", 7)).unwrap_err();
        let error = caught(payload);
        assert_eq!(error.kind(), ErrorKind::Panic);
        let text = error.to_string();
        assert!(text.contains("boom 7") && text.contains("panics.rs:"), "{text}");
    }
}
