//! What ordinary containers say.

use jiff::Timestamp;

use super::super::random::Random;

/// What a container says that cannot start.
pub(super) const CRASH: &[&str] = &[
    "{name} starting",
    "loading model /models/current",
    "fatal: checksum of /models/current/weights.bin does not match its manifest (strict mode)",
    "exit status 1",
];

/// What a task says that succeeds.
pub(super) const TASK: &[&str] =
    &["{name}: begin", "{name}: 1284 records read", "{name}: 1284 records written", "{name}: done"];

const PATHS: &[&str] =
    &["/", "/healthz", "/api/v2/cart", "/api/v2/items?page=2", "/static/app.css", "/login", "/metrics"];

/// An ordinary line.
pub(super) fn line(random: &mut Random, name: &str, at: Timestamp) -> String {
    let path = random.pick(PATHS).copied().unwrap_or("/");
    let (client, took) = (random.below(250), 1 + random.below(90));
    let code = if random.below(40) == 0 { 503 } else { 200 };
    match name {
        "sidecar" => format!(
            "[{}] \"GET {path} HTTP/1.1\" {code} - via_upstream - 0 {} {took}",
            at.strftime("%H:%M:%S"),
            200 + random.below(9000)
        ),
        _ if random.below(12) == 0 => {
            format!("level=info component={name} msg=\"pool refreshed\" connections={}", 4 + random.below(12))
        }
        _ => format!(
            "level=info component={name} method=GET path={path} status={code} duration={took}ms client=10.42.96.{client}"
        ),
    }
}
