// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The scanner's messages against Apache's thrift library, and against bytes that are no messages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Cursor;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use starrocks_protocol::scan::{
    Decoded, MAX_ANSWER_BYTES, NextReply, OpenReply, OpenScanner, ScanColumn, ScanStatus, decode_close_scanner,
    decode_get_next, decode_open_scanner, encode_close_scanner, encode_get_next,
};
use starrocks_types::ErrorKind;
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TListIdentifier, TMapIdentifier,
    TMessageIdentifier, TMessageType, TOutputProtocol, TStructIdentifier, TType,
};

fn written(write: impl FnOnce(&mut dyn TOutputProtocol) -> thrift::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut TBinaryOutputProtocol::new(&mut bytes, true)).unwrap();
    bytes
}

fn field(out: &mut dyn TOutputProtocol, of: TType, id: i16) {
    out.write_field_begin(&TFieldIdentifier::new("f", of, id)).unwrap();
}

fn reply(name: &str, sequence: i32, result: impl FnOnce(&mut dyn TOutputProtocol)) -> Vec<u8> {
    written(|out| {
        out.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Reply, sequence))?;
        out.write_struct_begin(&TStructIdentifier::new("result"))?;
        field(out, TType::Struct, 0);
        result(out);
        out.write_field_stop()?;
        out.write_field_stop()
    })
}

fn status(out: &mut dyn TOutputProtocol, status: &ScanStatus) {
    field(out, TType::Struct, 1);
    field(out, TType::I32, 1);
    out.write_i32(status.code).unwrap();
    if !status.messages.is_empty() {
        field(out, TType::List, 2);
        out.write_list_begin(&TListIdentifier::new(TType::String, status.messages.len() as i32)).unwrap();
        status.messages.iter().for_each(|m| out.write_string(m).unwrap());
    }
    out.write_field_stop().unwrap();
}

/// What a newer server might add.
fn unknown(out: &mut dyn TOutputProtocol) {
    field(out, TType::Map, 40);
    out.write_map_begin(&TMapIdentifier::new(TType::I16, TType::Double, 1)).unwrap();
    out.write_i16(1).unwrap();
    out.write_double(1.5).unwrap();
    field(out, TType::Set, 41);
    out.write_set_begin(&thrift::protocol::TSetIdentifier::new(TType::I08, 2)).unwrap();
    out.write_i8(1).unwrap();
    out.write_i8(2).unwrap();
    field(out, TType::Struct, 42);
    field(out, TType::Bool, 1);
    out.write_bool(true).unwrap();
    out.write_field_stop().unwrap();
}

fn texts() -> impl Strategy<Value = String> {
    "\\PC{0,20}"
}

fn statuses() -> impl Strategy<Value = ScanStatus> {
    (any::<i32>(), vec(texts(), 0..4)).prop_map(|(code, messages)| ScanStatus { code, messages })
}

/// Decoding every beginning of a message asks for more, and never for too much; the whole message is read.
fn at_every_cut<T: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> starrocks_types::Result<Decoded<T>>,
) -> T {
    for cut in 0..bytes.len() {
        match decode(&bytes[..cut]).unwrap() {
            Decoded::Need(needed) => assert!(needed > cut && needed <= bytes.len(), "{needed} at {cut}"),
            Decoded::Message(..) => panic!("a message before its end"),
        }
    }
    match decode(bytes).unwrap() {
        Decoded::Message(message, taken) => {
            assert_eq!(taken, bytes.len());
            message
        }
        Decoded::Need(needed) => panic!("{needed} bytes are missing"),
    }
}

fn call<'a>(bytes: &'a [u8], name: &str) -> (i32, TBinaryInputProtocol<Cursor<&'a [u8]>>) {
    let mut input = TBinaryInputProtocol::new(Cursor::new(bytes), true);
    let message = input.read_message_begin().unwrap();
    assert_eq!((message.name.as_str(), message.message_type), (name, TMessageType::Call));
    input.read_struct_begin().unwrap();
    let arguments = input.read_field_begin().unwrap();
    assert_eq!((arguments.field_type, arguments.id), (TType::Struct, Some(1)));
    input.read_struct_begin().unwrap();
    (message.sequence_number, input)
}

