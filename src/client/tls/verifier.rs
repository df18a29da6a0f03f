//! Verification of a server's certificate.
//!
//! Also stores when a trusted certificate expires, so that the user is warned before.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::trust::Trust;

/// Schemes that only `--insecure` accepts.
const OLD_SCHEMES: [SignatureScheme; 2] = [
    SignatureScheme::RSA_PKCS1_SHA1,
    SignatureScheme::ECDSA_SHA1_Legacy,
];

/// Verifies with the given trust, and stores the expiry of the certificate. With `--insecure` the key is
/// not read either, because keys of X.509 version 1 certificates and weak keys cannot be read.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) trust: Trust,
    pub(super) end: CertificateEnd,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judge = |at| self.trust.verify(shown, chain, name, ocsp, at);
        let good = judge(now)?;
        self.end.note(now, judge);
        Ok(good)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if matches!(self.trust, Trust::Anything) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, shown, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if matches!(self.trust, Trust::Anything) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, shown, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        if matches!(self.trust, Trust::Anything) {
            schemes.extend(OLD_SCHEMES);
        }
        schemes
    }
}

/// Time ahead at which every certificate has expired: 200 years.
const FAR_FUTURE: Duration = Duration::from_hours(24 * 365 * 200);

/// Expiry of the first trusted certificate of the server. `None` before one was trusted.
#[derive(Clone, Debug, Default)]
pub(in crate::client) struct CertificateEnd(Arc<OnceLock<Option<Timestamp>>>);

impl CertificateEnd {
    pub(in crate::client) fn get(&self) -> Option<Timestamp> {
        self.0.get().copied().flatten()
    }

    /// Stores the expiry of the first trusted certificate. Verifies it for a date in 200 years; the error
    /// contains the expiry.
    pub(super) fn note(&self, now: UnixTime, judge: impl Fn(UnixTime) -> Result<ServerCertVerified, Error>) {
        self.0.get_or_init(|| {
            let far = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + FAR_FUTURE);
            match judge(far) {
                Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
                    let seconds = i64::try_from(not_after.as_secs()).ok()?;
                    Timestamp::from_second(seconds).ok()
                }
                _ => None,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::crypto::ring;
    use rustls::internal::msgs::codec::{Codec as _, Reader};
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    const RSA_1024: &[u8] = include_bytes!("../../../tests/fixtures/tls/rsa1024.pem");

    fn accepts(trust: Trust) -> bool {
        let provider = ring::default_provider();
        let verifier = Verifier {
            trust,
            end: CertificateEnd::default(),
            algorithms: provider.signature_verification_algorithms,
        };
        let shown = CertificateDer::from_pem_slice(RSA_1024).unwrap();
        // rsa_pss_rsae_sha256, and a signature of one byte.
        let signed = DigitallySignedStruct::read(&mut Reader::init(&[8, 4, 0, 1, 7])).unwrap();
        let (old, new) = (
            verifier.verify_tls12_signature(b"", &shown, &signed),
            verifier.verify_tls13_signature(b"", &shown, &signed),
        );
        assert_eq!(old.is_ok(), new.is_ok());
        new.is_ok()
    }

    #[test]
    fn a_weak_key_is_accepted_only_with_insecure() {
        let provider = Arc::new(ring::default_provider());
        assert!(!accepts(Trust::given(RSA_1024, provider).unwrap()));
        assert!(accepts(Trust::Anything));
    }
}
