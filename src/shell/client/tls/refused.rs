//! Why a certificate or key cannot be used.

/// Why a certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("no certificate in it")]
    NoCertificate,
    #[error("no private key in it (one with a passphrase is not read)")]
    NoKey,
    #[error("not in PEM form: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    #[error("the key does not belong to the certificate")]
    NotAPair,
    #[error("{0}")]
    Tls(#[from] rustls::Error),
    #[error("{0}")]
    Trust(#[from] rustls::client::VerifierBuilderError),
}
