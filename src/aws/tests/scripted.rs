//! A server that answers what it was told to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::aws::{Account, Place};
use crate::model::ReadOnly;

/// What a request holds, and what is answered: status, headers, body.
pub type Line = (&'static str, u16, &'static str, String);

/// A server and the requests that it saw.
pub struct Scripted {
    /// Where it listens.
    pub place: Place,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Answers each request by the first line whose text it holds, and with 500 where there is none.
    pub async fn new(lines: Vec<Line>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (lines, log) = (Arc::new(lines), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&lines), Arc::clone(&log)));
            }
        });
        let place = Place { region: Some("eu-west-1".into()), embedded: Some(endpoint), ..Place::default() };
        Self { place, seen }
    }

    /// The account behind it, looked at by somebody who may change nothing.
    pub async fn account(&self) -> Account {
        Account::at(&self.place, ReadOnly::closed()).await.unwrap()
    }

    /// How many requests held a text.
    pub fn saw(&self, text: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|request| request.contains(text)).count()
    }
}

async fn serve(mut stream: TcpStream, lines: Arc<Vec<Line>>, log: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let Ok(read @ 1..) = stream.read(&mut piece).await else { return };
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|length| length.parse::<usize>().ok())
        });
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        let found = lines.iter().find(|line| text.contains(line.0));
        let (status, headers, answer) = found.map_or((500, "", ""), |line| (line.1, line.2, line.3.as_str()));
        log.lock().unwrap().push(text);
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{answer}",
            answer.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        return;
    }
}
