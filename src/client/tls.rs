//! TLS: the trusted authorities and the client certificate.

mod certificate;
mod trust;
mod verifier;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};

pub(super) use self::certificate::ClientCertificate;
use self::trust::Refused;
use self::trust::Trust;
pub(super) use self::verifier::CertificateEnd;
use self::verifier::Verifier;
use super::fault::line;
use super::spec::{ClientError, TlsSpec};
use super::url::EndpointUrl;

/// TLS of one endpoint.
pub(super) struct Tls {
    /// Configuration of the connections.
    pub(super) config: ClientConfig,
    /// Client certificate, sent if the server requests one.
    pub(super) certificate: Arc<ClientCertificate>,
    /// Expiry of the server's certificate.
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
        let trust = match (&spec.ca_pem, spec.insecure) {
            (_, true) => Trust::Anything,
            (Some(pem), false) => {
                Trust::given(pem, Arc::clone(&provider)).map_err(refuse("no usable --ca-file"))?
            }
            (None, false) => Trust::by_machine(Arc::clone(&provider))
                .map_err(refuse("no authorities known to this machine, give --ca-file"))?,
        };
        let end = CertificateEnd::default();
        let verifier = Verifier {
            trust,
            end: end.clone(),
            algorithms: provider.signature_verification_algorithms,
        };
        let versions = builder(provider).map_err(|_| refuse("no TLS")(Refused::Library))?;
        let config = versions
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_cert_resolver(Arc::clone(&certificate) as _);
        Ok(Self {
            config,
            certificate,
            end,
        })
    }
}

type TlsVersions = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder(provider: Arc<CryptoProvider>) -> Result<TlsVersions, rustls::Error> {
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}
