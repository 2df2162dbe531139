//! A proxy of two kinds, small and real: bytes go through it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine as _;

/// What it speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP, with CONNECT for TLS and whole URLs without it.
    Connect,
    /// SOCKS, version 5.
    Socks,
}

type Login = Option<(&'static str, &'static str)>;

pub struct Tunnel {
    address: SocketAddr,
    opened: Arc<AtomicUsize>,
}

impl Tunnel {
    /// Listens on a port of this machine, until the test ends.
    pub fn open(kind: Kind, login: Login) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                thread::spawn(move || match kind {
                    Kind::Connect => connect(client, login, &count),
                    Kind::Socks => socks(client, login, &count),
                });
            }
        });
        Self { address, opened }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it has made for others.
    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

fn connect(client: TcpStream, login: Login, count: &AtomicUsize) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let mut client = client;
    if let Some((user, password)) = login {
        let wanted = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        if !head.contains(&format!("Basic {wanted}")) {
            return client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        }
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method == "CONNECT" {
        let server = TcpStream::connect(target)?;
        count.fetch_add(1, Ordering::SeqCst);
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        return both_ways(client, server, &[]);
    }
    let host = target.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let mut server = TcpStream::connect(host)?;
    count.fetch_add(1, Ordering::SeqCst);
    server.write_all(head.replacen(&format!("http://{host}"), "", 1).as_bytes())?;
    both_ways(client, server, reader.buffer())
}

fn socks(mut client: TcpStream, login: Login, count: &AtomicUsize) -> io::Result<()> {
    let read = |length: usize| -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        (&client).read_exact(&mut bytes)?;
        Ok(bytes)
    };
    let methods = read(2)?;
    let offered = read(usize::from(methods[1]))?;
    let method = if login.is_some() { 2 } else { 0 };
    if !offered.contains(&method) {
        return (&client).write_all(&[5, 0xff]);
    }
    (&client).write_all(&[5, method])?;
    if let Some((user, password)) = login {
        let length = usize::from(read(2)?[1]);
        let name = read(length)?;
        let length = usize::from(read(1)?[0]);
        let given = read(length)?;
        let right = name == user.as_bytes() && given == password.as_bytes();
        (&client).write_all(&[1, u8::from(!right)])?;
        if !right {
            return Ok(());
        }
    }
    let request = read(4)?;
    let host = match request[3] {
        1 => {
            let bytes: [u8; 4] = read(4)?.try_into().unwrap();
            std::net::Ipv4Addr::from(bytes).to_string()
        }
        3 => {
            let length = usize::from(read(1)?[0]);
            String::from_utf8_lossy(&read(length)?).into_owned()
        }
        _ => return Ok(()),
    };
    let port = u16::from_be_bytes(read(2)?.try_into().unwrap());
    let server = TcpStream::connect((host.as_str(), port))?;
    count.fetch_add(1, Ordering::SeqCst);
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    both_ways(client, server, &[])
}

fn both_ways(client: TcpStream, mut server: TcpStream, first: &[u8]) -> io::Result<()> {
    server.write_all(first)?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || io::copy(&mut from, &mut to));
    let mut client = client;
    io::copy(&mut server, &mut client)?;
    Ok(())
}
