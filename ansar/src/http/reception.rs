//! What all connections of a listener share, and the life of each.

use std::net::SocketAddr;
use std::rc::Rc;

use ansar_http::{End, Limits, Stop};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connection::Connection;
use super::tls::{Spoken, Tls};
use super::unencrypted::Unencrypted;
use crate::fault::Faulted;
use crate::guard::guarded;
use crate::lifecycle::{Accepted, Closed, ObjectId};
use crate::mailbox::Mailbox;
use crate::object::Object;
use crate::record::{self, Identity, Tag};
use crate::routes::Routes;

/// Makes the object for a connection.
pub(crate) type NewSession<S> = Box<dyn Fn(&Accepted) -> Rc<Mailbox<S>>>;

/// Who handles the requests that arrive over a connection.
pub(crate) enum Host<S: Object> {
    /// One object for all connections.
    Shared(Rc<Mailbox<S>>),
    /// An object for each, which is made when a client has connected.
    Sessions(NewSession<S>),
}

/// What all connections of a listener share.
pub(crate) struct Reception<O: Object, S: Object> {
    owner: Rc<Mailbox<O>>,
    host: Host<S>,
    routes: Routes<S>,
    limits: Limits,
    stop: Stop,
}

impl<O: Object, S: Object> Reception<O, S> {
    pub(crate) fn new(owner: Rc<Mailbox<O>>, host: Host<S>, routes: Routes<S>) -> Self {
        Self {
            limits: owner.http().limits(),
            owner,
            host,
            routes,
            stop: Stop::new(),
        }
    }

    pub(super) fn owner(&self) -> &Rc<Mailbox<O>> {
        &self.owner
    }

    pub(super) fn routes(&self) -> &Routes<S> {
        &self.routes
    }

    pub(super) fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Serves one client until it goes, or until the server stops.
    pub(super) async fn serve(
        self: Rc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        identity: Identity,
        tls: Option<Rc<Tls>>,
    ) {
        record::write(Tag::Trace, identity, format_args!("Accepted \"{peer}\""));
        let accepted = Accepted {
            connection: ObjectId::of(identity),
            client: peer,
        };
        self.owner.tell(identity, accepted, "");
        let closed = |reason: &str| Closed {
            connection: ObjectId::of(identity),
            peer,
            reason: reason.to_owned(),
        };
        let reason = match self.target(identity, &accepted) {
            Ok(target) => {
                let connection =
                    Connection::new(Rc::clone(&self), Rc::clone(&target), identity, peer);
                let reason = self.answer_all(stream, connection, tls).await;
                if matches!(self.host, Host::Sessions(_)) {
                    target.tell(identity, closed(&reason), "");
                    target.stop(identity, crate::Stop);
                }
                reason
            }
            // What the author's code said is in the record already.
            Err(fault) => format!("without a session, {fault}"),
        };
        self.owner.tell(identity, closed(&reason), "");
        record::write(
            Tag::Destroyed,
            identity,
            format_args!("Destroyed, {reason}"),
        );
    }

    /// The object that answers over this connection.
    fn target(&self, identity: Identity, accepted: &Accepted) -> Result<Rc<Mailbox<S>>, Faulted> {
        match &self.host {
            Host::Shared(mailbox) => Ok(Rc::clone(mailbox)),
            Host::Sessions(create) => guarded(identity, "Accepted", || create(accepted)),
        }
    }

    /// Answers requests until the connection ends, and says how it has ended.
    async fn answer_all(
        &self,
        stream: TcpStream,
        connection: Connection<O, S>,
        tls: Option<Rc<Tls>>,
    ) -> String {
        let (limits, stop) = (&self.limits, self.stop.clone());
        let Some(tls) = tls else {
            let end = ansar_http::serve(stream, connection, limits, stop).await;
            return end.to_string();
        };
        // Boxed, so that connections without it do not pay for its size.
        Box::pin(async move {
            let agreed = tokio::select! {
                agreed = timeout(limits.head_time, tls.accept(stream)) => agreed,
                // Without an agreement there is no request that could be in progress.
                () = stop.given() => return End::Stopped.to_string(),
            };
            match agreed {
                Ok(Ok(Spoken::Tls(stream))) => {
                    let end = ansar_http::serve(stream, connection, limits, stop).await;
                    end.to_string()
                }
                Ok(Ok(Spoken::Plain(stream))) => {
                    let service = Unencrypted(connection);
                    let end = ansar_http::serve(stream, service, limits, stop).await;
                    end.to_string()
                }
                Ok(Err(error)) => format!("broken off, no agreement on TLS: {error}"),
                Err(_) => "broken off, the client did not speak TLS in time".to_owned(),
            }
        })
        .await
    }
}
