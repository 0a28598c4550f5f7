//! Who answers.

use std::fmt;
use std::pin::Pin;

use crate::body_reader::BodyReader;
use crate::head::Head;
use crate::problem::Problem;
use crate::response::Response;

/// Answers the requests of one connection, on the task of the connection.
pub trait Service {
    /// Decides from the head alone what happens with the body. It is asked only about a
    /// request that has one, and before a client that waits for it is told to continue.
    fn plan(&self, head: &Head<'_>) -> Plan;

    /// Answers a request whose body is here, or that has none.
    fn answer(&self, head: &Head<'_>, body: &[u8]) -> Answer;

    /// Answers a request whose body is still arriving.
    fn answer_streaming(&self, head: &Head<'_>, body: BodyReader) -> Answer;

    /// The response to what cannot be understood. The status is that of the problem; the
    /// form of the body is for the service to choose. The connection closes after it.
    fn refuse(&self, problem: &Problem) -> Response;
}

/// What happens with the body of a request.
#[derive(Debug)]
pub enum Plan {
    /// It is collected, within [`Limits::body_bytes`](crate::Limits::body_bytes), and then
    /// given to [`Service::answer`].
    Whole,
    /// It is handed to [`Service::answer_streaming`] as it arrives, whatever its length.
    Stream,
    /// It is not read. The connection closes after this response.
    Refuse(Response),
}

/// An answer, or the promise of one.
pub enum Answer {
    /// The response.
    Now(Response),
    /// The response when it is ready, within
    /// [`Limits::request_time`](crate::Limits::request_time). The next request of the client
    /// is not looked at before.
    Later(Pin<Box<dyn Future<Output = Response>>>),
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(response) => formatter.debug_tuple("Now").field(response).finish(),
            Self::Later(_) => formatter.write_str("Later"),
        }
    }
}
