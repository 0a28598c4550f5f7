//! How a connection ended.

use std::io;

use crate::problem::Problem;

/// How a connection ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum End {
    /// The client closed it between two requests.
    #[error("closed by the client")]
    ByClient,
    /// The client asked for it to be closed after the answer, or its version has it so.
    #[error("closed after the answer, as the client asked")]
    Answered,
    /// No request came for longer than [`Limits::head_time`](crate::Limits::head_time).
    #[error("closed because it was idle too long")]
    Idle,
    /// The server stops.
    #[error("closed because the server stops")]
    Stopped,
    /// A request was refused in a way that leaves its end in doubt.
    #[error("closed after {}: {}: {_0}", _0.status().as_u16(), _0.condition())]
    Refused(Problem),
    /// The body of a request was not read to its end.
    #[error("closed because a request body was not read")]
    BodyUnread,
    /// The client took nothing for longer than [`Limits::write_time`](crate::Limits::write_time).
    #[error("broken off because the client does not read")]
    NotRead,
    /// The pieces of a response failed, did not come in time, or did not have the length that
    /// was promised.
    #[error("broken off in the middle of a response: {0}")]
    ResponseFailed(#[source] io::Error),
    /// Reading or writing failed.
    #[error("broken off: {0}")]
    Failed(#[source] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Syntax;

    #[test]
    fn an_end_is_told_in_words() {
        let cases = [
            (End::ByClient, "closed by the client"),
            (End::Idle, "closed because it was idle too long"),
            (
                End::Refused(Problem::Malformed(Syntax::HostMissing)),
                "closed after 400: malformed request: there is no Host header",
            ),
            (
                End::Refused(Problem::BodyTooLarge { limit: 7 }),
                "closed after 413: the request body is too large: 7 bytes is the limit",
            ),
            (
                End::ResponseFailed(io::Error::other("the disk is gone")),
                "broken off in the middle of a response: the disk is gone",
            ),
        ];
        for (end, words) in cases {
            assert_eq!(end.to_string(), words);
        }
    }
}
