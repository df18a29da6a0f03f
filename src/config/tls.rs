//! The files of TLS: whom to trust, and who we are.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{ConfigError, trust};

/// How the server's certificate is judged, and what is shown to the server.
#[derive(Clone, Debug, Default)]
pub struct TlsFiles {
    /// Trust the certificates in this file (PEM) and no others.
    pub ca: Option<PathBuf>,
    /// The client's certificate (PEM); with `key`, or not at all.
    pub certificate: Option<PathBuf>,
    /// Its key (PEM), which nobody but its owner may read.
    pub key: Option<PathBuf>,
    /// Trust everybody.
    pub insecure: bool,
}

/// What stands in those files.
#[derive(Debug)]
pub struct TlsTexts {
    /// The certificates to trust.
    pub ca: Option<Vec<u8>>,
    /// The client's certificate and key, in one text.
    pub identity: Option<SecretString>,
}

impl TlsFiles {
    /// Reads the files.
    pub fn read(&self) -> Result<TlsTexts, ConfigError> {
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