proptest! {
    #[test]
    fn apache_reads_what_we_ask(
        database in texts(), table in texts(), plan in "[A-Za-z0-9+/=]{0,100}", user in texts(),
        tablets in vec(any::<i64>(), 0..5), properties in btree_map(texts(), texts(), 0..3), sequence in any::<i32>(),
        batch_rows in 1_u32..=65_536, keep_alive in any::<u16>(), query_timeout in any::<u32>(), memory in any::<u64>(),
    ) {
        let what = OpenScanner {
            database: &database, table: &table, tablet_ids: &tablets, plan: &plan, batch_rows, properties: &properties,
            user: &user, keep_alive_min: keep_alive, query_timeout_s: query_timeout, mem_limit_bytes: memory,
        };
        let bytes = what.encode(sequence).unwrap();
        let (number, mut input) = call(&bytes, "open_scanner");
        prop_assert_eq!(number, sequence);
        let (mut strings, mut numbers, mut ids, mut map) = (BTreeMap::new(), BTreeMap::new(), Vec::new(), BTreeMap::new());
        loop {
            let field = input.read_field_begin().unwrap();
            let id = field.id.unwrap_or_default();
            match field.field_type {
                TType::Stop => break,
                TType::String => { strings.insert(id, input.read_string().unwrap()); }
                TType::I16 => { numbers.insert(id, i64::from(input.read_i16().unwrap())); }
                TType::I32 => { numbers.insert(id, i64::from(input.read_i32().unwrap())); }
                TType::I64 => { numbers.insert(id, input.read_i64().unwrap()); }
                TType::List => {
                    prop_assert_eq!(id, 4);
                    let list = input.read_list_begin().unwrap();
                    prop_assert_eq!(list.element_type, TType::I64);
                    ids = (0..list.size).map(|_| input.read_i64().unwrap()).collect();
                }
                TType::Map => {
                    prop_assert_eq!(id, 7);
                    let size = input.read_map_begin().unwrap().size;
                    map = (0..size).map(|_| (input.read_string().unwrap(), input.read_string().unwrap())).collect();
                }
                other => panic!("{other:?}"),
            }
        }
        let expected = [(1, "default_cluster"), (2, &database), (3, &table), (5, &plan), (9, &user)];
        prop_assert_eq!(strings, expected.map(|(id, text)| (id, text.to_owned())).into());
        prop_assert_eq!(numbers, [
            (6, i64::from(batch_rows)), (11, i64::from(keep_alive.min(32_767))),
            (12, i64::from(query_timeout.min(i32::MAX as u32))), (13, i64::try_from(memory).unwrap_or(i64::MAX)),
        ].into());
        prop_assert_eq!((ids, map), (tablets, properties));
        prop_assert_eq!(input.read_field_begin().unwrap().field_type, TType::Stop);
    }

    #[test]
    fn apache_reads_the_short_calls(context in texts(), offset in any::<i64>(), sequence in any::<i32>()) {
        let bytes = encode_get_next(sequence, &context, offset);
        let (number, mut input) = call(&bytes, "get_next");
        prop_assert_eq!(number, sequence);
        prop_assert_eq!(input.read_field_begin().unwrap().id, Some(1));
        prop_assert_eq!(input.read_string().unwrap(), context.clone());
        prop_assert_eq!(input.read_field_begin().unwrap().id, Some(2));
        prop_assert_eq!(input.read_i64().unwrap(), offset);
        let bytes = encode_close_scanner(sequence, &context);
        let (number, mut input) = call(&bytes, "close_scanner");
        prop_assert_eq!(number, sequence);
        prop_assert_eq!(input.read_field_begin().unwrap().id, Some(1));
        prop_assert_eq!(input.read_string().unwrap(), context);
    }

    #[test]
    fn we_read_what_apache_answers_to_open(
        of in statuses(), context in proptest::option::of(texts()), columns in vec((texts(), any::<i32>()), 0..4),
        newer in any::<bool>(), sequence in any::<i32>(),
    ) {
        let bytes = reply("open_scanner", sequence, |out| {
            status(out, &of);
            if let Some(context) = &context {
                field(out, TType::String, 2);
                out.write_string(context).unwrap();
            }
            field(out, TType::List, 3);
            out.write_list_begin(&TListIdentifier::new(TType::Struct, columns.len() as i32)).unwrap();
            for (name, data_type) in &columns {
                field(out, TType::String, 1);
                out.write_string(name).unwrap();
                field(out, TType::I32, 2);
                out.write_i32(*data_type).unwrap();
                if newer { unknown(out); }
                out.write_field_stop().unwrap();
            }
            if newer { unknown(out); }
        });
        let read = at_every_cut(&bytes, |bytes| decode_open_scanner(bytes, sequence));
        let columns = columns.into_iter().map(|(name, data_type)| ScanColumn { name, data_type }).collect();
        prop_assert_eq!(read, OpenReply { status: of, context_id: context, columns });
    }

    #[test]
    fn we_read_what_apache_answers_to_next(
        of in statuses(), end in any::<bool>(), rows in proptest::option::of(vec(any::<u8>(), 0..60)),
        newer in any::<bool>(), sequence in any::<i32>(),
    ) {
        let bytes = reply("get_next", sequence, |out| {
            if newer { unknown(out); }
            status(out, &of);
            field(out, TType::Bool, 2);
            out.write_bool(end).unwrap();
            if let Some(rows) = &rows {
                field(out, TType::String, 3);
                out.write_bytes(rows).unwrap();
            }
        });
        let read = at_every_cut(&bytes, |bytes| decode_get_next(bytes, sequence));
        prop_assert_eq!(read.rows.clone().map(|range| bytes[range].to_vec()), rows);
        prop_assert_eq!(NextReply { rows: None, ..read }, NextReply { status: of, end, rows: None });
    }

    /// Whatever the peer sends, reading ends, and asks for no more than the limits.
    #[test]
    fn any_bytes_are_read_without_panic(head in any::<bool>(), bytes in vec(any::<u8>(), 0..200), flip in any::<(u16, u8)>()) {
        let mut all = if head { reply("get_next", 1, |out| unknown(out)) } else { Vec::new() };
        all.extend(bytes);
        if let Some(byte) = all.get_mut(usize::from(flip.0)) {
            *byte ^= flip.1;
        }
        for needed in [
            decode_open_scanner(&all, 1).ok().and_then(needed),
            decode_get_next(&all, 1).ok().and_then(needed),
            decode_close_scanner(&all, 1).ok().and_then(needed),
        ].into_iter().flatten() {
            prop_assert!(needed > all.len() && needed <= MAX_ANSWER_BYTES + all.len());
        }
    }
}

