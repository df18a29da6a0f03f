//! TLS: which certificates are trusted, why others are not, and the client's own certificate.

use std::net::{SocketAddr, TcpListener, TcpStream};

use maxtop::client::{Client, ClientSpec, Credentials, TlsSpec};
use maxtop::model::{EndpointId, RequestError, TlsFault};

use crate::server::{Server, hold, ids, jsonapi_list, list, reply, send};
use crate::tls_front::{Authority, Certified, Times, TlsFront, self_signed};

fn endpoint() -> Server {
    Server::saying(reply(200, &jsonapi_list(&[7])))
}

fn trusting(front: &TlsFront, host: &str, ca: &str) -> ClientSpec {
    ClientSpec {
        tls: TlsSpec {
            ca_pem: Some(ca.into()),
            ..TlsSpec::default()
        },
        ..ClientSpec::new(EndpointId(0), front.url(host).parse().unwrap())
    }
}

async fn ask(spec: ClientSpec) -> Result<Vec<u64>, RequestError> {
    list(&Client::new(spec).unwrap()).await.map(|list| ids(&list))
}

/// The fault and its displayed text.
async fn refused(spec: ClientSpec) -> (TlsFault, String, &'static str) {
    let fault = ask(spec).await.unwrap_err();
    let words = (fault.to_string(), fault.remedy().unwrap().0);
    assert!(fault.is_unreachable());
    let RequestError::Tls(fault) = fault else {
        panic!("{fault:?}");
    };
    (*fault, words.0, words.1)
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_for_its_names() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&["localhost", "127.0.0.1"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(ask(trusting(&front, host, &authority.pem)).await, Ok(vec![7]));
    }
}

#[tokio::test]
async fn the_end_of_a_trusted_certificate_is_told() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&["localhost"], Times::Until2096);
    let front = TlsFront::start(server.address, &certificate, None);
    let client = Client::new(trusting(&front, "localhost", &authority.pem)).unwrap();
    assert_eq!(client.certificate_end(), None, "not seen yet");
    assert_eq!(ids(&list(&client).await.unwrap()), [7]);
    let end = client.certificate_end().unwrap().to_string();
    assert!(end.starts_with("2096-02-29"), "{end}");
}

