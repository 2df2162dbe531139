//! Clusters that are missing, dead, silent or lying: a clear message, the right exit code, no output.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(home: &Path, arguments: &[&str]) -> io::Result<Ran> {
    let output = Command::new(env!("CARGO_BIN_EXE_podmortem"))
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .env("KUBECONFIG", home.join("kubeconfig"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) })
}

/// Runs the program with a kubeconfig of that text.
fn with_kubeconfig(kubeconfig: &str, arguments: &[&str]) -> io::Result<Ran> {
    let home = tempfile::tempdir()?;
    std::fs::write(home.path().join("kubeconfig"), kubeconfig)?;
    run(home.path(), arguments)
}

fn kubeconfig(server: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: odd\nclusters: [{{name: odd, cluster: {{server: \"{server}\"}}}}]\n\
         users: [{{name: me, user: {{token: x}}}}]\ncontexts: [{{name: odd, context: {{cluster: odd, user: me}}}}]\n"
    )
}

/// A server that says the same to everybody; one that says nothing keeps connections open.
fn server(answer: &'static str) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        let mut open = Vec::new();
        for mut connection in listener.incoming().flatten() {
            if answer.is_empty() {
                open.push(connection);
                continue;
            }
            thread::spawn(move || {
                let mut request = [0; 8192];
                let _ = connection.read(&mut request);
                let _ = connection.write_all(answer.as_bytes());
            });
        }
    });
    Ok(address)
}

#[test]
fn a_kubeconfig_that_is_not_there_is_named() {
    let home = tempfile::tempdir().unwrap();
    for command in ["pods", "nodes", "clusters", "identities"] {
        let ran = run(home.path(), &[command]).unwrap();
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{command}");
        assert!(ran.err.contains("kubeconfig") && ran.err.contains("--kubeconfig"), "{}", ran.err);
    }
    let doctor = run(home.path(), &["doctor"]).unwrap();
    assert_eq!(doctor.code, Some(1));
    assert!(doctor.out.contains("to mend it:"), "{}", doctor.out);
}

#[test]
fn a_malformed_kubeconfig_is_named() {
    for text in ["{", "clusters: 7", "- a\n- b\n", "\0\0\0"] {
        let ran = with_kubeconfig(text, &["pods"]).unwrap();
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{text:?}");
        assert!(ran.err.starts_with("podmortem: "), "{text:?}: {}", ran.err);
    }
}

#[test]
fn an_unknown_context_is_wrong_usage_and_the_known_ones_are_told() {
    let ran = with_kubeconfig(&kubeconfig("https://127.0.0.1:1"), &["--context", "other", "pods"]).unwrap();
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("other") && ran.err.contains("odd"), "{}", ran.err);
}

#[test]
fn a_server_that_refuses_silences_or_lies_is_told_by_name() {
    let lies = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20\r\nconnection: close\r\n\r\n<html>welcome</html>";
    let broken = "HTTP/1.1 500 Oops\r\ncontent-length: 6\r\nconnection: close\r\n\r\nbroken";
    let servers = [
        "https://127.0.0.1:1".to_owned(),
        format!("http://{}", server("").unwrap()),
        format!("http://{}", server(lies).unwrap()),
        format!("http://{}", server(broken).unwrap()),
        format!("http://{}", server("\x1b]0;owned\x07 SSH-2.0-what\r\n").unwrap()),
    ];
    for server in servers {
        for command in
            [["pods", "--timeout", "3"].as_slice(), &["clusters", "--timeout", "3"], &["doctor", "--timeout", "3"]]
        {
            let ran = with_kubeconfig(&kubeconfig(&server), command).unwrap();
            assert_eq!(ran.code, Some(1), "{server} {command:?}: {}{}", ran.out, ran.err);
            assert!(!format!("{}{}", ran.out, ran.err).contains('\u{1b}'), "{server} {command:?}");
            if command == ["pods", "--timeout", "3"] {
                assert!(ran.err.contains("podmortem: odd: "), "{server}: {}", ran.err);
                assert_eq!(ran.out, "", "{server}");
            }
        }
    }
}

#[test]
fn the_prompt_outlives_a_dead_cluster() {
    let ran = with_kubeconfig(&kubeconfig("https://127.0.0.1:1"), &["--plain"]).unwrap();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("odd, nothing known yet"), "{}", ran.out);
}
