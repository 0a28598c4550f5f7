//! A client that speaks HTTP to a server of HTTPS: it is told so in words that it understands.

use ansar_http::{Answer, BodyReader, Head, Plan, Problem, Response, Service};

use super::connection::Connection;
use super::response::Refusal;
use crate::object::Object;

/// A connection over which nothing is answered, since everybody on the way could read it.
pub(super) struct Unencrypted<O: Object, S: Object>(pub(super) Connection<O, S>);

impl<O: Object, S: Object> Unencrypted<O, S> {
    fn response(&self) -> Response {
        self.0.refused(Refusal::new(
            400,
            "cannot answer without encryption",
            "this server speaks HTTPS: ask it by https://",
        ))
    }
}

impl<O: Object, S: Object> Service for Unencrypted<O, S> {
    fn plan(&self, _: &Head<'_>) -> Plan {
        Plan::Refuse(self.response())
    }

    fn answer(&self, _: &Head<'_>, _: &[u8]) -> Answer {
        Answer::Now(self.response())
    }

    fn answer_streaming(&self, _: &Head<'_>, _: BodyReader) -> Answer {
        Answer::Now(self.response())
    }

    fn refuse(&self, problem: &Problem) -> Response {
        self.0.refuse(problem)
    }
}
