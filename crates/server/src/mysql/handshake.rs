// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The connection phase: greeting, login, `mysql_native_password`.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::packet::{Packets, Reader, invalid, put_lenenc_int};

const CONNECT_WITH_DB: u32 = 0x8;
const LONG_FLAG: u32 = 0x4;
const PROTOCOL_41: u32 = 0x200;
const SSL: u32 = 0x800;
const SECURE_CONNECTION: u32 = 0x8000;
const PLUGIN_AUTH: u32 = 0x8_0000;
const CONNECT_ATTRS: u32 = 0x10_0000;
const PLUGIN_AUTH_LENENC: u32 = 0x20_0000;

const OFFERED: u32 =
    CONNECT_WITH_DB | LONG_FLAG | PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH | CONNECT_ATTRS | PLUGIN_AUTH_LENENC;

const PLUGIN: &[u8] = b"mysql_native_password";

/// utf8_general_ci
const COLLATION: u8 = 33;

/// What a client sent to log in.
pub(super) struct Login {
    pub(super) user: String,
    pub(super) database: Option<String>,
    pub(super) capabilities: u32,
    pub(super) collation: u8,
    /// Empty when the client has no password.
    pub(super) proof: Vec<u8>,
}

/// Greets the client and reads its login. `None` when it went away.
pub(super) async fn login<S: AsyncRead + AsyncWrite + Unpin>(
    packets: &mut Packets<S>,
    connection_id: u32,
    server_version: &str,
    scramble: &[u8; 20],
) -> io::Result<Option<Login>> {
    packets.write(&greeting(connection_id, server_version, scramble)).await?;
    packets.flush().await?;
    let Some(payload) = packets.read().await? else { return Ok(None) };
    let mut reader = Reader(&payload);
    let capabilities = reader.uint(4)? as u32;
    if capabilities & PROTOCOL_41 == 0 {
        return Err(invalid("a client older than MySQL 4.1"));
    }
    if capabilities & SSL != 0 && payload.len() <= 32 {
        return Err(invalid("a request for TLS, which this server did not offer"));
    }
    reader.uint(4)?;
    let collation = reader.u8()?;
    reader.bytes(23)?;
    let user = String::from_utf8_lossy(reader.until_zero()?).into_owned();
    let mut proof = if capabilities & PLUGIN_AUTH_LENENC != 0 {
        reader.lenenc_bytes()?.to_vec()
    } else if capabilities & SECURE_CONNECTION != 0 {
        let length = reader.u8()?;
        reader.bytes(usize::from(length))?.to_vec()
    } else {
        reader.until_zero()?.to_vec()
    };
    let database = if capabilities & CONNECT_WITH_DB != 0 && !reader.is_empty() {
        // Some clients forget the zero byte when the database is the last field.
        let name = reader.until_zero().map(<[u8]>::to_vec).unwrap_or_else(|_| reader.rest().to_vec());
        Some(String::from_utf8_lossy(&name).into_owned()).filter(|n| !n.is_empty())
    } else {
        None
    };
    let plugin = if capabilities & PLUGIN_AUTH != 0 && !reader.is_empty() {
        reader.until_zero().map(<[u8]>::to_vec).unwrap_or_else(|_| reader.rest().to_vec())
    } else {
        PLUGIN.to_vec()
    };
    if plugin != PLUGIN {
        let Some(answer) = switch_plugin(packets, scramble).await? else { return Ok(None) };
        proof = answer;
    }
    Ok(Some(Login { user, database, capabilities, collation, proof }))
}

/// Asks the client to answer `scramble` by `mysql_native_password`.
async fn switch_plugin<S: AsyncRead + AsyncWrite + Unpin>(
    packets: &mut Packets<S>,
    scramble: &[u8; 20],
) -> io::Result<Option<Vec<u8>>> {
    let mut request = vec![0xfe];
    request.extend_from_slice(PLUGIN);
    request.push(0);
    request.extend_from_slice(scramble);
    request.push(0);
    packets.write(&request).await?;
    packets.flush().await?;
    packets.read().await
}

/// A COM_CHANGE_USER payload after its command byte.
pub(super) async fn change_user<S: AsyncRead + AsyncWrite + Unpin>(
    packets: &mut Packets<S>,
    payload: &[u8],
    capabilities: u32,
    scramble: &[u8; 20],
) -> io::Result<Option<Login>> {
    let mut reader = Reader(payload);
    let user = String::from_utf8_lossy(reader.until_zero()?).into_owned();
    let length = reader.u8()?;
    let mut proof = reader.bytes(usize::from(length))?.to_vec();
    let database = String::from_utf8_lossy(reader.until_zero()?).into_owned();
    let mut collation = COLLATION;
    if !reader.is_empty() {
        collation = reader.uint(2)? as u8;
        // The client answered the scramble of its own login under whichever plugin it names; only native can be checked.
        if !reader.is_empty() && reader.until_zero().is_ok_and(|plugin| plugin != PLUGIN) {
            let Some(answer) = switch_plugin(packets, scramble).await? else { return Ok(None) };
            proof = answer;
        }
    }
    Ok(Some(Login { user, database: Some(database).filter(|d| !d.is_empty()), capabilities, collation, proof }))
}

fn greeting(connection_id: u32, server_version: &str, scramble: &[u8; 20]) -> Vec<u8> {
    let mut out = vec![10];
    out.extend_from_slice(server_version.as_bytes());
    out.push(0);
    out.extend_from_slice(&connection_id.to_le_bytes());
    out.extend_from_slice(&scramble[..8]);
    out.push(0);
    out.extend_from_slice(&OFFERED.to_le_bytes()[..2]);
    out.push(COLLATION);
    out.extend_from_slice(&0_u16.to_le_bytes());
    out.extend_from_slice(&OFFERED.to_le_bytes()[2..]);
    put_lenenc_int(&mut out, 21);
    out.extend_from_slice(&[0; 10]);
    out.extend_from_slice(&scramble[8..]);
    out.push(0);
    out.extend_from_slice(PLUGIN);
    out.push(0);
    out
}

/// A fresh scramble: 20 random bytes, none of them zero or `$`, which some clients take for an end.
pub(super) fn scramble() -> [u8; 20] {
    let random = [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
    std::array::from_fn(|i| {
        let byte = random.get(i).map_or(1, |b| b & 0x7f);
        if byte == 0 || byte == b'$' { byte + 1 } else { byte }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_is_the_recorded_one() {
        let packet = greeting(7, "8.0.33", &[b'a'; 20]);
        assert_eq!(OFFERED, 0x0038_820c);
        assert_eq!(&packet[..8], b"\x0a8.0.33\0");
        assert!(packet.ends_with(b"mysql_native_password\0"));
    }
}
