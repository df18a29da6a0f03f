//! Whom we trust.

use std::sync::Arc;

use rustls::client::danger::{ServerCertVerified, ServerCertVerifier as _};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, OtherError, RootCertStore};

use super::refused::Refused;

/// Whose word is taken for a server's certificate.
#[derive(Debug)]
pub(super) enum Trust {
    /// That of the authorities that this machine trusts.
    Machine(rustls_platform_verifier::Verifier),
    /// That of the given authorities and no others, and each given certificate itself, byte by byte,
    /// even if another authority signed it or if it is made as an authority's.
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

    /// Judges a certificate as it is at this time.
    pub(super) fn judge(
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
                judged => judged,
            },
            Self::Anything => Ok(ServerCertVerified::assertion()),
        }
    }
}

/// Whether an error is about who signed a certificate, or about what the certificate may sign. It does
/// not matter for a certificate that is trusted itself.
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
