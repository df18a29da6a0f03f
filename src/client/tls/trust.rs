//! Trust in a server's certificate.
//!
//! Also the reasons why a certificate or key cannot be used.

use std::sync::Arc;

use rustls::client::danger::{ServerCertVerified, ServerCertVerifier as _};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, OtherError, RootCertStore};

/// The trusted authorities.
#[derive(Debug)]
pub(super) enum Trust {
    /// The authorities that this machine trusts.
    Machine(rustls_platform_verifier::Verifier),
    /// The given authorities and no others, and each given certificate itself, byte by byte, even if
    /// another authority signed it or if it is not an authority's.
    Given {
        authorities: Arc<WebPkiServerVerifier>,
        themselves: Vec<CertificateDer<'static>>,
    },
    /// `--insecure`: any certificate is accepted, and nothing in it is read.
    Anything,
}

impl Trust {
    pub(super) fn by_machine(provider: Arc<CryptoProvider>) -> Result<Self, Refused> {
        let verifier =
            rustls_platform_verifier::Verifier::new(provider).map_err(|_| Refused::NoAuthorities)?;
        Ok(Self::Machine(verifier))
    }

    pub(super) fn given(pem: &[u8], provider: Arc<CryptoProvider>) -> Result<Self, Refused> {
        let given = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()?;
        if given.is_empty() {
            return Err(Refused::NoCertificate);
        }
        let mut roots = RootCertStore::empty();
        for certificate in &given {
            roots.add(certificate.clone()).map_err(|_| Refused::Certificate)?;
        }
        let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
        Ok(Self::Given {
            authorities: authorities.build().map_err(|_| Refused::Library)?,
            themselves: given,
        })
    }

    /// Verifies a certificate at this time.
    pub(super) fn verify(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        at: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self {
            Self::Machine(machine) => machine.verify_server_cert(shown, chain, name, ocsp, at),
            Self::Given {
                authorities,
                themselves,
            } => match authorities.verify_server_cert(shown, chain, name, ocsp, at) {
                // The validity period was checked before the signature; the name was not.
                Err(Error::InvalidCertificate(error))
                    if is_about_the_issuer(&error) && themselves.contains(shown) =>
                {
                    verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                    Ok(ServerCertVerified::assertion())
                }
                diagnoses => diagnoses,
            },
            Self::Anything => Ok(ServerCertVerified::assertion()),
        }
    }
}

/// Whether an error is about the issuer, or about what the certificate may sign. It does not matter for a
/// certificate that is trusted itself.
fn is_about_the_issuer(error: &CertificateError) -> bool {
    match error {
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => true,
        CertificateError::Other(OtherError(error)) => {
            matches!(error.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
        }
        _ => false,
    }
}

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
    #[error("its key is not supported: use RSA (2048 to 8192 bits), ECDSA (P-256, P-384) or Ed25519")]
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
