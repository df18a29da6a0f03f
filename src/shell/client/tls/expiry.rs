//! How long the server's certificate holds, noted while it is judged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

/// The year 10000: no certificate holds so long.
const NEVER: UnixTime = UnixTime::since_unix_epoch(Duration::from_hours(70_389_528));

/// The last moment at which the certificate holds that was shown last; unknown before a handshake, and
/// where whoever judges does not tell.
#[derive(Debug, Default)]
pub(in crate::shell::client) struct Expiry(AtomicU64);

impl Expiry {
    pub(in crate::shell::client) fn known(&self) -> Option<Timestamp> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            seconds => Timestamp::from_second(i64::try_from(seconds).ok()?).ok(),
        }
    }
}

/// Judges as another does. What it took is judged once more as of a time at which it is over: the refusal
/// names its end, before anything is computed.
#[derive(Debug)]
pub(super) struct Noting {
    judge: Arc<dyn ServerCertVerifier>,
    expiry: Arc<Expiry>,
}

impl Noting {
    pub(super) fn new(judge: Arc<dyn ServerCertVerifier>, expiry: &Arc<Expiry>) -> Arc<Self> {
        let expiry = Arc::clone(expiry);
        Arc::new(Self { judge, expiry })
    }
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
        let verified = self.judge.verify_server_cert(shown, chain, name, ocsp, now)?;
        if let Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) =
            self.judge.verify_server_cert(shown, chain, name, ocsp, NEVER)
        {
            self.expiry.0.store(not_after.as_secs(), Ordering::Relaxed);
        }
        Ok(verified)
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

    fn requires_raw_public_keys(&self) -> bool {
        self.judge.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[rustls::DistinguishedName]> {
        self.judge.root_hint_subjects()
    }
}
