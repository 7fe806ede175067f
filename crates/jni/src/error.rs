// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! How a failure becomes a Java exception.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jni::errors::ErrorPolicy;
use jni::objects::{JThrowable, JValue};
use jni::{Env, EnvUnowned, jni_sig, jni_str};
use starrocks_types::{Error, Retry};

use crate::panics;

/// Why an exported function did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The work failed: `StarRocksNativeException`. Shared, because a failed sink reports it on every later call.
    Native(Arc<Error>),
    /// The handle or the protocol was misused: `IllegalStateException`.
    IllegalState(String),
    /// An argument can only be a programming error: `IllegalArgumentException`.
    IllegalArgument(String),
    /// A JNI function failed; when it left an exception pending, that one stays.
    Jni(jni::errors::Error),
}

/// The result of everything behind an exported function.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn state(message: impl Into<String>) -> Self {
        Self::IllegalState(message.into())
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::IllegalArgument(message.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Native(Arc::new(error))
    }
}

impl From<jni::errors::Error> for Failure {
    fn from(error: jni::errors::Error) -> Self {
        Self::Jni(error)
    }
}

/// Runs the body of an exported function that touches no Java object. The JNI environment is used only to throw.
pub(crate) fn plain<'local, T: Default>(mut env: EnvUnowned<'local>, body: impl FnOnce() -> Result<T>) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => value,
        Ok(Err(failure)) => env.with_env(|_| Err::<T, _>(failure)).resolve::<Throw>(),
        Err(payload) => {
            let failure = Failure::from(panics::caught(payload));
            env.with_env(|_| Err::<T, _>(failure)).resolve::<Throw>()
        }
    }
}

/// Runs the body of an exported function that needs the JNI environment.
pub(crate) fn with_env<'local, T: Default>(
    mut env: EnvUnowned<'local>,
    body: impl FnOnce(&mut Env<'local>) -> Result<T>,
) -> T {
    env.with_env(body).resolve::<Throw>()
}

/// Throws the Java exception that fits and returns the default value. A pending exception is left alone.
pub(crate) struct Throw;

impl<T: Default> ErrorPolicy<T, Failure> for Throw {
    type Captures<'unowned_env_local: 'native_method, 'native_method> = ();

    fn on_error<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        (): &mut (),
        failure: Failure,
    ) -> jni::errors::Result<T> {
        throw(env, &failure)?;
        Ok(T::default())
    }

    fn on_panic<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        (): &mut (),
        payload: Box<dyn Any + Send>,
    ) -> jni::errors::Result<T> {
        throw(env, &panics::caught(payload).into())?;
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, failure: &Failure) -> jni::errors::Result<()> {
    if env.exception_check() {
        return Ok(());
    }
    let thrown = match failure {
        Failure::Native(error) => throw_native(env, error),
        Failure::IllegalState(message) => {
            env.throw_new(jni_str!("java/lang/IllegalStateException"), jni::strings::JNIString::from(message.as_str()))
        }
        Failure::IllegalArgument(message) => env
            .throw_new(jni_str!("java/lang/IllegalArgumentException"), jni::strings::JNIString::from(message.as_str())),
        Failure::Jni(error) => env.throw_new(
            jni_str!("java/lang/IllegalStateException"),
            jni::strings::JNIString::from(format!("a JNI call failed: {error}")),
        ),
    };
    match thrown {
        // The throwing functions report the exception that they threw as an error.
        Err(jni::errors::Error::JavaException) => Ok(()),
        // Throwing itself failed, for instance for want of memory; whatever exception that left behind is the one to see.
        Err(error) if !env.exception_check() => Err(error),
        _ => Ok(()),
    }
}

fn throw_native(env: &mut Env<'_>, error: &Error) -> jni::errors::Result<()> {
    // Found through the class loader of `Native` and never cached: a global reference to a class of ours would keep
    // that loader alive for ever.
    let class = env.find_class(jni_str!("com/starrocks/connector/jni/StarRocksNativeException"))?;
    let code = env.new_string(error.kind().code())?;
    let message = env.new_string(error.to_string())?;
    let context = env.new_string(context_json(error))?;
    let exception = env.new_object(
        &class,
        jni_sig!("(Ljava/lang/String;Ljava/lang/String;ZLjava/lang/String;)V"),
        &[JValue::from(&code), JValue::from(&message), JValue::from(retryable(error)), JValue::from(&context)],
    )?;
    let exception = env.cast_local::<JThrowable>(exception)?;
    env.throw(&exception)
}

fn retryable(error: &Error) -> bool {
    matches!(error.retry_class(), Retry::Safe | Retry::Ambiguous)
}

fn context_json(error: &Error) -> String {
    let pairs = error.context().iter().map(|(key, value)| ((*key).to_owned(), serde_json::Value::from(value.as_str())));
    serde_json::Value::Object(pairs.collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use starrocks_types::ErrorKind;

    #[test]
    fn the_context_is_a_flat_json_object() {
        let error = Error::new(ErrorKind::LoadFailed, "x").with("label", "a\"b").with("txn_id", 7);
        assert_eq!(context_json(&error), r#"{"label":"a\"b","txn_id":"7"}"#);
    }

    #[test]
    fn only_errors_that_may_pass_are_retryable() {
        let error = |retry| Error::new(ErrorKind::Network, "x").retry(retry);
        assert!(retryable(&error(Retry::Safe)) && retryable(&error(Retry::Ambiguous)));
        assert!(!retryable(&error(Retry::Permanent)) && !retryable(&error(Retry::Exhausted)));
    }
}
