//! TLS files: trusted certificates and the client certificate.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{ConfigError, trust};

/// Paths of the TLS files of an endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsFiles {
    /// File with the only trusted certificates (PEM); `None` for those of the system.
    pub ca: Option<PathBuf>,
    /// Client certificate (PEM). Set together with `key`, or not at all.
    pub certificate: Option<PathBuf>,
    /// Key of the client certificate (PEM). Only its owner may have access.
    pub key: Option<PathBuf>,
    /// Whether any certificate is accepted.
    pub insecure: bool,
}

/// Contents of the TLS files.
#[derive(Debug)]
pub(crate) struct TlsTexts {
    /// Trusted certificates.
    pub ca: Option<Vec<u8>>,
    /// Client certificate and key, in one text.
    pub identity: Option<SecretString>,
}

impl TlsFiles {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] if a file cannot be read or is not text, or if other users can read the key.
    pub(crate) fn read(&self) -> Result<TlsTexts, ConfigError> {
        let public = |what, path: &PathBuf| {
            let read = trust::read(path).map(|(_, bytes)| bytes);
            read.map_err(|source| ConfigError::Unreadable {
                what,
                path: path.display().to_string(),
                source,
            })
        };
        let ca = self.ca.as_ref().map(|path| public("CA file", path)).transpose()?;
        let identity = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                let bytes = public("client certificate", certificate)?;
                let certificate = String::from_utf8(bytes).map_err(|_| ConfigError::NoText {
                    what: "client certificate",
                    path: certificate.display().to_string(),
                })?;
                let key = trust::read_secret("client key", key)?;
                Some(format!("{certificate}\n{key}").into())
            }
            _ => None,
        };
        Ok(TlsTexts { ca, identity })
    }
}
