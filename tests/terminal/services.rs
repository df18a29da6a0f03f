//! Connections of the services in percent: requested while the overview or details are open, and shown.

use maxtop::demo::ProxyOverrides;

use crate::endpoint::Endpoint;
use crate::screen::{ids, lines};

/// Returns the requests for services so far.
fn service_requests(endpoint: &Endpoint) -> usize {
    let log = endpoint.running().log().into_iter();
    log.filter(|line| line.target.starts_with("/v1/services")).count()
}

#[test]
fn a_service_that_is_nearly_full_is_in_the_overview_and_in_the_details() {
    let endpoint = Endpoint::with(50, |spec| {
        spec.speed = 0.0;
        spec.settings = ["RW-Split", "Read-Only", "Reporting"]
            .iter()
            .fold(ProxyOverrides::default(), |settings, service| {
                settings.service(service, "max_connections", 40)
            });
    });
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("a full table", |screen| ids(screen).len() == 19);
    pty.keys("o");
    pty.wait("services in the overview", |screen| {
        let text = lines(screen);
        let head = text.iter().position(|line| line.starts_with(" SERVICES"));
        head.and_then(|head| text.get(head + 1))
            .is_some_and(|first| first.contains(" of 40") || first.contains("/40 FULL"))
    });
    pty.keys("\u{1b}");
    pty.wait("the table", |screen| ids(screen).len() == 19);
    pty.keys("\r");
    pty.wait("the service in the details", |screen| {
        lines(screen)
            .iter()
            .any(|line| line.contains(" of 40 connections"))
    });
    assert_eq!(
        service_requests(&endpoint),
        1,
        "what is known is not requested again"
    );
    pty.keys("q");
    pty.ends_with(0);
}
