//! Whom we trust.

use std::sync::Arc;

use rustls::client::danger::{ServerCertVerified, ServerCertVerifier as _};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};

use super::refused::Refused;

/// Whose word is taken for a server's certificate.
#[derive(Debug)]
pub(super) enum Trust {
    /// That of the authorities that this machine trusts.
    Machine(rustls_platform_verifier::Verifier),
    /// That of the given authorities and no others, and a given certificate itself: one that a server has
    /// signed for itself is usually written like an authority's, which no server may show.
    Given {
        authorities: Arc<WebPkiServerVerifier>,
        themselves: Vec<CertificateDer<'static>>,
    },
    /// `--insecure`: whoever answers is taken at their word.
    Everybody,
}

impl Trust {
    pub(super) fn by_machine(provider: Arc<CryptoProvider>) -> Result<Self, Refused> {
        Ok(Self::Machine(rustls_platform_verifier::Verifier::new(provider)?))
    }

    pub(super) fn given(pem: &[u8], provider: Arc<CryptoProvider>) -> Result<Self, Refused> {
        let given = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()?;
        if given.is_empty() {
            return Err(Refused::NoCertificate);
        }
        let mut roots = RootCertStore::empty();
        for certificate in &given {
            roots.add(certificate.clone())?;
        }
        Ok(Self::Given {
            authorities: WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?,
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
                // Its times are judged before what it may be used for, and its name after.
                Err(Error::InvalidCertificate(CertificateError::Other(_))) if themselves.contains(shown) => {
                    verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                    Ok(ServerCertVerified::assertion())
                }
                judged => judged,
            },
            Self::Everybody => Ok(ServerCertVerified::assertion()),
        }
    }
}
