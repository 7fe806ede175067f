// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Is a text one JSON document? Answered without building one, and without allocating.

/// The deepest nesting that is taken for a document; the stack of open brackets is the bits of one word.
const MAX_DEPTH: u32 = 128;

/// Whether `text` is exactly one JSON value by RFC 8259, with nothing but white space around it.
pub(crate) fn is_document(text: &str) -> bool {
    Scanner { rest: text.as_bytes() }.document().is_some()
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl Scanner<'_> {
    fn document(&mut self) -> Option<()> {
        // Bit 0 tells what the innermost open bracket is: 1 for an object.
        let (mut open, mut depth) = (0u128, 0u32);
        loop {
            self.space();
            match self.rest.first()? {
                bracket @ (b'{' | b'[') => {
                    let object = *bracket == b'{';
                    self.skip(1);
                    self.space();
                    if !self.eat(if object { b'}' } else { b']' }) {
                        if depth == MAX_DEPTH {
                            return None;
                        }
                        (open, depth) = (open << 1 | u128::from(object), depth + 1);
                        if object {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => self.string()?,
                b't' => self.literal(b"true")?,
                b'f' => self.literal(b"false")?,
                b'n' => self.literal(b"null")?,
                _ => self.number()?,
            }
            // A value ended; close brackets until another value must follow.
            loop {
                self.space();
                if depth == 0 {
                    return self.rest.is_empty().then_some(());
                }
                let object = open & 1 == 1;
                if self.eat(b',') {
                    if object {
                        self.space();
                        self.key()?;
                    }
                    break;
                }
                if !self.eat(if object { b'}' } else { b']' }) {
                    return None;
                }
                (open, depth) = (open >> 1, depth - 1);
            }
        }
    }

    fn skip(&mut self, n: usize) {
        self.rest = self.rest.get(n..).unwrap_or_default();
    }

    fn eat(&mut self, b: u8) -> bool {
        let found = self.rest.first() == Some(&b);
        if found {
            self.skip(1);
        }
        found
    }

    fn space(&mut self) {
        let n = self.rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.skip(n);
    }

    fn literal(&mut self, text: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.space();
        self.eat(b':').then_some(())
    }

    fn string(&mut self) -> Option<()> {
        if !self.eat(b'"') {
            return None;
        }
        loop {
            let at = self.rest.iter().position(|b| *b == b'"' || *b == b'\\' || *b < 0x20)?;
            let special = *self.rest.get(at)?;
            self.skip(at + 1);
            match special {
                b'"' => return Some(()),
                b'\\' => {
                    let escaped = *self.rest.first()?;
                    self.skip(1);
                    match escaped {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => self.unicode()?,
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    /// Four hexadecimal digits; a high surrogate must be followed by a low one, for there is no such text otherwise.
    fn unicode(&mut self) -> Option<()> {
        match self.hex4()? {
            0xdc00..=0xdfff => None,
            0xd800..=0xdbff => {
                self.literal(b"\\u")?;
                (0xdc00..=0xdfff).contains(&self.hex4()?).then_some(())
            }
            _ => Some(()),
        }
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest.first_chunk::<4>()?;
        let value = digits.iter().try_fold(0, |v, d| Some(v << 4 | char::from(*d).to_digit(16)?))?;
        self.skip(4);
        Some(value)
    }

    fn digits(&mut self) -> Option<()> {
        let n = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.skip(n);
        (n > 0).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_json_parser(text in r#"[ \{\}\[\]:,"\\/a-fnrtu0-9eE+.\-]{0,24}"#) {
            prop_assert_eq!(is_document(&text), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{:?}", text);
        }

        #[test]
        fn agrees_on_nearly_valid_documents(head in r#"[\[\{"1 ]{0,4}"#, tail in r#"[\]\}",1 ]{0,4}"#) {
            for middle in [r#""a":1,"b":[null,true,{"c":"\n\ud83d\ude00"}]"#, "1,2.5e-3,-0", r#""\ud800""#, "01", "\"\t\"", "{}"] {
                let text = format!("{head}{middle}{tail}");
                prop_assert_eq!(is_document(&text), serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{:?}", text);
            }
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(is_document(&nested(128)));
        assert!(!is_document(&nested(100_000)));
        assert!(is_document("1e999"));
        assert!(!is_document(""));
    }
}
