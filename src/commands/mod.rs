//! One file for each one-shot command; the only room that may use all others.
