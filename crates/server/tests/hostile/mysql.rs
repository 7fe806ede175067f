// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Packets that are not what they should be.

use crate::mysql::{Answer, Client};
use crate::support::TestServer;

/// A command that executes statement `id`, with `rest` behind the iteration count.
fn execute(id: u32, rest: &[u8]) -> Vec<u8> {
    [&[0x17], id.to_le_bytes().as_slice(), &[0, 1, 0, 0, 0], rest].concat()
}

fn is_alive(client: &mut Client) -> bool {
    matches!(client.query("SELECT 1"), Answer::Rows { .. })
}

#[test]
fn logins_that_cannot_be_read_are_answered() {
    let server = TestServer::start();
    let query = server.server().query();
    let head = |capabilities: u32| [capabilities.to_le_bytes().as_slice(), &[0, 0, 0, 1, 33], &[0; 23]].concat();
    let long = [head(0x000b_8205), vec![b'u'; 200_000]].concat();
    for (sequence, payload, code, text) in [
        (1, vec![1, 2, 3], 1835, "ends too early"),
        (1, Vec::new(), 1835, "ends too early"),
        (1, head(0), 1835, "older than MySQL 4.1"),
        (1, head(0x0008_8a00), 1835, "TLS"),
        (1, [head(0x000b_8205), b"root".to_vec()].concat(), 1835, "zero byte"),
        (5, head(0x000b_8205), 1156, "packet 5 where packet 1 was due"),
        (1, long, 1153, "bigger than the 131072 bytes"),
    ] {
        let (found, told) = Client::refused_login(query, sequence, &payload);
        assert!(found == code && told.contains(text), "{found} {told}");
    }
}

#[test]
fn what_is_wrong_within_a_packet_is_told_and_the_connection_goes_on() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    assert!(matches!(client.prepare("SELECT ?"), Answer::Ok { .. }));
    for (command, code, text) in [
        (Vec::new(), 1835, "an empty command"),
        (vec![0xfd], 1047, "Unknown command(COM_0xfd)"),
        (b"\x03SELECT '\xff'".to_vec(), 1300, "the statement is not valid UTF-8 at byte 8"),
        (b"\x16SELECT '\xff'".to_vec(), 1300, "the statement is not valid UTF-8 at byte 8"),
        (b"\x04t".to_vec(), 1835, "without its zero byte"),
        (b"\x11root".to_vec(), 1835, "without its zero byte"),
        (vec![0x17, 1], 1835, "ends too early"),
        (execute(99, &[]), 1243, "(99)"),
        (execute(1, &[]), 1835, "ends too early"),
        (execute(1, &[0, 1, 8, 0, 1, 2]), 1835, "ends too early"),
        (execute(1, &[0, 1, 0x77, 0]), 1835, "unknown mysql type code 119"),
        (execute(1, &[0, 1, 12, 0, 2, 1, 1]), 1835, "a date of 2 bytes"),
        (execute(1, &[0, 1, 253, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 1835, "ends too early"),
        (execute(1, &[0, 1, 253, 0, 2, 0xff, 0xfe]), 1300, "the value of a parameter is not valid UTF-8"),
    ] {
        let (found, told) = client.refused(0, &command);
        assert!(found == code && told.contains(text), "{found} {told}");
    }
    assert!(is_alive(&mut client));
}

#[test]
fn what_leaves_the_next_packet_unknown_ends_the_connection() {
    let server = TestServer::start();
    let query = server.server().query();
    for (sequence, command, code) in [
        (7, b"\x0e".to_vec(), 1156),
        // Nobody waits for an answer to these two.
        (0, b"\x18\x01".to_vec(), 1835),
        (0, b"\x19\x01".to_vec(), 1835),
    ] {
        let mut client = Client::connect(query, "root");
        assert_eq!(client.refused(sequence, &command).0, code);
        assert!(client.is_closed());
    }
    let mut client = Client::connect(query, "root");
    assert!(matches!(client.prepare("SELECT ?"), Answer::Ok { .. }));
    let (code, text) = client.refused(0, &[0x18, 1, 0, 0, 0, 9, 0, b'x']);
    assert!(code == 1835 && text.contains("data of parameter 9 of 1"), "{text}");
    assert!(is_alive(&mut Client::connect(query, "root")));
}

#[test]
fn prepared_statements_are_bounded_in_number_and_bytes() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    let long = format!("SELECT 1 -- {}", "x".repeat(15 << 20));
    let refused = (0..5).find_map(|_| match client.prepare(&long) {
        Answer::Error { code, text, .. } => Some((code, text)),
        _ => None,
    });
    let (code, text) = refused.unwrap();
    assert!(code == 1461 && text.contains("at most 67108864 bytes"), "{text}");
    assert!(is_alive(&mut client));
}
