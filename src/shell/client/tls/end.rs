//! When a trusted certificate ends: whoever watches wants to know that before it happens.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

/// No certificate is good for so long.
const FAR: Duration = Duration::from_hours(24 * 365 * 200);

/// The end of the server's certificate, once one was trusted.
#[derive(Clone, Debug, Default)]
pub(in crate::shell::client) struct CertificateEnd(Arc<OnceLock<Option<Timestamp>>>);

impl CertificateEnd {
    pub(in crate::shell::client) fn get(&self) -> Option<Timestamp> {
        self.0.get().copied().flatten()
    }
}

/// Judges as another does, and notes the end of the first certificate that is trusted: judged in the
/// far future it is told with the refusal.
#[derive(Debug)]
pub(super) struct Noting {
    pub(super) judge: Arc<dyn ServerCertVerifier>,
    pub(super) end: CertificateEnd,
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let good = self.judge.verify_server_cert(shown, chain, name, ocsp, now)?;
        self.end.0.get_or_init(|| {
            let far = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + FAR);
            match self.judge.verify_server_cert(shown, chain, name, ocsp, far) {
                Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
                    let seconds = i64::try_from(not_after.as_secs()).ok()?;
                    Timestamp::from_second(seconds).ok()
                }
                _ => None,
            }
        });
        Ok(good)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, shown, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}
