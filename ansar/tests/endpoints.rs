//! Messages that are asked for by a method and a path of their own.

use std::collections::BTreeMap;

use ansar::prelude::*;
use ansar::test::{Running, Test};

/// Asks for one customer.
#[message]
#[http(GET, "/customers/{id}")]
struct Look {
    id: u64,
    /// Whether to shout.
    loud: bool,
}

#[message]
#[http(POST, "/customers", status = 201)]
struct Add {
    name: String,
}

#[message]
#[http(PUT, "/customers/{id}")]
struct Rename {
    id: u64,
    name: String,
}

#[message]
#[http(DELETE, "/customers/{id}", status = 204)]
struct Remove {
    id: u64,
}

/// Asked for by its name, beside the others.
#[message]
struct Count;

#[message]
struct Customer {
    id: u64,
    name: String,
}

#[message]
struct Number {
    value: usize,
}

#[derive(Default)]
struct Customers {
    names: BTreeMap<u64, String>,
}

impl Program for Customers {
    type Settings = Settings;
    type Api = (Look, Add, Rename, Remove, Count);

    fn create(_settings: Settings) -> Self {
        Self::default()
    }
}

impl Customers {
    fn name(&mut self, id: u64) -> Result<&mut String, Faulted> {
        let missing = || Faulted::not_found(format!("no customer {id}"), "");
        self.names.get_mut(&id).ok_or_else(missing)
    }
}

#[handlers]
impl Customers {
    fn look(&mut self, Look { id, loud }: Look) -> Result<Customer, Faulted> {
        let name = self.name(id)?.clone();
        let name = if loud { name.to_uppercase() } else { name };
        Ok(Customer { id, name })
    }

    fn add(&mut self, Add { name }: Add) -> Customer {
        let id = self.names.keys().last().map_or(1, |last| last + 1);
        self.names.insert(id, name.clone());
        Customer { id, name }
    }

    fn rename(&mut self, Rename { id, name }: Rename) -> Later<Result<Customer, Faulted>> {
        let renamed = self.name(id).map(|old| old.clone_from(&name));
        Later::now(renamed.map(|()| Customer { id, name }))
    }

    fn remove(&mut self, Remove { id }: Remove) -> Result<(), Faulted> {
        self.name(id)?;
        self.names.remove(&id);
        Ok(())
    }

    fn count(&mut self, _: Count) -> Number {
        let value = self.names.len();
        Number { value }
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
}

fn ask(server: &Running, method: &str, target: &str, json: &str) -> (u16, String) {
    let response = server.send(method, target, json);
    (response.status, response.body)
}

fn customer(id: u64, name: &str) -> String {
    format!(r#"{{"value":["endpoints.Customer",{{"id":{id},"name":"{name}"}},[]]}}"#)
}

#[test]
fn a_method_and_a_path_are_a_message() {
    let server = Running::start::<Customers>(Settings::default());
    let added = ask(&server, "POST", "/customers", r#"{"name":"Ann"}"#);
    assert_eq!(added, (201, customer(1, "Ann")));
    let looked = ask(&server, "GET", "/customers/1?loud=true", "");
    assert_eq!(looked, (200, customer(1, "ANN")));
    let renamed = ask(&server, "PUT", "/customers/1", r#"{"name":"Bea"}"#);
    assert_eq!(renamed, (200, customer(1, "Bea")));
    assert_eq!(
        ask(&server, "DELETE", "/customers/1", ""),
        (204, String::new())
    );
    let counted = server.get("/Count").body;
    assert_eq!(counted, r#"{"value":["endpoints.Number",{"value":0},[]]}"#);
}

#[test]
fn a_refusal_keeps_its_own_status() {
    let server = Running::start::<Customers>(Settings::default());
    let (status, body) = ask(&server, "GET", "/customers/7", "");
    assert_eq!(status, 404);
    assert!(body.contains(r#""condition":"no customer 7""#), "{body}");
    assert_eq!(ask(&server, "DELETE", "/customers/7", "").0, 404);
}

#[test]
fn what_is_wrong_in_a_path_is_named() {
    let server = Running::start::<Customers>(Settings::default());
    let (status, body) = ask(&server, "GET", "/customers/seven", "");
    assert_eq!(status, 400);
    assert!(
        body.contains(r#"near \"id\": expected a whole number"#),
        "{body}"
    );
    let (status, body) = ask(&server, "PUT", "/customers/seven", r#"{"name":"Bea"}"#);
    assert_eq!(status, 400);
    assert!(
        body.contains(r#"near \"id\": expected a whole number"#),
        "{body}"
    );
}

#[test]
fn another_method_is_refused_with_those_that_there_are() {
    let server = Running::start::<Customers>(Settings::default());
    let response = server.send("PATCH", "/customers/1", "");
    assert_eq!(response.status, 405);
    assert_eq!(response.header("Allow"), Some("DELETE, GET, PUT"));
    // A message with a path of its own is not asked for by its name.
    assert_eq!(server.get("/Look?id=1").status, 404);
}

/// Asks the customers, as any server of the framework asks another one.
struct Clerk {
    customers: Option<Remote>,
    port: u16,
}

/// Asks for a customer to be added, renamed, looked at and removed.
struct Errand;

#[handlers]
impl Clerk {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let address = HostPort::new("127.0.0.1", self.port);
        self.customers = Some(context.connect(address));
    }

    fn errand(&mut self, _: Errand) -> Later<Result<Customer, Faulted>> {
        let customers = self.customers.clone().expect("it is made at the start");
        Later::new(async move {
            let added = customers
                .ask::<Customer>(Add { name: "Ann".into() })
                .await?;
            let name = "Bea & Co".to_owned();
            let id = added.id;
            customers.ask::<Customer>(Rename { id, name }).await?;
            customers.ask(Look { id, loud: true }).await
        })
    }
}

#[test]
fn another_server_asks_by_the_same_messages() {
    let server = Running::start::<Customers>(Settings::default());
    let port = server.address().port();
    let customers = None;
    let mut clerk = Test::new(Clerk { customers, port }).in_real_time();
    let expected = Customer {
        id: 1,
        name: "BEA & CO".into(),
    };
    assert_eq!(clerk.ask(Errand), Ok(expected));
}
