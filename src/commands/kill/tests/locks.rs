//! Reading the locks of servers right before a DELETE.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::{Client, ClientSpec, Credentials};
use crate::demo::{ServeSpec, ServedDialects, SimServer, serve};
use crate::model::{Dialect, EndpointId, Text, TextLimit};
use crate::poller::{read_locks, read_servers};

async fn endpoint(change: impl FnOnce(&mut ServeSpec)) -> (SimServer, Client) {
    let mut spec = ServeSpec::new(40, 7);
    spec.dialects = ServedDialects::JsonApi;
    spec.world.incidents = true;
    change(&mut spec);
    let demo = serve(spec).await.unwrap();
    let client = ClientSpec {
        dialect: Some(Dialect::JsonApi),
        server_access: Some(Credentials {
            user: "maxtop".to_owned(),
            password: "maxtop".into(),
        }),
        ..ClientSpec::new(EndpointId(0), demo.url().parse().unwrap())
    };
    (demo, Client::new(client).unwrap())
}

fn primary() -> Vec<Text> {
    vec![Text::clean("db-01", TextLimit::Name)]
}

fn count(demo: &SimServer, statement: &str) -> usize {
    let statement = format!("/* maxtop {statement} */");
    demo.sql_log()
        .iter()
        .filter(|sql| sql.contains(&statement))
        .count()
}

#[tokio::test]
async fn a_new_reading_waits_until_the_server_fills_its_tables_again() {
    let (_demo, client) = endpoint(|_| {}).await;
    let began = Instant::now();
    assert!(read_locks(&client, primary()).await.fault().is_none());
    assert_eq!(read_servers(&client).await.unwrap().len(), 3);
    let read = Instant::now();
    assert!(read_locks(&client, primary()).await.fault().is_none());
    assert!(
        read.elapsed() >= Duration::from_millis(100),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn kills_at_the_same_time_share_a_reading_that_has_begun_after_their_request() {
    let (demo, client) = endpoint(|_| {}).await;
    let before = count(&demo, "transactions");
    let mut reads = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        reads.spawn(async move { read_locks(&client, primary()).await });
    }
    let readings = reads.join_all().await;
    assert!(readings.iter().all(|reading| reading.fault().is_none()));
    assert!(count(&demo, "transactions") - before <= 2, "{:?}", demo.sql_log());
}

#[tokio::test]
async fn a_reading_that_takes_too_long_is_given_up() {
    let (_demo, client) = endpoint(|spec| spec.sql.delay = Duration::from_secs(2)).await;
    let began = Instant::now();
    let reading = read_locks(&client, primary()).await;
    let fault = reading.fault().unwrap();
    assert!(fault.starts_with("db-01: "), "{fault}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
