//! Messages with members of every type, there and back.

mod any_message;
mod refusals;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::*;
use crate as ansar;
use crate::encoding;
use crate::message::Message;

#[ansar::enumeration]
enum Priority {
    Low,
    #[default]
    Normal,
    High,
}

#[ansar::enumeration]
enum Colour {
    Red,
    Green,
}

#[ansar::message]
struct Line {
    text: String,
    price: f64,
}

#[ansar::message]
struct Order {
    id: Uuid,
    placed: DateTime<Utc>,
    local: DateTime<Local>,
    patience: TimeSpan,
    priority: Priority,
    picture: Bytes,
    lines: Vec<Line>,
    tags: BTreeSet<String>,
    prices: BTreeMap<String, f64>,
    by_pair: BTreeMap<(i32, i32), f64>,
    by_number: HashMap<u16, BTreeMap<bool, String>>,
    by_priority: BTreeMap<Priority, u8>,
    parent: Option<Box<Order>>,
    anything: Option<Any>,
    kind: Option<TypeName>,
    fixed: [u8; 4],
    recent: VecDeque<f64>,
    numbers: HashSet<i64>,
    pair: (i8, Option<bool>),
    single: f32,
    letter: char,
    smallest: i16,
    largest: u64,
    huge: i128,
}

/// What a reply has between its name and its shared parts.
fn written<M: Message>(message: &M) -> String {
    let reply = String::from_utf8(encoding::encode(message).unwrap()).unwrap();
    let name = format!(r#"{{"value":["{}","#, TypeName::of::<M>());
    let members = reply.strip_prefix(&name);
    let members = members.and_then(|members| members.strip_suffix(",[]]}"));
    members.unwrap_or_else(|| panic!("{reply}")).to_owned()
}

fn read(text: &str) -> Order {
    encoding::decode(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What the only member of this text is written as.
fn written_again(text: &str) -> String {
    let order = read(text);
    let whole: serde_json::Value = serde_json::from_str(&written(&order)).unwrap();
    let given: serde_json::Map<_, _> = serde_json::from_str(text).unwrap();
    let (name, _) = given.into_iter().next().unwrap();
    format!(r#"{{"{name}":{}}}"#, whole[&name])
}

#[test]
fn a_member_is_written_as_it_is_read() {
    for text in [
        r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8"}"#,
        r#"{"placed":"2024-01-02T03:04:05.6789Z"}"#,
        r#"{"patience":"-1d2h3m4.5s"}"#,
        r#"{"priority":"High"}"#,
        r#"{"picture":"AAH/"}"#,
        r#"{"lines":[{"price":1.5,"text":"a"},{"price":0.0,"text":""}]}"#,
        r#"{"tags":["a","b"]}"#,
        r#"{"prices":{"a":0.1,"b":1e+300}}"#,
        r#"{"by_pair":[[[-1,2],0.5],[[3,4],1.5]]}"#,
        r#"{"by_number":[[7,[[false,"a"],[true,"b"]]]]}"#,
        r#"{"by_priority":{"High":2,"Low":1}}"#,
        r#"{"anything":["elsewhere.Thing",{"a":[1,{"b":null}]},[]]}"#,
        r#"{"kind":"crunch_api.Multiply"}"#,
        r#"{"fixed":[0,1,254,255]}"#,
        r#"{"recent":[1.5,2.5]}"#,
        r#"{"numbers":[-9223372036854775808]}"#,
        r#"{"pair":[-128,null]}"#,
        r#"{"single":0.1}"#,
        r#"{"letter":"é"}"#,
        r#"{"smallest":-32768}"#,
        r#"{"largest":18446744073709551615}"#,
    ] {
        assert_eq!(written_again(text), text);
    }
}

#[test]
fn a_member_is_read_in_other_forms_too() {
    for (text, expected) in [
        (
            r#"{"placed":"2024-01-02T03:04:05+02:00"}"#,
            r#"{"placed":"2024-01-02T01:04:05Z"}"#,
        ),
        (
            r#"{"placed":"2024-01-02"}"#,
            r#"{"placed":"2024-01-02T00:00:00Z"}"#,
        ),
        (r#"{"patience":"90s"}"#, r#"{"patience":"1m30s"}"#),
        (r#"{"picture":"AA"}"#, r#"{"picture":"AA=="}"#),
        (
            r#"{"id":"67E5504410B1426F9247BB680E5FE0C8"}"#,
            r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8"}"#,
        ),
        (r#"{"tags":["b","a","b"]}"#, r#"{"tags":["a","b"]}"#),
        (r#"{"prices":[["a",1]]}"#, r#"{"prices":{"a":1.0}}"#),
        (r#"{"prices":[]}"#, r#"{"prices":{}}"#),
        (
            r#"{"by_number":{"7":{"true":"b"}}}"#,
            r#"{"by_number":[[7,[[true,"b"]]]]}"#,
        ),
        (
            r#"{"by_priority":[["Low",1]]}"#,
            r#"{"by_priority":{"Low":1}}"#,
        ),
        (r#"{"recent":[1]}"#, r#"{"recent":[1.0]}"#),
    ] {
        assert_eq!(written_again(text), expected);
        let enveloped = read(&format!(r#"{{"value":{text}}}"#));
        assert_eq!(enveloped, read(text), "{text}");
    }
}

#[test]
fn a_tree_of_messages_is_read_and_written() {
    let text = r#"{"parent":{"by_pair":[[[1,2],3]],"parent":{"priority":"Low"}}}"#;
    let order = read(text);
    let parent = order.parent.as_ref().unwrap();
    assert_eq!(parent.by_pair, BTreeMap::from([((1, 2), 3.0)]));
    assert_eq!(parent.parent.as_ref().unwrap().priority, Priority::Low);
    assert_eq!(read(&written(&order)), order);
}

#[test]
fn a_message_with_pairs_is_kept_as_any_and_taken_out_again() {
    let order = read(r#"{"by_pair":[[[1,2],3]],"by_number":{"7":{}}}"#);
    let any = Any::of(&order).unwrap();
    assert_eq!(any.message::<Order>().unwrap(), order);
}

#[test]
fn whole_numbers_of_128_bits_are_exact() {
    let order = read(r#"{"huge":-170141183460469231731687303715884105728}"#);
    assert_eq!(order.huge, i128::MIN);
    assert!(written(&order).ends_with(r#""huge":-170141183460469231731687303715884105728}"#));
}

#[test]
fn what_is_left_out_takes_its_default() {
    assert_eq!(read("{}"), Order::default());
    let order = Order::default();
    assert_eq!(order.priority, Priority::Normal);
    assert_eq!(Colour::default(), Colour::Red);
    assert_ne!(Colour::default(), Colour::Green);
    assert_eq!(order.placed.timestamp(), 0);
    assert_eq!(order.patience.to_string(), "0s");
    assert!(order.id.is_nil());
}

#[test]
fn a_number_that_json_cannot_hold_is_named_also_beside_pairs() {
    let mut order = read(r#"{"by_pair":[[[1,2],3]]}"#);
    order.recent.push_back(f64::NAN);
    assert_eq!(
        encoding::encode(&order).unwrap_err().to_string(),
        "near \"recent\": JSON has no form for the number NaN"
    );
}

#[test]
fn a_query_string_holds_scalars_and_lists_of_them() {
    for (encoded, json) in [
        (
            "id=67e55044-10b1-426f-9247-bb680e5fe0c8&patience=-1m&priority=Low&kind=a.B",
            r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8","patience":"-1m","priority":"Low","kind":"a.B"}"#,
        ),
        (
            "placed=2024-01-02T03:04:05%2B02:00&picture=AAH/",
            r#"{"placed":"2024-01-02T01:04:05Z","picture":"AAH/"}"#,
        ),
        // A plus that was not encoded arrives as a space.
        (
            "placed=2024-01-02T03:04:05+02:00",
            r#"{"placed":"2024-01-02T01:04:05Z"}"#,
        ),
        ("local=2024-01-02", r#"{"local":"2024-01-02"}"#),
        (
            "tags=a&recent=1&tags=b&fixed=1&fixed=2&fixed=3&fixed=4&numbers=7",
            r#"{"tags":["a","b"],"recent":[1],"fixed":[1,2,3,4],"numbers":[7]}"#,
        ),
    ] {
        let order: Order = encoding::decode_pairs(encoded.as_bytes()).unwrap();
        assert_eq!(order, read(json), "{encoded}");
    }
}

#[test]
fn a_message_may_be_called_as_a_type_parameter_usually_is() {
    #[ansar::message]
    struct S {
        x: u8,
    }
    #[ansar::message]
    struct D {
        s: S,
    }
    let message: D = encoding::decode(br#"{"s":{"x":1}}"#).unwrap();
    assert_eq!(written(&message), r#"{"s":{"x":1}}"#);
}
