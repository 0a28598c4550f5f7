//! Any message at all survives being written and read.

use std::collections::HashMap;

use chrono::TimeDelta;
use proptest::collection::{btree_map, btree_set, hash_set, vec, vec_deque};
use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::option;
use proptest::prelude::*;

use super::*;

fn number() -> impl Strategy<Value = f64> {
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

/// The years 0 to 9999, in nanoseconds.
fn time() -> impl Strategy<Value = chrono::DateTime<Utc>> {
    (-62_167_000_000_i64..253_402_000_000, 0_u32..1_000_000_000).prop_map(|(seconds, nanos)| {
        chrono::DateTime::from_timestamp(seconds, nanos).expect("it is in range")
    })
}

fn span() -> impl Strategy<Value = TimeSpan> {
    (i64::MIN / 1001..i64::MAX / 1001, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| TimeDelta::new(seconds, nanos).unwrap().into())
}

fn priority() -> impl Strategy<Value = Priority> {
    prop_oneof![
        Just(Priority::Low),
        Just(Priority::Normal),
        Just(Priority::High)
    ]
}

fn line() -> impl Strategy<Value = Line> {
    (any::<String>(), number()).prop_map(|(text, price)| Line { text, price })
}

prop_compose! {
    fn scalars()(
        id in any::<u128>(),
        placed in time(),
        local in time(),
        patience in span(),
        priority in priority(),
        picture in vec(any::<u8>(), 0..20),
        kind in option::of("[a-z_]{1,9}\\.[A-Z][a-z0-9]{0,9}"),
        pair in any::<(i8, Option<bool>)>(),
        single in proptest::num::f32::NORMAL,
        letter in any::<char>(),
        (smallest, largest, huge) in any::<(i16, u64, i64)>(),
    ) -> Order {
        Order {
            id: Uuid::from_u128(id),
            placed: placed.into(),
            local: local.with_timezone(&Local).into(),
            patience,
            priority,
            picture: picture.into(),
            kind: kind.map(|name| name.parse().unwrap()),
            pair,
            single,
            letter,
            smallest,
            largest,
            huge: huge.into(),
            ..Order::default()
        }
    }
}

prop_compose! {
    fn order()(
        scalars in scalars(),
        lines in vec(line(), 0..3),
        tags in btree_set(any::<String>(), 0..3),
        prices in btree_map(any::<String>(), number(), 0..3),
        by_pair in btree_map(any::<(i32, i32)>(), number(), 0..3),
        by_number in btree_map(
            any::<u16>(),
            btree_map(any::<bool>(), any::<String>(), 0..3),
            0..3,
        ),
        by_priority in btree_map(priority(), any::<u8>(), 0..3),
        anything in option::of(line()),
        fixed in any::<[u8; 4]>(),
        recent in vec_deque(number(), 0..3),
        numbers in hash_set(any::<i64>(), 0..3),
    ) -> Order {
        Order {
            lines,
            tags,
            prices,
            by_pair,
            by_number: HashMap::from_iter(by_number),
            by_priority,
            anything: anything.map(|line| Any::of(&line).unwrap()),
            fixed,
            recent,
            numbers,
            ..scalars
        }
    }
}

fn orders() -> impl Strategy<Value = Order> {
    vec(order(), 1..4).prop_map(|orders| {
        let chain = orders.into_iter().reduce(|parent, order| Order {
            parent: Some(Box::new(parent)),
            ..order
        });
        chain.expect("there is one at least")
    })
}

proptest! {
    #[test]
    fn any_message_is_the_same_written_and_read_again(order in orders()) {
        let text = written(&order);
        prop_assert_eq!(&read(&text), &order, "{}", text);
        let enveloped = format!(r#"{{"value":{text}}}"#);
        prop_assert_eq!(&read(&enveloped), &order, "{}", enveloped);
        let kept = Any::of(&order).unwrap();
        prop_assert_eq!(&kept.message::<Order>().unwrap(), &order);
    }

    #[test]
    fn no_text_makes_reading_panic(text in r#"[\[\]{}",:0-9a-z\\eé .+-]{0,60}"#) {
        let _ = encoding::decode::<Order>(text.as_bytes());
        let _ = encoding::decode_pairs::<Order>(text.as_bytes());
        for name in ["placed", "patience", "picture", "kind", "by_pair", "anything"] {
            let quoted = serde_json::to_string(&text).unwrap();
            let _ = encoding::decode::<Order>(format!(r#"{{"{name}":{quoted}}}"#).as_bytes());
        }
    }
}
