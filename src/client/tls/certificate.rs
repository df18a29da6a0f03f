//! The client certificate, sent if the server requests one. The request is remembered, because a server
//! may reject a missing certificate by just closing the connection.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, Error, InconsistentKeys, OtherError, SignatureScheme};
use secrecy::{ExposeSecret as _, SecretString};

use super::trust::Refused;

/// The client certificate, if one was given.
pub(in crate::client) struct ClientCertificate {
    given: Option<SingleCertAndKey>,
    was_asked: AtomicBool,
}

impl ClientCertificate {
    /// Parses the certificate, those of its authorities, and the key, in any order.
    pub(super) fn new(pem: Option<&SecretString>, provider: &CryptoProvider) -> Result<Self, Refused> {
        let given = pem.map(|pem| pair(pem, provider)).transpose()?;
        Ok(Self {
            given,
            was_asked: AtomicBool::new(false),
        })
    }

    /// Whether the server has requested a certificate.
    pub(in crate::client) fn was_requested(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }

    /// Whether a certificate was given.
    pub(in crate::client) const fn is_given(&self) -> bool {
        self.given.is_some()
    }
}

/// Marks of an encrypted key: PKCS#1 and SEC1 have a header for it, PKCS#8 a label of its own.
const PASSPHRASE: [&str; 2] = ["Proc-Type: 4,ENCRYPTED", "-----BEGIN ENCRYPTED PRIVATE KEY-----"];

fn pair(text: &SecretString, provider: &CryptoProvider) -> Result<SingleCertAndKey, Refused> {
    let text = text.expose_secret();
    if PASSPHRASE.iter().any(|mark| text.contains(mark)) {
        return Err(Refused::Passphrase);
    }
    let text = text.as_bytes();
    let chain = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>()?;
    if chain.is_empty() {
        return Err(Refused::NoCertificate);
    }
    let key = PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
        pem::Error::NoItemsFound => Refused::NoKey,
        error => error.into(),
    })?;
    let key = provider.key_provider.load_private_key(key);
    let key = CertifiedKey::new(chain, key.map_err(|_| Refused::Key)?);
    match key.keys_match() {
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(Refused::NotAPair),
        Err(Error::InvalidCertificate(error)) if !is_old(&error) => Err(Refused::Certificate),
        // The server decides about a certificate that cannot be compared, such as one of version 1.
        Ok(()) | Err(_) => Ok(SingleCertAndKey::from(key)),
    }
}

/// Whether a certificate has an X.509 version before 3.
fn is_old(error: &CertificateError) -> bool {
    let CertificateError::Other(OtherError(error)) = error else {
        return false;
    };
    matches!(error.downcast_ref(), Some(webpki::Error::UnsupportedCertVersion))
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(&self, hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        self.given.as_ref()?.resolve(hints, schemes)
    }

    fn has_certs(&self) -> bool {
        // Also without a certificate, to record the request.
        true
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("given", &self.is_given())
            .field("was_asked", &self.was_requested())
            .finish()
    }
}