fn needed<T>(decoded: Decoded<T>) -> Option<usize> {
    match decoded {
        Decoded::Need(bytes) => Some(bytes),
        Decoded::Message(..) => None,
    }
}

#[test]
fn exceptions_are_told() {
    let exception = |number: i32| {
        written(|out| {
            out.write_message_begin(&TMessageIdentifier::new("open_scanner", TMessageType::Exception, 3))?;
            field(out, TType::String, 1);
            out.write_string("Invalid method name: 'open_scanner'")?;
            field(out, TType::I32, 2);
            out.write_i32(number)?;
            out.write_field_stop()
        })
    };
    let error = decode_open_scanner(&exception(1), 3).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("Invalid method name") && error.to_string().contains("be_port"), "{error}");
    assert_eq!(decode_open_scanner(&exception(6), 3).unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn answers_to_other_calls_and_broken_ones_are_refused() {
    let ok = ScanStatus { code: 0, messages: Vec::new() };
    let closed = reply("close_scanner", 7, |out| status(out, &ok));
    assert!(matches!(decode_close_scanner(&closed, 7), Ok(Decoded::Message(..))));
    let http = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    let nothing = reply("close_scanner", 7, |_| ());
    let unframed_length = [0, 0, 0, 60, 0x80, 1, 0, 2];
    for (bytes, words) in [
        (closed.clone(), "another call"),
        (reply("get_next", 8, |out| status(out, &ok)), "another call"),
        (http, "does not speak"),
        (unframed_length.to_vec(), "does not speak"),
        (nothing, "no result"),
    ] {
        let sequence = if words == "no result" { 7 } else { 8 };
        let error = decode_close_scanner(&bytes, sequence).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}

#[test]
fn lengths_have_limits() {
    let head = |rest: &[u8]| {
        let mut bytes = reply("get_next", 1, |_| ());
        bytes.truncate(bytes.len() - 2);
        bytes.extend_from_slice(rest);
        bytes
    };
    let rows = |length: i32| {
        let mut rest = vec![11, 0, 3];
        rest.extend_from_slice(&length.to_be_bytes());
        head(&rest)
    };
    let long = MAX_ANSWER_BYTES as i32;
    assert_eq!(decode_get_next(&rows(long), 1).unwrap(), Decoded::Need(rows(long).len() + MAX_ANSWER_BYTES));
    for length in [long + 1, i32::MAX, -1, i32::MIN] {
        assert_eq!(decode_get_next(&rows(length), 1).unwrap_err().kind(), ErrorKind::Protocol, "{length}");
    }
    // A list of a billion elements, and structs without end.
    assert!(decode_get_next(&head(&[15, 0, 9, 11, 0x40, 0, 0, 0]), 1).is_err());
    assert!(decode_get_next(&head(&[12, 0, 9].repeat(100)), 1).is_err());
}

#[test]
fn what_no_backend_takes_is_not_sent() {
    let properties = BTreeMap::new();
    let what = OpenScanner {
        database: "d",
        table: "t",
        tablet_ids: &[1],
        plan: "p",
        batch_rows: 0,
        properties: &properties,
        user: "root",
        keep_alive_min: 10,
        query_timeout_s: 600,
        mem_limit_bytes: 1,
    };
    for batch_rows in [0, 65_537] {
        let error = OpenScanner { batch_rows, ..what }.encode(1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    }
    OpenScanner { batch_rows: 65_536, ..what }.encode(1).unwrap();
}
