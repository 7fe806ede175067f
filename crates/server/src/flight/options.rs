// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The messages of the actions SetSessionOptions and CloseSession of `Flight.proto`, which the crate does not have.

use std::collections::HashMap;

use prost::Message;

use crate::sql::CATALOG;

#[derive(Clone, PartialEq, Message)]
struct SetSessionOptionsRequest {
    #[prost(map = "string, message", tag = "1")]
    options: HashMap<String, OptionValue>,
}

/// Of the kinds of values only texts matter here.
#[derive(Clone, PartialEq, Message)]
struct OptionValue {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct SetSessionOptionsResult {
    #[prost(map = "string, message", tag = "1")]
    errors: HashMap<String, OptionError>,
}

#[derive(Clone, PartialEq, Message)]
struct OptionError {
    #[prost(int32, tag = "1")]
    value: i32,
}

const INVALID_NAME: i32 = 1;
const INVALID_VALUE: i32 = 2;

#[derive(Clone, PartialEq, Message)]
struct CloseSessionResult {
    #[prost(int32, tag = "1")]
    status: i32,
}

const CLOSED: i32 = 1;

/// The answer to SetSessionOptions. As in the FE there is one option, `catalog`, and here one value for it.
pub(super) fn set(request: &[u8]) -> Result<Vec<u8>, prost::DecodeError> {
    let request = SetSessionOptionsRequest::decode(request)?;
    let refused = request.options.into_iter().filter_map(|(name, value)| {
        let error = match value.text.as_deref() {
            _ if !name.eq_ignore_ascii_case("catalog") => INVALID_NAME,
            Some(CATALOG) => return None,
            _ => INVALID_VALUE,
        };
        Some((name, OptionError { value: error }))
    });
    Ok(SetSessionOptionsResult { errors: refused.collect() }.encode_to_vec())
}

/// The answer to CloseSession.
pub(super) fn closed() -> Vec<u8> {
    CloseSessionResult { status: CLOSED }.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalog_is_the_only_option_and_has_one_value() {
        let option = |name: &str, text: Option<&str>| (name.to_owned(), OptionValue { text: text.map(str::to_owned) });
        let request = SetSessionOptionsRequest {
            options: HashMap::from([option("catalog", Some(CATALOG)), option("schema", Some("d"))]),
        };
        let answer = SetSessionOptionsResult::decode(&*set(&request.encode_to_vec()).unwrap()).unwrap();
        assert_eq!(answer.errors, HashMap::from([("schema".to_owned(), OptionError { value: INVALID_NAME })]));
        let request = SetSessionOptionsRequest { options: HashMap::from([option("catalog", Some("hive"))]) };
        let answer = SetSessionOptionsResult::decode(&*set(&request.encode_to_vec()).unwrap()).unwrap();
        assert_eq!(answer.errors["catalog"].value, INVALID_VALUE);
        assert!(set(b"\xff").is_err());
    }
}
