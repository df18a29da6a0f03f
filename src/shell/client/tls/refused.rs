//! Why a certificate or key cannot be used.

use rustls::pki_types::pem;

/// Why a certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("no certificate in it")]
    NoCertificate,
    #[error("no private key in it")]
    NoKey,
    #[error("a key with a passphrase is not supported: decrypt it with 'openssl pkey'")]
    Passphrase,
    #[error("not in PEM form: {0}")]
    Pem(&'static str),
    #[error("a certificate in it is not valid X.509")]
    Certificate,
    #[error("its key is none of RSA (2048 to 8192 bits), ECDSA (P-256, P-384) and Ed25519")]
    Key,
    #[error("the key does not belong to the certificate")]
    NotAPair,
    #[error("no certificate authority is installed on this machine")]
    NoAuthorities,
    #[error("the TLS library cannot be set up")]
    Library,
}

impl From<pem::Error> for Refused {
    fn from(error: pem::Error) -> Self {
        Self::Pem(match error {
            pem::Error::MissingSectionEnd { .. } => "an END line is missing",
            pem::Error::IllegalSectionStart { .. } => "a BEGIN line is wrong",
            pem::Error::Base64Decode(_) => "the text between BEGIN and END is not base64",
            pem::Error::SectionTooLarge => "a section is too large",
            pem::Error::NoItemsFound => "no section in it",
            _ => "it cannot be read",
        })
    }
}
