#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| maxtop::fuzzing::check("configuration", data));
