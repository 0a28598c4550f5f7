//! How a connection is closed, so that the client sees the last answer.

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use std::future::poll_fn;

use crate::connection::Connection;
use crate::end::End;
use crate::limits::{LINGER_BYTES, LINGER_TIME};

/// The wish to close a connection.
#[derive(Debug)]
pub(crate) struct Closing {
    end: End,
    manner: Manner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// At once, whatever is on its way.
    BreakOff,
    /// With what is to be written, and no more.
    Finish,
    /// The same, and then with what the client still sends. A system that closes with bytes
    /// unread resets the connection, and a reset overtakes the answer.
    Linger,
}

impl Closing {
    pub(crate) fn break_off(end: End) -> Self {
        Self {
            end,
            manner: Manner::BreakOff,
        }
    }

    pub(crate) fn finish(end: End) -> Self {
        Self {
            end,
            manner: Manner::Finish,
        }
    }

    /// After an answer that the client was not done sending for, or might not be.
    pub(crate) fn linger(end: End) -> Self {
        Self {
            end,
            manner: Manner::Linger,
        }
    }
}

impl<IO, S> Connection<'_, IO, S>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    pub(crate) async fn close(&mut self, closing: Closing) -> End {
        if closing.manner == Manner::BreakOff {
            return closing.end;
        }
        if let Err(failure) = self.flush().await {
            return failure.end;
        }
        // What goes wrong from here on is of no interest: everything has been written, and
        // when time is over, it is closed all the same.
        let _ = timeout(LINGER_TIME, async {
            let _ = self.io.shutdown().await;
            if closing.manner == Manner::Linger {
                self.drop_input().await;
            }
        })
        .await;
        closing.end
    }

    async fn drop_input(&mut self) {
        let mut dropped = 0;
        while dropped < LINGER_BYTES {
            match poll_fn(|cx| self.input.poll_drop(&mut self.io, cx)).await {
                Ok(0) | Err(_) => return,
                Ok(length) => dropped += length,
            }
        }
    }
}
