//! The words for every value that is not accepted.

use super::Order;
use crate as ansar;
use crate::encoding;

#[ansar::message]
struct Output {
    value: f64,
}

/// What is given, where it is wrong, and what is said of it.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        r#"{"id":"abc"}"#,
        "id",
        r#"a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8, got "abc""#,
    ),
    (
        r#"{"id":5}"#,
        "id",
        "a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8, got 5",
    ),
    (
        r#"{"placed":"soon"}"#,
        "placed",
        r#"a time such as 2026-11-24T13:28:32Z, got "soon""#,
    ),
    (
        r#"{"local":null}"#,
        "local",
        "a time such as 2026-11-24T13:28:32Z, got null",
    ),
    (
        r#"{"patience":"5"}"#,
        "patience",
        r#"a span of time such as 1d2h3m4.5s, got "5""#,
    ),
    (
        r#"{"patience":5}"#,
        "patience",
        "a span of time such as 1d2h3m4.5s, got 5",
    ),
    (
        r#"{"priority":"Urgent"}"#,
        "priority",
        r#"one of `Low`, `Normal`, `High`, got "Urgent""#,
    ),
    (
        r#"{"priority":1}"#,
        "priority",
        "one of `Low`, `Normal`, `High`, got 1",
    ),
    (
        r#"{"picture":"A"}"#,
        "picture",
        r#"bytes in base64, such as AAH/, got "A""#,
    ),
    (r#"{"lines":{}}"#, "lines", "a list, got an object"),
    (
        r#"{"lines":[{},{"price":"abc"}]}"#,
        "lines[1].price",
        r#"a number, got "abc""#,
    ),
    (
        r#"{"lines":[["text",1]]}"#,
        "lines[0]",
        "an object of members, got a list of 2",
    ),
    (r#"{"tags":["a",true]}"#, "tags[1]", "text, got true"),
    (
        r#"{"prices":5}"#,
        "prices",
        "an object, or a list of pairs [[key, value], …], got 5",
    ),
    (r#"{"prices":{"a":null}}"#, "prices.a", "a number, got null"),
    (
        r#"{"prices":[["a",1],["b"]]}"#,
        "prices[1]",
        "a pair [key, value], got a list of 1",
    ),
    (
        r#"{"prices":[["a",1],5]}"#,
        "prices[1]",
        "a pair [key, value], got 5",
    ),
    (r#"{"prices":[[5,1]]}"#, "prices[0][0]", "text, got 5"),
    (
        r#"{"prices":[["a","b"]]}"#,
        "prices[0][1]",
        r#"a number, got "b""#,
    ),
    (
        r#"{"by_pair":[[[1],2]]}"#,
        "by_pair[0][0]",
        "a list of 2, got a list of 1",
    ),
    (
        r#"{"by_pair":{"1,2":3}}"#,
        "by_pair",
        "a list of 2, which a name cannot hold: send a list of pairs [[key, value], …]",
    ),
    (
        r#"{"by_number":{"x":{}}}"#,
        "by_number",
        r#"a whole number from 0 to 65535, got "x""#,
    ),
    (
        r#"{"anything":["a.B",{}]}"#,
        "anything",
        r#"a message of any type, ["module.Name", {members}, []], got a list of 2"#,
    ),
    (
        r#"{"anything":["a.B",{},[],[]]}"#,
        "anything",
        r#"a message of any type, ["module.Name", {members}, []], got a list of 4"#,
    ),
    (
        r#"{"anything":["a.B",[],[]]}"#,
        "anything",
        r#"a message of any type, ["module.Name", {members}, []], got a list without members in its second place"#,
    ),
    (
        r#"{"anything":5}"#,
        "anything",
        r#"a message of any type, ["module.Name", {members}, []], got 5"#,
    ),
    (
        r#"{"anything":["B",{},[]]}"#,
        "anything[0]",
        r#"the type of a message, such as crunch_api.Multiply, got "B""#,
    ),
    (
        r#"{"kind":"Multiply"}"#,
        "kind",
        r#"the type of a message, such as crunch_api.Multiply, got "Multiply""#,
    ),
    (
        r#"{"fixed":[1,2,3]}"#,
        "fixed",
        "a list of 4, got a list of 3",
    ),
    (
        r#"{"fixed":[1,2,3,256]}"#,
        "fixed[3]",
        "a whole number from 0 to 255, got 256",
    ),
    (
        r#"{"fixed":[1,2,3,-1]}"#,
        "fixed[3]",
        "a whole number from 0 to 255, got -1",
    ),
    (
        r#"{"fixed":[1,2,3,4.0]}"#,
        "fixed[3]",
        "a whole number from 0 to 255, got 4.0",
    ),
    (r#"{"pair":[1,2]}"#, "pair[1]", "true or false, got 2"),
    (r#"{"letter":"ab"}"#, "letter", r#"one character, got "ab""#),
    (
        r#"{"smallest":32768}"#,
        "smallest",
        "a whole number from -32768 to 32767, got 32768",
    ),
    (
        r#"{"largest":-1}"#,
        "largest",
        "a whole number of 64 bits, not negative, got -1",
    ),
    (
        r#"{"huge":{"a":1}}"#,
        "huge",
        "a whole number of 128 bits, got an object",
    ),
    (r#"{"single":[1]}"#, "single", "a number, got a list of 1"),
];

#[test]
fn a_refusal_says_where_what_is_expected_and_what_was_given() {
    let error = |text: &str| encoding::decode::<Order>(text.as_bytes()).unwrap_err();
    for (text, place, reason) in REFUSED {
        assert_eq!(error(text), format!("near \"{place}\": expected {reason}"));
        let enveloped = error(&format!(r#"{{"value":{text}}}"#));
        assert_eq!(
            enveloped,
            format!("near \"value.{place}\": expected {reason}")
        );
        let inside = error(&format!(r#"{{"parent":{text}}}"#));
        assert_eq!(
            inside,
            format!("near \"parent.{place}\": expected {reason}")
        );
    }
}

#[test]
fn a_member_that_is_unknown_or_given_twice_is_refused() {
    let error = |text: &str| encoding::decode::<Order>(text.as_bytes()).unwrap_err();
    for (text, expected) in [
        (
            r#"{"lines":[{"prize":1}]}"#,
            "near \"lines[0]\": unknown member `prize`, expected `text` or `price`",
        ),
        (
            r#"{"huge":1,"huge":1}"#,
            "near \"huge\": member given twice",
        ),
        (
            r#"{"lines":[{"text":"","text":""}]}"#,
            "near \"lines[0].text\": member given twice",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
    assert!(error(r#"{"nope":1}"#).starts_with("unknown member `nope`, expected one of `id`, "));
}

#[test]
fn a_member_called_value_is_told_from_an_envelope() {
    let error = |text: &str| encoding::decode::<Output>(text.as_bytes()).unwrap_err();
    for (text, expected) in [
        (
            r#"{"value":"abc"}"#,
            "near \"value\": expected a number, got \"abc\"",
        ),
        (
            r#"{"value":{"value":"abc"}}"#,
            "near \"value.value\": expected a number, got \"abc\"",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
}

#[test]
fn text_that_is_no_json_is_refused_with_its_place() {
    let error = |text: &str| encoding::decode::<Order>(text.as_bytes()).unwrap_err();
    for (text, expected) in [
        (
            "",
            "malformed JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            "{\n\"huge\": 1,}",
            "malformed JSON: trailing comma at line 2 column 11",
        ),
        (
            r#"{"single":1e999}"#,
            "malformed JSON: number out of range at line 1 column 15",
        ),
        (
            "[1,",
            "malformed JSON: EOF while parsing a value at line 1 column 3",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn nesting_has_a_limit_that_is_said() {
    let nested = |depth: usize| {
        let text = format!(
            "{}{}",
            r#"{"parent":"#.repeat(depth - 1) + "{",
            "}".repeat(depth)
        );
        encoding::decode::<Order>(text.as_bytes())
    };
    assert!(nested(127).is_ok());
    let error = nested(128).unwrap_err();
    assert!(
        error.starts_with("JSON is nested more than 127 deep at line 1 column "),
        "{error}"
    );
}

#[test]
fn a_query_string_is_refused_in_the_same_words() {
    let error = |text: &str| encoding::decode_pairs::<Order>(text.as_bytes()).unwrap_err();
    for (encoded, expected) in [
        (
            "placed=soon",
            r#"near "placed": expected a time such as 2026-11-24T13:28:32Z, got "soon""#,
        ),
        (
            "patience=5",
            r#"near "patience": expected a span of time such as 1d2h3m4.5s, got "5""#,
        ),
        (
            "id=5",
            r#"near "id": expected a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8, got "5""#,
        ),
        (
            "priority=low",
            r#"near "priority": expected one of `Low`, `Normal`, `High`, got "low""#,
        ),
        (
            "picture=a+b",
            r#"near "picture": expected bytes in base64, such as AAH/, got "a b""#,
        ),
        (
            "patience=1s&patience=2s",
            r#"near "patience": member given twice"#,
        ),
        (
            "parent=1",
            r#"near "parent": expected an object of members, which plain text cannot hold: send JSON"#,
        ),
        (
            "lines=1",
            r#"near "lines[0]": expected an object of members, which plain text cannot hold: send JSON"#,
        ),
        (
            "anything=1",
            r#"near "anything": expected a message of any type, ["module.Name", {members}, []], got "1""#,
        ),
    ] {
        assert_eq!(error(encoded), expected);
    }
}
