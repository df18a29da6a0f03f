//! TLS for tests: an authority, valid and invalid certificates, and a front that terminates TLS and forwards
//! everything to an endpoint without TLS.
#![allow(dead_code, reason = "each test binary needs another part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Validity of a certificate.
#[derive(Clone, Copy)]
pub(crate) enum Times {
    Now,
    /// Valid until 2096.
    Until2096,
    /// Expired on the last day of 2020.
    Expired,
    /// Valid from 2090.
    NotYet,
}

/// A certificate and its key, as PEM.
pub(crate) struct Certified {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Certified {
    /// A certificate and its key from one PEM text.
    pub(crate) fn from_pem(pem: &str) -> Self {
        Self {
            certificate: pem.to_owned(),
            key: pem.to_owned(),
        }
    }

    /// Returns the certificate and the key as one text.
    pub(crate) fn both(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }
}

/// Signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// Returns a certificate for a server with these names.
    pub(crate) fn server(&self, names: &[&str], times: Times) -> Certified {
        self.certified(names, times, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// Returns a certificate for a client.
    pub(crate) fn client(&self) -> Certified {
        self.certified(&["somebody"], Times::Now, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn certified(&self, names: &[&str], times: Times, purpose: ExtendedKeyUsagePurpose) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut params = params(names, times);
        params.extended_key_usages = vec![purpose];
        Certified {
            certificate: params.signed_by(&key, &self.issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

fn params(names: &[&str], times: Times) -> CertificateParams {
    let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut params = CertificateParams::new(names).unwrap();
    match times {
        Times::Now => {}
        Times::Until2096 => params.not_after = date_time_ymd(2096, 2, 29),
        Times::Expired => params.not_after = date_time_ymd(2020, 12, 31),
        Times::NotYet => params.not_before = date_time_ymd(2090, 1, 1),
    }
    params
}

/// Returns a self-signed certificate, as `openssl req -x509` writes it: it is also an authority.
pub(crate) fn self_signed(names: &[&str], times: Times) -> Certified {
    let mut params = params(names, times);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    Certified {
        certificate: params.self_signed(&key).unwrap().pem(),
        key: key.serialize_pem(),
    }
}

/// A TLS listener in front of a server without TLS. Lives as long as the test.
pub(crate) struct TlsFront {
    pub(crate) address: SocketAddr,
}

impl TlsFront {
    /// Listens in front of `target` with this server certificate. Clients need a certificate of `asks`, if
    /// there is one.
    pub(crate) fn start(target: SocketAddr, server: &Certified, asks: Option<&Authority>) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(server_config(server, asks)));
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(pass_on(acceptor.clone(), stream, target));
                }
            });
        });
        Self {
            address: told.recv().unwrap(),
        }
    }

    /// Returns its URL with this host name.
    pub(crate) fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.address.port())
    }
}

async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, target: SocketAddr) {
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    let mut behind = TcpStream::connect(target).await.unwrap();
    // Either side may close first.
    let _ = tokio::io::copy_bidirectional(&mut stream, &mut behind).await;
}

fn server_config(server: &Certified, asks: Option<&Authority>) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match asks {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots
                .add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap())
                .unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(server.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(server.key.as_bytes()).unwrap();
    let key = ring::sign::any_supported_type(&key).unwrap();
    // Unlike `with_single_cert`, this also serves a certificate that cannot be parsed.
    builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key))))
}
