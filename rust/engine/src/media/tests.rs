//! Redirects from a public name, which needs a client that is told where the name is.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that answers every request with this head and no body, and how often it was asked.
async fn serve(head: impl Fn(SocketAddr) -> String + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(head(address).as_bytes()).await;
        }
    });
    (address, asked)
}

fn client_that_knows(address: SocketAddr) -> Client {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let tls = tls.unwrap().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    configure(Client::builder().tls_backend_preconfigured(tls), false)
        .resolve("public.example", address)
        .build()
        .unwrap()
}

async fn get(client: &Client, url: String) -> String {
    let left = AtomicUsize::new(MAX_BYTES);
    data_url(client, "image_url", url, false, &left).await.unwrap_err().details().message.clone()
}

#[tokio::test]
async fn a_public_name_cannot_lead_to_a_private_address() {
    for host in ["127.0.0.1", "localhost", "0x7f000001", "[::ffff:127.0.0.1]"] {
        let redirect = move |address: SocketAddr| {
            let port = address.port();
            format!(
                "HTTP/1.1 302 Found\r\nlocation: http://{host}:{port}/b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        };
        let (address, asked) = serve(redirect).await;
        let message = get(&client_that_knows(address), format!("http://public.example:{}/a?q=1", address.port())).await;
        assert!(message.ends_with("allow_private_media = True allows it"), "{message}");
        assert!(message.starts_with("Cannot fetch http://public.example"), "{message}");
        assert!(!message.contains("q=1"), "{message}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{host}");
    }
}

#[tokio::test]
async fn what_redirects_too_often_or_elsewhere_is_refused() {
    for (to, why) in [("/a", "redirected too often"), ("ftp://public.example/a", "no http address")] {
        let head =
            move |_| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let (address, _) = serve(head).await;
        let message = get(&client_that_knows(address), format!("http://public.example:{}/a", address.port())).await;
        assert!(message.contains(why), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_has_a_limit_of_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let message = get(&client_that_knows(address), format!("http://public.example:{}/a", address.port())).await;
    assert!(message.ends_with("it took longer than 30 s"), "{message}");
}
