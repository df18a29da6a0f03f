//! Permissions of an account, as they are read from the endpoint.

use maxtop::client::{Client, ClientSpec, Credentials};
use maxtop::demo::{ServeSpec, ServedDialects, VersionProfile, serve};
use maxtop::model::{Dialect, EndpointId, Permissions, RequestError, Version};

use crate::server::{Server, jsonapi_list, list, reply};

const NEWEST: Option<Version> = Some(Version::FIRST_WITH_WHOAMI);
const OLDER: Option<Version> = Some(Version::FIRST_WITH_STRICT_IDS);

fn client(server: &Server, user: &str) -> Client {
    let spec = ClientSpec {
        dialect: Some(Dialect::JsonApi),
        credentials: Some(Credentials {
            user: user.to_owned(),
            password: "geheim".into(),
        }),
        ..server.spec()
    };
    Client::new(spec).unwrap()
}

async fn names(client: &Client, release: Option<Version>) -> Result<Option<String>, RequestError> {
    let account = client.account(release).await?;
    Ok(account
        .and_then(|account| account.permissions)
        .map(Permissions::names))
}

#[tokio::test]
async fn the_newest_release_is_asked_for_the_account_itself_and_older_ones_for_the_user() {
    let server = Server::answering(|line, _| match line {
        "GET /v1/whoami?pretty=false" => reply(
            200,
            r#"{"data":{"id":"ann","type":"whoami","attributes":{"account":"night","permissions":["view","edit"],"sub":"ann"}}}"#,
        ),
        "GET /v1/users/inet/a%2Fnn?pretty=false" => reply(
            200,
            r#"{"data":{"id":"a/nn","type":"inet","attributes":{"account":"basic"}}}"#,
        ),
        _ => reply(404, ""),
    });
    let client = client(&server, "a/nn");
    assert_eq!(names(&client, NEWEST).await, Ok(Some("view, edit".to_owned())));
    for release in [OLDER, None] {
        assert_eq!(names(&client, release).await, Ok(Some("view, sql".to_owned())));
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_account_that_may_not_read_itself_keeps_its_lists() {
    let server = Server::answering(|line, _| match line {
        _ if line.starts_with("GET /v1/sessions") => reply(200, &jsonapi_list(&[7])),
        _ => reply(403, r#"{"errors":[{"detail":"Permission denied"}]}"#),
    });
    let client = client(&server, "ann");
    list(&client).await.unwrap();
    assert!(names(&client, NEWEST).await.is_err());
    assert_eq!(
        server.requests()[1..],
        [
            "GET /v1/whoami?pretty=false",
            "GET /v1/users/inet/ann?pretty=false"
        ]
    );
    list(&client).await.unwrap();
}

#[tokio::test]
async fn an_account_without_credentials_is_not_requested() {
    let server = Server::saying(reply(200, ""));
    let client = Client::new(ClientSpec {
        dialect: Some(Dialect::JsonApi),
        ..server.spec()
    });
    assert_eq!(client.unwrap().account(NEWEST).await, Ok(None));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_embedded_endpoint_of_the_newest_release_reports_permissions() {
    let mut spec = ServeSpec::new(5, 7);
    spec.dialects = ServedDialects::JsonApi;
    spec.profile = VersionProfile::named("25.10").unwrap();
    spec.auth = Some(("admin".to_owned(), "geheim".into()));
    spec.viewer = Some(("viewer".to_owned(), "geheim".into()));
    let demo = serve(spec).await.unwrap();
    for (user, expected) in [("admin", "view, edit, sql"), ("viewer", "view, sql")] {
        let client = Client::new(ClientSpec {
            credentials: Some(Credentials {
                user: user.to_owned(),
                password: "geheim".into(),
            }),
            ..ClientSpec::new(EndpointId(0), demo.url().parse().unwrap())
        });
        let client = client.unwrap();
        let release = client.instance().await.unwrap().unwrap().release();
        assert_eq!(release, NEWEST);
        assert_eq!(names(&client, release).await, Ok(Some(expected.to_owned())));
    }
    assert!(
        demo.log()
            .iter()
            .all(|asked| !format!("{asked:?}").contains("/users/"))
    );
}
