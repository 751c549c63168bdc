//! What requests name by address.

use super::{ended, text};
use crate::service::{Form, assert_refused};
use crate::ways::{Way, both_ways};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

both_ways!(
    addresses_are_fetched_where_that_is_allowed,
    addresses_of_this_computer_and_private_networks_are_not_fetched,
);

/// Serves `FAKE` at every path but `/gone`; `/on` leads to `/there`.
async fn web() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 2048];
            let read = stream.read(&mut request).await.unwrap_or_default();
            let line = String::from_utf8_lossy(&request[..read]).lines().next().unwrap_or_default().to_owned();
            let reply = match line.split_whitespace().nth(1) {
                Some("/gone") => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                Some("/on") => {
                    "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                }
                _ => "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nFAKE",
            };
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

async fn addresses_are_fetched_where_that_is_allowed(way: Way) {
    let service = way.service_with_urls().await;
    let web = web().await;
    let (on, gone) = (format!("{web}/on"), format!("{web}/gone"));
    let body = format!("urls={web}/a.pdf&modelId=x&urls={on}");
    let (status, reply) = service.form("/OCR/Model/general/LabelUrls/", &body).await;
    assert_eq!((status, reply["result"].as_array().unwrap().len()), (200, 2), "{reply}");
    assert_eq!(reply["result"][0]["input"], format!("{web}/a.pdf"));
    let (status, reply) = service.json("POST", "/OCR/Model/general/LabelUrls/", &json!({"urls": [on, gone]})).await;
    assert_eq!(status, 206, "{reply}");
    assert!(text(&reply["result"][1]["message"]).contains("404"), "{reply}");
    let form = Form::new().text("urls", &on);
    assert_eq!(service.post("/OCR/Model/general/LabelFile/", form).await.0, 200, "as one client sends it");
    let (status, ack) = service.form("/OCR/Model/general/LabelUrls/?async=true", &body).await;
    assert_eq!((status, &ack["result"][0]["status"]), (200, &json!("pending")));
    for path in ["/OCR/Model/general/LabelUrls/Async/", "/OCR/Model/general/LabelUrls/?async=true"] {
        let (status, ack) = service.json("POST", path, &json!({"urls": [on, gone]})).await;
        assert_eq!((status, ack["result"].as_array().unwrap().len()), (206, 2), "{ack}");
        let [taken, failed] = [0, 1].map(|n| &ack["result"][n]);
        assert_eq!((&taken["status"], &taken["input"]), (&json!("pending"), &json!(on)), "{ack}");
        assert_eq!((&failed["status"], &failed["input"]), (&json!("failure"), &json!(gone)), "{ack}");
        assert!(text(&failed["message"]).contains("404"), "{ack}");
        assert_eq!(ended(&service, "general", text(&taken["request_file_id"])).await["unmoderated_images_count"], 1);
    }
    let refused =
        service.json("POST", "/OCR/Model/general/LabelUrls/", &json!({"urls": [gone, "ftp://x", "no"]})).await;
    assert_refused(&refused, 400);
    assert_eq!(refused.1["errors"].as_array().unwrap().len(), 4, "each says why: {}", refused.1);

    let (_, model) = service.json("POST", "/OCR/Model/", &json!({"categories": ["word"]})).await;
    let upload = format!("/OCR/Model/{}/UploadUrls/", text(&model["model_id"]));
    let object = json!([{"name": "word", "ocr_text": "end"}]);
    let body = json!({"urls": [on], "data": json!([{"filename": on, "object": object}]).to_string()});
    let (status, ack) = service.json("POST", &upload, &body).await;
    assert_eq!((status, &ack["Meta"]["Categories"][0]["count"]), (200, &json!(1)), "{ack}");
    let other = format!("{web}/other.pdf");
    let data = json!([{"filename": other, "object": object}, {"filename": gone, "object": object}]);
    let (status, ack) = service.json("POST", &upload, &json!({"urls": [other, gone], "data": data})).await;
    assert_eq!((status, ack["Data"].as_array().unwrap().len()), (206, 2), "{ack}");
    assert_eq!((&ack["Data"][0]["filename"], &ack["Data"][1]["filename"]), (&json!(other), &json!(gone)));
    assert!(text(&ack["Data"][1]["message"]).contains("404"), "{ack}");
    let (_, set) = service.ask("GET", &upload.replace("UploadUrls", "Annotations"), None).await;
    assert_eq!(set["Data"].as_array().unwrap().len(), 2, "what could not be fetched is not there: {set}");
}

async fn addresses_of_this_computer_and_private_networks_are_not_fetched(way: Way) {
    let service = way.service().await;
    let port = web().await.rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "2130706433"] {
        let url = format!("http://{host}:{port}/a.pdf");
        let refused = service.json("POST", "/OCR/Model/general/LabelUrls/", &json!({"urls": [url]})).await;
        assert_refused(&refused, 400);
        assert!(refused.1["errors"][1]["message"].as_str().unwrap().contains("private network"), "{}", refused.1);
    }
}
