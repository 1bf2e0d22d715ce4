//! Hostile HTTP/1.1 peers: each comes to its name, and a good server beside it gets its load as if it were alone.

#[path = "../beside/mod.rs"]
mod beside;
mod endings;
mod framing;
mod heads;
#[path = "../server/mod.rs"]
mod server;
mod slow;
mod unasked;
