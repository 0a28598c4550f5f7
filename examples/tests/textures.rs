//! Textures, asked for by another object and by clients.

use ansar::all;
use ansar::test::{Running, Test};

use super::*;

fn server(waiting_limit: usize) -> Test<Server> {
    // A test of the object has no socket, whatever the port.
    Test::new(Server::create(settings(waiting_limit)))
}

fn settings(waiting_limit: usize) -> Settings {
    Settings {
        port: 0,
        waiting_limit,
        ..Settings::default()
    }
}

#[test]
fn a_texture_has_so_many_rows_and_columns() {
    let Table { rows } = server(0).ask(Xy { x: 3, y: 2 }).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.len() == 3));
    let mut values = rows.iter().flatten();
    assert!(values.all(|value| (-1.0..=1.0).contains(value)));
}

#[test]
fn a_size_out_of_bounds_is_refused() {
    for (x, y) in [(0, 1), (1, 0), (501, 1), (1, u32::MAX)] {
        let fault = server(0).ask(Xy { x, y }).unwrap_err();
        let expected = format!("cannot make a texture of {x} by {y} (a side is 1 to 500)");
        assert_eq!((fault.status(), fault.to_string()), (400, expected));
    }
}

#[test]
fn one_too_many_is_refused_at_once_and_the_others_are_answered() {
    let mut server = server(3);
    let address = server.address();
    let asks = [(); WORKERS + 3 + 1].map(|()| address.ask(Xy { x: 2, y: 2 }));
    let answers = server.run(all(asks));
    let statuses = answers.iter().map(|answer| match answer {
        Ok(_) => 200,
        Err(fault) => fault.status(),
    });
    let expected: Vec<u16> = [vec![200; WORKERS + 3], vec![503]].concat();
    assert_eq!(statuses.collect::<Vec<u16>>(), expected);
}

#[test]
fn a_client_is_answered_by_a_table() {
    let server = Running::start::<Server>(settings(1));
    let response = server.get("/Xy?x=1&y=2");
    assert_eq!(response.status, 200);
    let body = r#"{"value":["textures.Table",{"rows":[[0.5],[0.4900332889206208]]},[]]}"#;
    assert_eq!(response.body, body);
    let refused = server.post("/Xy", r#"{"x":1.5,"y":2}"#);
    assert_eq!(refused.status, 400, "{}", refused.body);
}
