//! TLS: whom we trust, and what we show.

mod certificate;
mod end;
mod trust;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};

pub(super) use self::certificate::ClientCertificate;
pub(super) use self::end::CertificateEnd;
use self::end::Noting;
use super::line::line;
use super::spec::{ClientError, TlsSpec};
use super::url::EndpointUrl;

/// The TLS of one endpoint.
pub(super) struct Tls {
    /// For the connections.
    pub(super) config: ClientConfig,
    /// What is shown to a server that asks who we are.
    pub(super) certificate: Arc<ClientCertificate>,
    /// When the server's certificate ends.
    pub(super) end: CertificateEnd,
}

impl Tls {
    pub(super) fn new(url: &EndpointUrl, spec: &TlsSpec) -> Result<Self, ClientError> {
        let refuse = |what: &'static str| {
            move |error: Refused| ClientError::Tls(url.clone(), what, line(&error.to_string()))
        };
        let provider = Arc::new(ring::default_provider());
        let certificate = ClientCertificate::new(spec.identity_pem.as_ref(), &provider)
            .map_err(refuse("no usable --client-cert and --client-key"))?;
        let certificate = Arc::new(certificate);
        let trusts = match (&spec.ca_pem, spec.insecure) {
            (_, true) => trust::everybody(&provider),
            (Some(pem), false) => {
                trust::given(pem, Arc::clone(&provider)).map_err(refuse("no usable --ca-file"))?
            }
            (None, false) => trust::by_machine(Arc::clone(&provider))
                .map_err(refuse("no authorities known to this machine, give --ca-file"))?,
        };
        let end = CertificateEnd::default();
        let versions = builder(provider).map_err(|error| refuse("no TLS")(error.into()))?;
        let config = versions
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Noting {
                judge: trusts,
                end: end.clone(),
            }))
            .with_client_cert_resolver(Arc::clone(&certificate) as _);
        Ok(Self {
            config,
            certificate,
            end,
        })
    }
}

/// Why a certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("no certificate in it")]
    NoCertificate,
    #[error("no private key in it (one with a passphrase is not read)")]
    NoKey,
    #[error("not in PEM form: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    #[error("the key does not belong to the certificate")]
    NotAPair,
    #[error("{0}")]
    Tls(#[from] rustls::Error),
    #[error("{0}")]
    Trust(#[from] rustls::client::VerifierBuilderError),
}

type Versions = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder(provider: Arc<CryptoProvider>) -> Result<Versions, rustls::Error> {
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}
