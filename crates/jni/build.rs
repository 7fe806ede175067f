// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Link arguments of the native library and the commit that it is built from.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The JVM unmaps a library when its class loader is collected. Should a thread of ours outlive that in spite of
        // everything, it must not find its code gone.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
    println!("cargo:rerun-if-env-changed=STARROCKS_BUILD_COMMIT");
    let commit = env::var("STARROCKS_BUILD_COMMIT").ok().or_else(head_commit).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=STARROCKS_COMMIT={commit}");
}

/// The abbreviated commit of the working copy; `None` outside one or without git.
fn head_commit() -> Option<String> {
    // The log of HEAD changes with every commit and checkout; HEAD itself does not change with a commit.
    if let Some(log) = git(&["rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD"]) {
        println!("cargo:rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|o| o.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
