//! A client of HTTP/1.1 for pages on loopback: as little of the machine as can be, and the same for all servers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

/// Connections that may be open at once while requests come at a steady rate.
const OPEN: u32 = 64;

/// A page: where, and the whole request for it.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) server: SocketAddr,
    request: Arc<[u8]>,
}

impl Page {
    /// As a browser asks for it that is signed in by this cookie.
    pub(crate) fn new(server: SocketAddr, path: &str, cookie: &str) -> Self {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nCookie: {cookie}\r\nAccept: text/html\r\nAccept-Language: en\r\n\r\n"
        );
        Page { server, request: request.into_bytes().into() }
    }
}

/// What came back under a load.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// Milliseconds of each request that was answered.
    pub(crate) times: Vec<f64>,
    pub(crate) seconds: f64,
}

/// A connection, which stays open as long as the server lets it.
struct Connection {
    page: Page,
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    fn new(page: &Page) -> Self {
        Connection { page: page.clone(), stream: None }
    }

    /// The page. A server may have closed a connection that it kept before.
    async fn get(&mut self) -> Vec<u8> {
        if let Some(stream) = self.stream.take()
            && let Ok(body) = self.ask(stream).await
        {
            return body;
        }
        let stream = TcpStream::connect(self.page.server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        self.ask(BufReader::new(stream)).await.unwrap()
    }

    async fn ask(&mut self, mut stream: BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
        stream.get_mut().write_all(&self.page.request).await?;
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        assert!(line.contains(" 200 "), "{line}");
        let (mut length, mut is_chunked, mut is_kept) = (None, false, true);
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok(),
                "transfer-encoding" => is_chunked = value == "chunked",
                "connection" => is_kept = !value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        let mut body = Vec::new();
        match length {
            Some(length) => read(&mut stream, &mut body, length).await?,
            None if is_chunked => loop {
                line.clear();
                stream.read_line(&mut line).await?;
                let length = usize::from_str_radix(line.trim(), 16).unwrap();
                read(&mut stream, &mut body, length + 2).await?;
                body.truncate(body.len() - 2);
                if length == 0 {
                    break;
                }
            },
            None => {
                stream.read_to_end(&mut body).await?;
                is_kept = false;
            }
        }
        self.stream = is_kept.then_some(stream);
        Ok(body)
    }
}

async fn read(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>, length: usize) -> std::io::Result<()> {
    let begun = body.len();
    body.resize(begun + length, 0);
    stream.read_exact(&mut body[begun..]).await.map(drop)
}

/// The page once.
pub(crate) async fn once(page: &Page) -> String {
    String::from_utf8(Connection::new(page).get().await).unwrap()
}

/// As many requests as are answered, by so many connections that each wait for their answer.
pub(crate) async fn most(page: &Page, connections: usize, length: Duration) -> Load {
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..connections {
        let mut connection = Connection::new(page);
        all.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < length {
                let sent = Instant::now();
                connection.get().await;
                times.push(sent.elapsed().as_secs_f64() * 1e3);
            }
            times
        });
    }
    let times = all.join_all().await.concat();
    Load { times, seconds: begun.elapsed().as_secs_f64() }
}

/// Requests that come at a steady rate, whether those before them were answered or not. The time of each begins when it
/// should have been sent: that nobody had a connection left for it is part of it.
pub(crate) async fn steady(page: &Page, rate: u32, length: Duration) -> Load {
    let begun = Instant::now();
    let next = Arc::new(AtomicU32::new(0));
    let mut all = JoinSet::new();
    for _ in 0..OPEN {
        let (mut connection, next) = (Connection::new(page), Arc::clone(&next));
        all.spawn(async move {
            let mut times = Vec::new();
            loop {
                let due = begun + Duration::from_secs(1) / rate * next.fetch_add(1, Ordering::Relaxed);
                if due >= begun + length {
                    break;
                }
                sleep_until(due.into()).await;
                // What is not answered when the time is over is not waited for.
                let left = (begun + length).saturating_duration_since(Instant::now());
                if timeout(left, connection.get()).await.is_err() {
                    break;
                }
                times.push(due.elapsed().as_secs_f64() * 1e3);
            }
            times
        });
    }
    let times = all.join_all().await.concat();
    Load { times, seconds: length.as_secs_f64() }
}