#[tokio::test]
async fn a_certificate_of_somebody_else() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&["db-proxy-1", "db-proxy-1.example.com"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    let (fault, words, remedy) = refused(trusting(&front, "localhost", &authority.pem)).await;
    assert!(matches!(fault, TlsFault::OtherName { .. }), "{fault:?}");
    let expected = "certificate of localhost is issued for db-proxy-1, db-proxy-1.example.com";
    assert_eq!(words, expected);
    assert_eq!(remedy, "use one of these names in the address, or --insecure");
    assert!(server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn one_whose_time_is_over_or_has_not_begun() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    for (times, expected, what) in [
        (
            Times::Expired,
            "certificate of localhost expired on 2020-12-31",
            "renew it on the server",
        ),
        (
            Times::NotYet,
            "certificate of localhost is not valid yet, not before 2090-01-01",
            "check the clocks of both machines",
        ),
    ] {
        let certificate = authority.server(&["localhost"], times);
        let front = TlsFront::start(server.address, &certificate, None);
        let (_, words, remedy) = refused(trusting(&front, "localhost", &authority.pem)).await;
        assert_eq!((words.as_str(), remedy), (expected, what));
    }
    assert!(server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn an_unknown_authority() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&["localhost"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    let by_another = trusting(&front, "localhost", &Authority::new("another CA").pem);
    let by_machine = ClientSpec {
        tls: TlsSpec::default(),
        ..by_another.clone()
    };
    for spec in [by_another, by_machine] {
        let (fault, words, remedy) = refused(spec).await;
        assert!(matches!(fault, TlsFault::UnknownAuthority(_)), "{fault:?}");
        assert_eq!(
            words,
            "certificate of localhost is signed by an unknown authority"
        );
        assert_eq!(remedy, "give its CA with --ca-file");
    }
    assert!(server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_server_that_has_signed_for_itself_is_trusted_where_its_certificate_is_given() {
    let server = endpoint();
    let certificate = self_signed(&["localhost"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    assert_eq!(
        ask(trusting(&front, "localhost", &certificate.certificate)).await,
        Ok(vec![7])
    );
    let (fault, ..) = refused(trusting(&front, "127.0.0.1", &certificate.certificate)).await;
    assert!(
        matches!(fault, TlsFault::OtherName { .. }),
        "its name counts: {fault:?}"
    );
    let same_name = self_signed(&["localhost"], Times::Now);
    let (fault, words, remedy) = refused(trusting(&front, "localhost", &same_name.certificate)).await;
    assert!(matches!(fault, TlsFault::IsAuthority(_)), "{fault:?}");
    let expected = "certificate of localhost is self-signed, or made as an authority's (CA:TRUE)";
    assert_eq!(words, expected);
    assert!(
        remedy.starts_with("give this certificate with --ca-file"),
        "{remedy}"
    );
    let over = self_signed(&["localhost"], Times::Expired);
    let front = TlsFront::start(server.address, &over, None);
    let (fault, ..) = refused(trusting(&front, "localhost", &over.certificate)).await;
    assert!(
        matches!(fault, TlsFault::Expired { .. }),
        "its time counts: {fault:?}"
    );
}

#[tokio::test]
async fn a_certificate_signed_by_an_authority_is_trusted_where_it_is_given_itself() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&["localhost"], Times::Until2096);
    let front = TlsFront::start(server.address, &certificate, None);
    let client = Client::new(trusting(&front, "localhost", &certificate.certificate)).unwrap();
    assert_eq!(ids(&list(&client).await.unwrap()), [7]);
    let end = client.certificate_end().unwrap().to_string();
    assert!(end.starts_with("2096-02-29"), "{end}");
    let (fault, ..) = refused(trusting(&front, "127.0.0.1", &certificate.certificate)).await;
    assert!(matches!(fault, TlsFault::OtherName { .. }), "{fault:?}");
    let sibling = authority.server(&["localhost"], Times::Now);
    let (fault, ..) = refused(trusting(&front, "localhost", &sibling.certificate)).await;
    assert!(matches!(fault, TlsFault::UnknownAuthority(_)), "{fault:?}");
    let over = authority.server(&["localhost"], Times::Expired);
    let front = TlsFront::start(server.address, &over, None);
    let (fault, ..) = refused(trusting(&front, "localhost", &over.certificate)).await;
    assert!(matches!(fault, TlsFault::Expired { .. }), "{fault:?}");
}

const X509_V1: &str = include_str!("../fixtures/tls/x509-v1.pem");
const SHA1_CA: &str = include_str!("../fixtures/tls/sha1-ca.pem");
const SHA1: &str = include_str!("../fixtures/tls/sha1.pem");

#[tokio::test]
async fn a_certificate_of_x509_version_1_is_named() {
    let server = endpoint();
    let front = TlsFront::start(server.address, &Certified::from_pem(X509_V1), None);
    for ca in [X509_V1, &Authority::new("our CA").pem] {
        let (fault, words, remedy) = refused(trusting(&front, "localhost", ca)).await;
        assert!(matches!(fault, TlsFault::OldX509(_)), "{fault:?}");
        let expected = "certificate of localhost is not of X.509 version 3, the only one supported";
        assert_eq!(words, expected);
        assert!(
            remedy.contains("subjectAltName") && remedy.contains("--insecure"),
            "{remedy}"
        );
    }
    assert!(server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_certificate_without_a_subject_alt_name_is_named() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&[], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    for ca in [&authority.pem, &certificate.certificate] {
        let (fault, words, remedy) = refused(trusting(&front, "localhost", ca)).await;
        assert!(matches!(fault, TlsFault::NoNames(_)), "{fault:?}");
        assert!(
            words.starts_with("certificate of localhost has no subjectAltName"),
            "{words}"
        );
        assert_eq!(
            remedy,
            "make a new certificate with a subjectAltName, or use --insecure"
        );
    }
}

#[tokio::test]
async fn a_weak_signature_is_named_and_trusted_where_the_certificate_is_given_itself() {
    let server = endpoint();
    let ours = Certified::from_pem(SHA1);
    let front = TlsFront::start(server.address, &ours, None);
    assert_eq!(ask(trusting(&front, "localhost", SHA1)).await, Ok(vec![7]));
    let (fault, words, remedy) = refused(trusting(&front, "localhost", SHA1_CA)).await;
    assert!(matches!(fault, TlsFault::WeakSignature(_)), "{fault:?}");
    assert!(words.contains("a weak signature or a wrong signature"), "{words}");
    assert!(
        remedy.contains("SHA-256") && remedy.contains("--insecure"),
        "{remedy}"
    );
}

#[tokio::test]
async fn a_certificate_for_clients_is_none_for_a_server() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let front = TlsFront::start(server.address, &authority.client(), None);
    let (fault, words, _) = refused(trusting(&front, "localhost", &authority.pem)).await;
    assert!(matches!(fault, TlsFault::OtherPurpose(_)), "{fault:?}");
    assert_eq!(
        words,
        "certificate of localhost is not for servers (extendedKeyUsage)"
    );
}

/// A server that answers each connection with these bytes.
fn says(bytes: &'static [u8]) -> String {
    let address = on_contact(move |stream| {
        std::io::Write::write_all(stream, bytes).unwrap();
        // The rest of the greeting is read, so that closing does not reset the connection.
        let _ = std::io::Read::read(stream, &mut [0; 4096]);
    });
    format!("https://localhost:{}", address.port())
}

#[tokio::test]
async fn a_server_with_old_versions_of_tls_only_names_the_setting() {
    // The alert protocol_version.
    const ALERT: &[u8] = b"\x15\x03\x02\x00\x02\x02\x46";
    // A ServerHello of TLS 1.1.
    const HELLO: &[u8] = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
        0123456789abcdef0123456789abcdef\x00\x00\x2f\x00";
    for bytes in [ALERT, HELLO] {
        for insecure in [false, true] {
            let mut spec = ClientSpec::new(EndpointId(0), says(bytes).parse().unwrap());
            spec.tls.insecure = insecure;
            let (fault, words, remedy) = refused(spec).await;
            assert!(matches!(fault, TlsFault::OldTls(_)), "{fault:?}");
            assert_eq!(words, "localhost offers neither TLS 1.2 nor TLS 1.3");
            assert_eq!(remedy, "set admin_ssl_version=TLSv12 or TLSv13 in MaxScale");
        }
    }
}

#[tokio::test]
async fn an_alert_is_shown_by_its_meaning() {
    for (bytes, expected) in [
        (
            b"\x15\x03\x03\x00\x02\x02\x28",
            "localhost and maxtop have no TLS cipher in common",
        ),
        (
            b"\x15\x03\x03\x00\x02\x02\x50",
            "localhost ended the TLS handshake: internal error of the server",
        ),
        (
            b"\x15\x03\x03\x00\x02\x02\x70",
            "localhost ended the TLS handshake: host name unknown to the server",
        ),
        (
            b"\x15\x03\x03\x00\x02\x02\xfe",
            "localhost ended the TLS handshake: an alert without a known meaning",
        ),
    ] {
        let (_, words, _) = refused(ClientSpec::new(EndpointId(0), says(bytes).parse().unwrap())).await;
        assert_eq!(words, expected);
    }
}

#[tokio::test]
async fn insecure_accepts_any_certificate_and_stays_in_sight() {
    let server = endpoint();
    for certificate in [
        Certified::from_pem(X509_V1),
        Certified::from_pem(SHA1),
        Authority::new("our CA").server(&[], Times::Now),
        Authority::new("our CA").client(),
        self_signed(&["elsewhere"], Times::Expired),
        Authority::new("unknown").server(&["elsewhere"], Times::NotYet),
    ] {
        let front = TlsFront::start(server.address, &certificate, None);
        let mut spec = trusting(&front, "localhost", "no matter");
        spec.tls.insecure = true;
        let client = Client::new(spec).unwrap();
        assert_eq!(ids(&list(&client).await.unwrap()), [7]);
        assert_eq!(client.warnings(), ["insecure TLS"]);
    }
    let plain = ClientSpec {
        tls: TlsSpec {
            insecure: true,
            ..TlsSpec::default()
        },
        ..endpoint().spec()
    };
    assert!(Client::new(plain).unwrap().warnings().is_empty(), "no TLS at all");
}

fn with_certificate(spec: ClientSpec, certificate: &Certified) -> ClientSpec {
    ClientSpec {
        tls: TlsSpec {
            identity_pem: Some(certificate.both().into()),
            ..spec.tls
        },
        ..spec
    }
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_gets_the_right_one_or_says_no() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = authority.server(&["localhost"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, Some(&authority));
    let spec = || trusting(&front, "localhost", &authority.pem);
    // The alert may be lost when the server closes at once, so it is tried more than once.
    for _ in 0..20 {
        let (fault, words, remedy) = refused(spec()).await;
        assert!(matches!(fault, TlsFault::ClientCertificateWanted(_)), "{fault:?}");
        assert_eq!(words, "localhost requires a client certificate");
        assert_eq!(remedy, "give --client-cert and --client-key");
        let stranger = Authority::new("another CA").client();
        let (fault, words, _) = refused(with_certificate(spec(), &stranger)).await;
        assert!(
            matches!(fault, TlsFault::ClientCertificateRefused { .. }),
            "{fault:?}"
        );
        assert!(words.starts_with("localhost does not accept the client certificate: "));
    }
    assert!(server.requests().is_empty(), "nobody came through");
    let known = with_certificate(spec(), &authority.client());
    assert_eq!(ask(known).await, Ok(vec![7]));
}

/// Does this with each connection, once some bytes have arrived.
fn on_contact(act: impl Fn(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.peek(&mut [0]).unwrap();
            act(&mut stream);
        }
    });
    address
}

#[tokio::test]
async fn a_server_without_tls() {
    let plain = maxtop::demo::serve(maxtop::demo::ServeSpec::new(3, 7))
        .await
        .unwrap();
    let answers = on_contact(|stream| send(stream, &reply(400, "")));
    let closes = on_contact(|_| {});
    for address in [plain.addr, answers, closes] {
        let url = format!("https://localhost:{}", address.port());
        let mut spec = ClientSpec::new(EndpointId(0), url.parse().unwrap());
        spec.tls.insecure = true;
        let (fault, words, remedy) = refused(spec).await;
        assert!(matches!(fault, TlsFault::NotTls(_)), "{fault:?}");
        assert_eq!(words, "localhost does not answer in TLS");
        assert_eq!(remedy, "if it is plain HTTP, use http://");
    }
}

#[tokio::test]
async fn a_server_that_hangs_in_the_handshake_ends_at_the_deadline() {
    let server = Server::start(|_, stream| hold(stream));
    let url = format!("https://localhost:{}", server.address.port());
    let spec = ClientSpec {
        timeout: std::time::Duration::from_millis(150),
        ..ClientSpec::new(EndpointId(0), url.parse().unwrap())
    };
    assert!(matches!(ask(spec).await, Err(RequestError::TimedOut(_))));
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let (ours, other) = (Authority::new("our CA"), Authority::new("another CA"));
    let (client, stranger) = (ours.client(), other.client());
    let mixed = format!("{}{}", client.certificate, stranger.key);
    let encrypted = |key: &str| Some(format!("{}{key}", client.certificate));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    let spec = |ca: Option<&str>, identity: Option<String>| ClientSpec {
        tls: TlsSpec {
            ca_pem: ca.map(|pem| pem.as_bytes().to_vec()),
            identity_pem: identity.map(Into::into),
            insecure: false,
        },
        ..ClientSpec::new(EndpointId(0), "https://db1".parse().unwrap())
    };
    for (spec, words) in [
        (spec(Some(""), None), "--ca-file: no certificate in it"),
        (spec(Some(&client.key), None), "--ca-file: no certificate in it"),
        (spec(Some(&broken), None), "--ca-file: "),
        (
            spec(None, Some(String::new())),
            "--client-key: no certificate in it",
        ),
        (
            spec(None, Some(client.certificate.clone())),
            "no private key in it",
        ),
        (
            spec(
                None,
                encrypted(include_str!("../fixtures/tls/encrypted-pkcs1.key")),
            ),
            "--client-key: a key with a passphrase is not supported",
        ),
        (
            spec(
                None,
                encrypted(include_str!("../fixtures/tls/encrypted-sec1.key")),
            ),
            "a key with a passphrase is not supported",
        ),
        (
            spec(
                None,
                encrypted(include_str!("../fixtures/tls/encrypted-pkcs8.key")),
            ),
            "a key with a passphrase is not supported",
        ),
        (
            spec(
                Some("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"),
                None,
            ),
            "--ca-file: not in PEM form: the text between BEGIN and END is not base64",
        ),
        (
            spec(None, Some(mixed)),
            "the key does not belong to the certificate",
        ),
    ] {
        let error = Client::new(spec).unwrap_err().to_string();
        assert!(error.starts_with("https://db1:8989: no usable --"), "{error}");
        assert!(error.contains(words), "{error}");
        assert!(!error.contains("PRIVATE KEY"), "{error}");
    }
}

#[tokio::test]
async fn a_password_does_not_leave_before_the_server_is_known() {
    let (server, authority) = (endpoint(), Authority::new("our CA"));
    let certificate = Authority::new("another CA").server(&["localhost"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    let spec = ClientSpec {
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        ..trusting(&front, "localhost", &authority.pem)
    };
    refused(spec).await;
    assert!(server.heads().is_empty());
}
