//! Checks JSON documents against the schemas in `assets/schema`.

use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::Value;

/// Asserts that a document matches a schema.
pub(crate) fn assert_matches(schema: &str, document: &Value) {
    assert_eq!(fault(schema, document), None, "{schema}: {document:#}");
}

/// Returns why a document does not match a schema.
pub(crate) fn fault(schema: &str, document: &Value) -> Option<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/schema");
    let place = |file: &str| format!("http://localhost/{file}");
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.enable_format_assertions();
    // A schema can refer to parts of another one.
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let definition: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let file = path.file_name().unwrap().to_str().unwrap();
        compiler.add_resource(&place(file), definition).unwrap();
    }
    let index = compiler
        .compile(&place(&format!("{schema}.json")), &mut schemas)
        .unwrap();
    schemas
        .validate(document, index)
        .err()
        .map(|error| error.to_string())
}
