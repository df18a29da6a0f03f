//! When a trusted certificate ends: whoever watches wants to know that before it happens.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use rustls::client::danger::ServerCertVerified;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error};

/// No certificate is good for so long.
const FAR: Duration = Duration::from_hours(24 * 365 * 200);

/// The end of the server's certificate, once one was trusted.
#[derive(Clone, Debug, Default)]
pub(in crate::shell::client) struct CertificateEnd(Arc<OnceLock<Option<Timestamp>>>);

impl CertificateEnd {
    pub(in crate::shell::client) fn get(&self) -> Option<Timestamp> {
        self.0.get().copied().flatten()
    }

    /// Notes the end of the first certificate that is trusted: judged in the far future it is told with
    /// the refusal.
    pub(super) fn note(&self, now: UnixTime, judge: impl Fn(UnixTime) -> Result<ServerCertVerified, Error>) {
        self.0.get_or_init(|| {
            let far = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + FAR);
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
