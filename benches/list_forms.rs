//! A poll with the whole list and with sparse fields, both over HTTP on loopback against the embedded endpoint:
//! request, reply, decoding. The sizes of the replies are printed first.
//!
//! What a real proxy spends on building them is not in it: there sparse fields take longer than the whole list.
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
