//! Compares polls of full and sparse lists, over HTTP on loopback against the embedded endpoint: request,
//! reply, decoding. Prints the sizes of the replies first.
//!
//! Does not include MaxScale's time to build a list. There a sparse list takes longer than a full one.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic and print"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use maxtop::client::{Client, ClientSpec, ListForm, ListRequest};
use maxtop::demo::{ServeSpec, ServedDialects, serve};
use maxtop::model::EndpointId;
use tokio::runtime::Runtime;

const SESSIONS: usize = 1_000;

fn polls(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut spec = ServeSpec::new(SESSIONS, 1);
    spec.dialects = ServedDialects::JsonApi;
    spec.world.churn = Some(0.0);
    spec.speed = 0.0;
    let running = runtime.block_on(serve(spec)).unwrap();
    let url = running.url().parse().unwrap();
    let client = Client::new(ClientSpec::new(EndpointId(0), url)).unwrap();
    let mut group = c.benchmark_group("poll 1,000 sessions");
    group.sample_size(30);
    for form in [ListForm::Whole, ListForm::Sparse] {
        let request = ListRequest {
            fields: form.fields(),
            range: None,
        };
        let list = runtime.block_on(client.sessions(&request)).unwrap();
        println!("{}: {} bytes", form.name(), list.bytes);
        group.bench_function(form.name(), |b| {
            b.iter(|| {
                runtime
                    .block_on(client.sessions(&request))
                    .unwrap()
                    .rows
                    .sessions
                    .len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, polls);
criterion_main!(benches);
