//! Certificates, and clients that trust them.

use std::fs;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::http::{Response, respond};
use crate::{Background, DEADLINE};

/// A certificate for `localhost` that vouches for itself, and its key.
#[derive(Debug)]
pub struct Certificate {
    public: CertificateDer<'static>,
    public_pem: String,
    key_pem: String,
}

impl Certificate {
    /// Makes one that there has not been before.
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a name makes a certificate");
        Self {
            public: made.cert.der().clone(),
            public_pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem(),
        }
    }

    /// Puts the certificate and its key into a folder, as `certificate.pem` and `key.pem`. Each is
    /// complete when it has its name.
    pub fn store(&self, folder: &Path) {
        replace(&folder.join("certificate.pem"), &self.public_pem);
        replace(&folder.join("key.pem"), &self.key_pem);
    }

    /// Connects to a server that has this certificate, and agrees with it.
    pub fn connect(&self, server: &Background) -> EncryptedClient {
        let mut trusted = RootCertStore::empty();
        let trust = trusted.add(self.public.clone());
        trust.expect("a certificate may be trusted");
        let configuration = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has what these need")
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("it is a name");
        let connection = ClientConnection::new(Arc::new(configuration), name);
        let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
        stream
            .set_read_timeout(Some(DEADLINE))
            .expect("a socket has a time limit");
        let connection = connection.expect("the configuration fits");
        EncryptedClient {
            stream: BufReader::new(StreamOwned::new(connection, stream)),
        }
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

/// Replaces a file as a whole.
fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).expect("the folder has room");
    fs::rename(&new, path).expect("a file can be given another name");
}

/// A connection that is encrypted.
#[derive(Debug)]
pub struct EncryptedClient {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
}

impl EncryptedClient {
    /// Sends a request by GET, and reads the response.
    pub fn get(&mut self, target: &str) -> Response {
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("the server is who it says, and reads");
        respond(&mut self.stream)
    }
}
