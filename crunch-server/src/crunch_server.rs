//! The crunch server: it multiplies and divides on request.

use std::process::ExitCode;

use ansar::prelude::*;
use crunch_api::{CrunchApi, Divide, Multiply, Output};

/// The server object. It keeps nothing between requests.
struct Server;

impl Program for Server {
    type Settings = Settings;
    type Api = CrunchApi;

    fn create(_settings: Settings) -> Self {
        Self
    }
}

#[handlers]
impl Server {
    fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
        Output { value: x * y }
    }

    fn divide(&mut self, Divide { x, y }: Divide) -> Result<Output, Faulted> {
        if y == 0.0 {
            return Err(Faulted::rejected("cannot divide", "y is zero"));
        }
        Ok(Output { value: x / y })
    }
}

/// Where to listen, unless stored settings or the command line say otherwise.
#[settings]
struct Settings {
    /// Name or address of the interface to listen at
    #[default("127.0.0.1")]
    host: String,
    /// Port to listen at
    #[default(5051)]
    port: u16,
}

fn main() -> ExitCode {
    ansar::run::<Server>(Settings::default())
}

#[cfg(test)]
mod tests {
    use ansar::test::{Running, Test};

    use super::*;

    // The object alone: messages go in, replies come out.

    #[test]
    fn numbers_are_multiplied_and_divided() {
        let mut server = Test::new(Server);
        let product = server.ask(Multiply { x: 1.5, y: 2.25 });
        assert_eq!(product, Ok(Output { value: 3.375 }));
        let quotient = server.ask(Divide { x: 4.5, y: 3.0 });
        assert_eq!(quotient, Ok(Output { value: 1.5 }));
    }

    #[test]
    fn division_by_zero_is_refused() {
        let mut server = Test::new(Server);
        let fault = server.ask(Divide { x: 1.0, y: 0.0 }).unwrap_err();
        assert_eq!(fault.to_string(), "cannot divide (y is zero)");
        assert_eq!(fault.status(), 400);
    }

    // The whole program, as its clients see it.

    #[test]
    fn a_client_is_answered_in_json() {
        let server = Running::start::<Server>(Settings {
            port: 0,
            ..Settings::default()
        });
        let product = server.get("/Multiply?x=1.5&y=2.25");
        assert_eq!(product.status, 200);
        let body = r#"{"value":["crunch_api.Output",{"value":3.375},[]]}"#;
        assert_eq!(product.body, body);
        let refusal = server.post("/Divide", r#"{"x":1,"y":0}"#);
        assert_eq!(refusal.status, 400);
    }
}
