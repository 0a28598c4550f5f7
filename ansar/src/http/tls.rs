//! Encryption, when the settings name a certificate and its key.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::file_watch::FileWatch;

/// Where a certificate and its key are, and those in use: new connections get the latest.
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    in_use: RefCell<InUse>,
}

/// A certificate, its key, and what is made of them.
struct InUse {
    pair: Pair,
    acceptor: TlsAcceptor,
}

/// A chain of certificates, the server's own first, and the key that goes with it.
#[derive(PartialEq)]
struct Pair {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// The first byte of a client that speaks TLS; no method of HTTP begins with it.
const HANDSHAKE: u8 = 0x16;

/// What a client speaks.
pub(crate) enum Spoken {
    Tls(Box<TlsStream<TcpStream>>),
    /// Something else: HTTP without encryption, most likely.
    Plain(TcpStream),
}

/// Tells when one of the files has been written.
pub(crate) struct TlsWatch {
    certificate: FileWatch,
    key: FileWatch,
}

impl TlsWatch {
    /// Waits until one of the files has been written. Never returns when nothing tells of that.
    pub(crate) async fn changed(&mut self) -> io::Result<()> {
        tokio::select! {
            changed = self.certificate.changed() => changed,
            changed = self.key.changed() => changed,
        }
    }
}

/// Files that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("cannot read the certificate {path:?}: {}", of_pem(.reason))]
    Certificate { path: PathBuf, reason: pem::Error },
    #[error("cannot read the key {path:?}: {}", of_pem(.reason))]
    Key { path: PathBuf, reason: pem::Error },
    #[error("there is no certificate in {path:?}")]
    Empty { path: PathBuf },
    #[error("cannot use the certificate {certificate:?} with the key {key:?}: {reason}")]
    Pair {
        certificate: PathBuf,
        key: PathBuf,
        reason: rustls::Error,
    },
}

/// In the words of the operating system where it is about a file.
fn of_pem(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.to_string(),
        pem::Error::NoItemsFound => "there is none in it in PEM form".to_owned(),
        other => other.to_string(),
    }
}

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key, both in PEM form.
    pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let pair = Pair::read(certificate, key)?;
        Ok(Self {
            in_use: RefCell::new(InUse::new(pair, certificate, key)?),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        })
    }

    /// Reads them again, and says whether they are others. When they cannot be used, the former
    /// ones stay in use.
    pub(crate) fn reload(&self) -> Result<bool, TlsError> {
        let pair = Pair::read(&self.certificate, &self.key)?;
        if pair == self.in_use.borrow().pair {
            return Ok(false);
        }
        let others = InUse::new(pair, &self.certificate, &self.key)?;
        self.in_use.replace(others);
        Ok(true)
    }

    /// Watches the files. They are to be read once more when that has begun, so that no change
    /// falls between the first reading and this.
    pub(crate) fn watch(&self) -> io::Result<TlsWatch> {
        Ok(TlsWatch {
            certificate: FileWatch::open(&self.certificate)?,
            key: FileWatch::open(&self.key)?,
        })
    }

    /// Agrees with a client on a key, if it speaks TLS.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<Spoken> {
        // Of a client that is gone already, TLS will say so.
        let mut first = [HANDSHAKE];
        stream.peek(&mut first).await?;
        if first != [HANDSHAKE] {
            return Ok(Spoken::Plain(stream));
        }
        let acceptor = self.in_use.borrow().acceptor.clone();
        let encrypted = acceptor.accept(stream).await?;
        Ok(Spoken::Tls(Box::new(encrypted)))
    }
}

impl Pair {
    fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(|reason| TlsError::Certificate {
                path: certificate.to_owned(),
                reason,
            })?;
        if chain.is_empty() {
            return Err(TlsError::Empty {
                path: certificate.to_owned(),
            });
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(|reason| TlsError::Key {
            path: key.to_owned(),
            reason,
        })?;
        Ok(Self { chain, key })
    }
}

impl InUse {
    fn new(pair: Pair, certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        // Named here, so that no other library of the program has a say in it.
        let provider = Arc::new(ring::default_provider());
        let mut configuration = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(pair.chain.clone(), pair.key.clone_key())
            })
            .map_err(|reason| TlsError::Pair {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
                reason,
            })?;
        configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            pair,
            acceptor: TlsAcceptor::from(Arc::new(configuration)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn files(folder: &TempDir) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (certificate, key)
    }

    fn error(certificate: &Path, key: &Path) -> String {
        Tls::load(certificate, key)
            .err()
            .expect("it is refused")
            .to_string()
    }

    #[test]
    fn a_certificate_goes_with_its_own_key() {
        let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (certificate, key) = files(&folder);
        assert!(Tls::load(&certificate, &key).is_ok());
        let (_, wrong) = files(&other);
        let error = error(&certificate, &wrong);
        assert!(error.starts_with("cannot use the certificate "), "{error}");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let folder = TempDir::new().unwrap();
        let (certificate, key) = files(&folder);
        let missing = folder.path().join("missing.pem");
        assert!(error(&missing, &key).ends_with("No such file or directory (os error 2)"));
        let text = folder.path().join("text.pem");
        fs::write(&text, "nothing").unwrap();
        assert!(error(&text, &key).starts_with("there is no certificate in "));
        assert!(error(&certificate, &text).ends_with("there is none in it in PEM form"));
        // A certificate in PEM form, where the key should be.
        assert!(error(&certificate, &certificate).ends_with("there is none in it in PEM form"));
    }

    #[test]
    fn files_that_cannot_be_used_leave_the_former_ones_in_use() {
        let folder = TempDir::new().unwrap();
        let (certificate, key) = files(&folder);
        let tls = Tls::load(&certificate, &key).unwrap();
        fs::write(&key, "nothing").unwrap();
        assert!(tls.reload().is_err());
        let _ = files(&folder);
        assert!(tls.reload().unwrap(), "others are in use");
        assert!(!tls.reload().unwrap(), "the same are in use");
    }
}
