//! Faults without host names and texts of replies. Their kind, statuses and times stay.

use super::{Redactor, redacted};
use crate::model::{RequestError, ServerAccessFault, Text, TlsFault};

fn detail(detail: Option<Text>) -> Option<Text> {
    detail.map(|_| redacted())
}

impl Redactor {
    pub(super) fn fault(&mut self, fault: RequestError) -> RequestError {
        use RequestError as E;
        match fault {
            E::Resolve(host) => E::Resolve(self.names.origin(&host)),
            E::Connect(_) => E::Connect(redacted()),
            E::Tls(fault) => E::Tls(Box::new(self.tls_fault(*fault))),
            E::Cut(_) => E::Cut(redacted()),
            E::NotAllowed {
                status,
                detail: text,
                with_credentials,
            } => E::NotAllowed {
                status,
                detail: detail(text),
                with_credentials,
            },
            E::TokenRejected(_) => E::TokenRejected(redacted()),
            E::Redirected(_) => E::Redirected(redacted()),
            E::Status { status, detail: text } => E::Status {
                status,
                detail: detail(text),
            },
            E::Encoded(_) => E::Encoded(redacted()),
            E::NoSession(_) => E::NoSession(redacted()),
            E::NotJson(_) => E::NotJson(redacted()),
            E::Malformed(_) => E::Malformed(redacted()),
            // Without texts.
            E::Refused
            | E::TimedOut(_)
            | E::TooLarge { limit: _ }
            | E::TooManyRows { limit: _ }
            | E::TooMuchMemory { limit: _ }
            | E::MayOnlyRead
            | E::LoginEnded
            | E::NotFound
            | E::Unclear404
            | E::CheckExpired
            | E::Unsent
            | E::MixedProcesses
            | E::Abandoned
            | E::ReadOnly => fault,
        }
    }

    fn tls_fault(&mut self, fault: TlsFault) -> TlsFault {
        use TlsFault as E;
        let mut host = |host: Text| self.names.origin(&host);
        match fault {
            E::UnknownAuthority(text) => E::UnknownAuthority(host(text)),
            E::Expired { host: text, at } => E::Expired { host: host(text), at },
            E::NotYetValid { host: text, at } => E::NotYetValid { host: host(text), at },
            E::OtherName { host: text, names: _ } => E::OtherName {
                host: host(text),
                names: redacted(),
            },
            E::NoNames(text) => E::NoNames(host(text)),
            E::OldX509(text) => E::OldX509(host(text)),
            E::WeakSignature(text) => E::WeakSignature(host(text)),
            E::OtherPurpose(text) => E::OtherPurpose(host(text)),
            E::Revoked(text) => E::Revoked(host(text)),
            E::IsAuthority(text) => E::IsAuthority(host(text)),
            E::Invalid(text) => E::Invalid(host(text)),
            E::NoCertificate(text) => E::NoCertificate(host(text)),
            E::OldTls(text) => E::OldTls(host(text)),
            E::NothingInCommon(text) => E::NothingInCommon(host(text)),
            E::ClientCertificateWanted(text) => E::ClientCertificateWanted(host(text)),
            E::ClientCertificateRefused { host: text, why: _ } => E::ClientCertificateRefused {
                host: host(text),
                why: redacted(),
            },
            E::NotTls(text) => E::NotTls(host(text)),
            E::Alert { host: text, why: _ } => E::Alert {
                host: host(text),
                why: redacted(),
            },
            E::Other(text) => E::Other(host(text)),
        }
    }

    pub(super) fn server_fault(&mut self, fault: &ServerAccessFault) -> ServerAccessFault {
        use ServerAccessFault as E;
        match fault {
            E::WrongPassword(_) => E::WrongPassword(redacted()),
            E::NoPrivilege(_) => E::NoPrivilege(redacted()),
            E::TooManyConnections(_) => E::TooManyConnections(redacted()),
            E::ServerDown(_) => E::ServerDown(redacted()),
            E::Statement { errno, message: _ } => E::Statement {
                errno: *errno,
                message: redacted(),
            },
            E::InvalidReply(_) => E::InvalidReply(redacted()),
            E::Status { status, detail: text } => E::Status {
                status: *status,
                detail: detail(text.clone()),
            },
            E::Request(fault) => E::Request(self.fault(fault.clone())),
            E::NotSupported
            | E::NotInDraft
            | E::NotMariaDb
            | E::NotAllowed
            | E::Busy
            | E::Lost
            | E::Cut
            | E::Ended
            | E::Exiting => fault.clone(),
        }
    }
}
