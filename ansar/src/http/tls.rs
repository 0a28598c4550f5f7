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

/// A certificate, its key, and what is made of them: new connections get the latest.
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    acceptor: RefCell<TlsAcceptor>,
}

/// Tells when one of the files has been written.
pub(crate) struct TlsWatch {
    certificate: FileWatch,
    key: FileWatch,
}

impl TlsWatch {
    async fn changed(&mut self) -> io::Result<()> {
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
        pem::Error::NoItemsFound => "it is not in PEM form".to_owned(),
        other => other.to_string(),
    }
}

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key, both in PEM form.
    pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        Ok(Self {
            acceptor: RefCell::new(acceptor(certificate, key)?),
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        })
    }

    /// Reads them again. When they cannot be used, the former ones stay in use.
    fn reload(&self) -> Result<(), TlsError> {
        let acceptor = acceptor(&self.certificate, &self.key)?;
        self.acceptor.replace(acceptor);
        Ok(())
    }

    /// Waits until one of the files has been written, and reads both again. Gives whether they
    /// can be used; never returns when nothing tells of changes.
    pub(crate) async fn changed(&self, watch: &mut TlsWatch) -> io::Result<Result<(), TlsError>> {
        watch.changed().await?;
        Ok(self.reload())
    }

    /// Watches the files.
    pub(crate) fn watch(&self) -> io::Result<TlsWatch> {
        Ok(TlsWatch {
            certificate: FileWatch::open(&self.certificate)?,
            key: FileWatch::open(&self.key)?,
        })
    }

    /// Agrees with a client on a key.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let acceptor = self.acceptor.borrow().clone();
        acceptor.accept(stream).await
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
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
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|reason| TlsError::Key {
        path: key.to_owned(),
        reason,
    })?;
    // Named here, so that no other library of the program has a say in it.
    let provider = Arc::new(ring::default_provider());
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, secret)
        })
        .map_err(|reason| TlsError::Pair {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            reason,
        })?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(configuration)))
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
        assert!(error(&certificate, &text).ends_with("it is not in PEM form"));
    }

    #[test]
    fn files_that_cannot_be_used_leave_the_former_ones_in_use() {
        let folder = TempDir::new().unwrap();
        let (certificate, key) = files(&folder);
        let tls = Tls::load(&certificate, &key).unwrap();
        fs::write(&key, "nothing").unwrap();
        assert!(tls.reload().is_err());
        let _ = files(&folder);
        assert!(tls.reload().is_ok());
    }
}
