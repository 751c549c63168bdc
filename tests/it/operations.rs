//! The operations of the contract beyond prediction at once, over a socket and in this process: later results, corrections,
//! approval; in modules of their own models with their training, and addresses.

mod addresses;
mod models;

use crate::service::{Event, Form, Service, assert_refused};
use crate::ways::{Answer, Asked, Way, both_ways};
use image::GenericImageView;
use proofdesk::server::Limits;
use serde_json::{Value, json};
use std::collections::HashSet;

const LATER: &str = "/OCR/Model/general/LabelFile/Async/";

both_ways!(
    a_file_taken_in_for_later_is_read_and_found_by_file_page_and_day,
    a_large_window_of_days_comes_in_pieces_and_whole,
    what_cannot_be_read_later_says_why,
    the_page_that_was_promised_is_there_before_it_is_read,
    tables_are_corrected_cell_by_cell,
    corrections_approval_retry_and_deletion,
    signed_addresses_serve_the_original_and_its_images_and_nothing_else,
    a_page_that_breaks_the_reader_is_tried_three_times,
    a_start_forgets_what_was_waited_for_where_the_client_keeps_it_and_nothing_else,
);

/// The reply of a file's result once its reading has ended.
async fn ended(service: &Service, model: &str, file: &str) -> Value {
    loop {
        let path = format!("/Inferences/Model/{model}/InferenceRequest/{file}");
        let (status, reply) = service.ask("GET", &path, None).await;
        assert_eq!(status, 200, "{reply}");
        let pages = ["moderated_images", "unmoderated_images"].map(|kind| reply[kind].as_array().unwrap().clone());
        if pages.iter().flatten().all(|page| page["status"] != "pending") {
            return reply;
        }
        tokio::task::yield_now().await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// GETs a signed address, without the key.
async fn fetch(service: &Service, url: &str) -> Answer {
    let path = url.strip_prefix("http://").unwrap().strip_prefix(service.host()).unwrap();
    service.answer(Asked::new("GET", path)).await
}

async fn a_file_taken_in_for_later_is_read_and_found_by_file_page_and_day(way: Way) {
    let service = way.service().await;
    for path in [LATER, "/OCR/Model/general/LabelFile/?async=true"] {
        let form = Form::new().text("request_metadata", "order 7").file("a.pdf", "FAKE pages=2").file("b.pdf", "FAKE");
        let (status, ack) = service.post(path, form).await;
        assert_eq!((status, &ack["message"]), (200, &json!("Success")), "{ack}");
        let entry = &ack["result"][0];
        assert_eq!((&entry["prediction"], &entry["processing_type"]), (&json!([]), &json!("async")));
        assert_eq!((&entry["status"], &entry["request_metadata"]), (&json!("pending"), &json!("order 7")));
        let file = text(&entry["request_file_id"]);
        let reply = ended(&service, "general", file).await;
        assert_eq!((&reply["moderated_images_count"], &reply["unmoderated_images_count"]), (&json!(0), &json!(2)));
        let pages = reply["unmoderated_images"].as_array().unwrap();
        assert_eq!(pages[0]["id"], entry["id"], "the first page keeps the name that it was promised");
        assert_eq!(pages[1]["predicted_boxes"][0]["ocr_text"], "1");
        assert_eq!((&pages[1]["page"], &pages[1]["status"]), (&json!(1), &json!("success")));
        assert_eq!((&pages[1]["moderated_boxes"], &pages[1]["original_file_name"]), (&json!([]), &json!("a.pdf")));

        let alias = format!("/Inferences/Model/general/InferenceRequestFiles/GetPredictions/{file}");
        assert_eq!(service.ask("GET", &alias, None).await.1["unmoderated_images_count"], 2);
        let page = text(&pages[1]["id"]);
        let path = format!("/Inferences/Model/general/InferenceRequest/{file}/page/{page}");
        assert_eq!(service.ask("GET", &path, None).await.1["unmoderated_images"][0]["page"], 1);
        let older = format!("/Inferences/Model/general/ImageLevelInferences/{page}");
        let (_, older) = service.ask("GET", &older, None).await;
        assert_eq!((&older["message"], &older["result"][0]["page"]), (&json!("Success"), &json!(1)));
        let day = pages[0]["day_since_epoch"].as_u64().unwrap();
        for path in ["ImageLevelInferences", "InferenceRequest/", "InferenceRequest"] {
            for (first, last, is_in) in
                [(0, day, true), (1, day, true), (day, day, true), (0, day + 1, false), (day + 1, day + 2, false)]
            {
                let window = format!("{path}?start_day_interval={first}&current_batch_day={last}");
                let (_, reply) = service.ask("GET", &format!("/Inferences/Model/general/{window}"), None).await;
                let found = reply["unmoderated_images"].as_array().unwrap();
                assert_eq!(found.iter().any(|page| page["request_file_id"] == file), is_in, "{window}");
            }
        }
    }
    let day = "/Inferences/Model/general/InferenceRequest/?start_day_interval=0&current_batch_day=18876";
    assert_eq!(service.ask("GET", day, None).await.1["unmoderated_images_count"], 0, "another day has none");
    for bad in ["", "?start_day_interval=-1&current_batch_day=5", "?start_day_interval=a&current_batch_day=5"] {
        let path = format!("/Inferences/Model/general/InferenceRequest/{bad}");
        assert_refused(&service.ask("GET", &path, None).await, 400);
    }
    assert_refused(&service.ask("GET", "/Inferences/Model/general/InferenceRequest/nobody", None).await, 404);
    assert_refused(&service.ask("GET", "/Inferences/Model/nobody/InferenceRequest/x", None).await, 404);
}

async fn a_large_window_of_days_comes_in_pieces_and_whole(way: Way) {
    let service = way.service().await;
    for batch in 0..3 {
        let form = (0..100).fold(Form::new(), |form, n| form.file(&format!("{batch}-{n}.pdf"), "FAKE pages=2"));
        assert_eq!(service.post("/OCR/Model/general/LabelFile/", form).await.0, 200);
    }
    let pages = service.pages("general").await;
    let named = |pages: &[Value]| pages.iter().map(|page| text(&page["id"]).to_owned()).collect::<HashSet<_>>();
    assert_eq!((pages.len(), named(&pages).len()), (600, 600));
    let approved = text(&pages[7]["request_file_id"]);
    let verify = format!("/Inferences/Model/general/ImageLevelInferences/Verify/{approved}");
    assert_eq!(service.ask("POST", &verify, None).await.0, 200);

    let path = "/api/v2/Inferences/Model/general/InferenceRequest/?start_day_interval=10000&current_batch_day=99999";
    let answer = service.answer(Asked::new("GET", path).with_key()).await;
    assert!(answer.body.len() > 1_000_000, "it is large: {}", answer.body.len());
    assert!(!answer.head.contains("content-length"), "it is not held whole: {}", answer.head);
    let (status, reply) = answer.json();
    assert_eq!((status, &reply["moderated_images_count"]), (200, &json!(2)));
    assert_eq!(reply["unmoderated_images_count"], 598);
    let [moderated, others] = ["moderated_images", "unmoderated_images"].map(|kind| reply[kind].as_array().unwrap());
    assert!(moderated.iter().all(|page| page["request_file_id"] == approved && page["is_moderated"] == true));
    let all = [moderated.clone(), others.clone()].concat();
    assert_eq!(named(&all), named(&pages), "each once");
    let urls = reply["signed_urls"].as_object().unwrap();
    assert_eq!(urls.len(), 900, "of every page and every file");
    for page in &all {
        assert!(urls.contains_key(text(&page["filepath"])) && urls.contains_key(text(&page["file_url"])), "{page}");
    }
}

async fn what_cannot_be_read_later_says_why(way: Way) {
    let service = way.service().await;
    let form = Form::new().file("a.txt", "no document").file("b.pdf", "FAKE pages=2 broken=1");
    let (_, ack) = service.post(LATER, form).await;
    let reply = ended(&service, "general", text(&ack["result"][0]["request_file_id"])).await;
    let page = &reply["unmoderated_images"][0];
    assert_eq!(
        (&page["status"], &page["message"]),
        (&json!("failure"), &json!("This file is no document that can be read"))
    );
    let reply = ended(&service, "general", text(&ack["result"][1]["request_file_id"])).await;
    let states: Vec<_> =
        reply["unmoderated_images"].as_array().unwrap().iter().map(|page| text(&page["status"])).collect();
    assert_eq!(states, ["failure", "success"]);
}

async fn the_page_that_was_promised_is_there_before_it_is_read(way: Way) {
    let mut service = way.service_with(Limits { pages_at_once: 1, ..Limits::default() }).await;
    service.post(LATER, Form::new().file("first.pdf", "FAKE gate")).await;
    assert_eq!(service.event().await, Event::Reading("FAKE gate".into(), 0));
    let (_, ack) = service.post(LATER, Form::new().file("waits.pdf", "FAKE pages=2")).await;
    let (file, page) = (text(&ack["result"][0]["request_file_id"]), text(&ack["result"][0]["id"]));
    let by_page = format!("/Inferences/Model/general/ImageLevelInferences/{page}");
    let (status, reply) = service.ask("GET", &by_page, None).await;
    assert_eq!((status, &reply["result"][0]["status"]), (200, &json!("pending")), "{reply}");
    assert_eq!((&reply["result"][0]["id"], &reply["result"][0]["page"]), (&json!(page), &json!(0)));
    let (status, reply) =
        service.ask("GET", &format!("/Inferences/Model/general/InferenceRequest/{file}/page/{page}"), None).await;
    assert_eq!((status, &reply["unmoderated_images"][0]["status"]), (200, &json!("pending")), "{reply}");
    let patch = "/Inferences/Model/general/ImageLevelInference?use_ui_version=true";
    assert_refused(&service.json("PATCH", patch, &json!({"id": page, "moderated_boxes": []})).await, 409);
    let (_, other) = service.json("POST", "/OCR/Model/", &json!({"categories": ["total"]})).await;
    let elsewhere = format!("/Inferences/Model/{}/ImageLevelInferences/{page}", text(&other["model_id"]));
    assert_refused(&service.ask("GET", &elsewhere, None).await, 404);
    service.gate.cancel();
    ended(&service, "general", file).await;
    let (_, reply) = service.ask("GET", &by_page, None).await;
    assert_eq!((&reply["result"][0]["status"], &reply["result"][0]["id"]), (&json!("success"), &json!(page)));
}

async fn tables_are_corrected_cell_by_cell(way: Way) {
    let service = way.service().await;
    let (_, reply) = service.post("/OCR/Model/general/LabelFile/", Form::new().file("a.pdf", "FAKE")).await;
    let file = text(&reply["result"][0]["request_file_id"]);
    let mut page = ended(&service, "general", file).await["unmoderated_images"][0].clone();
    let patch = "/Inferences/Model/general/ImageLevelInference?use_ui_version=true";
    let mut table = page["predicted_boxes"][2].clone();
    assert_eq!(table["type"], "table");
    let cells = table["cells"].as_array_mut().unwrap();
    cells[0]["text"] = json!("corrected");
    cells[0]["verification_status"] = json!("moderated");
    cells.remove(1);
    cells.push(json!({"row": 2, "col": 1, "label": "Item", "text": "new", "score": 1,
        "xmin": 1, "ymin": 1, "xmax": 9, "ymax": 9, "verification_status": "moderated"}));
    cells.push(json!({"row": 0, "col": 1, "row_span": 0, "col_span": 0, "text": "as older clients send it"}));
    let good = table.clone();
    page["moderated_boxes"] = json!([table]);
    let (status, reply) = service.json("PATCH", patch, &page).await;
    assert_eq!(status, 200, "{reply}");
    let now = ended(&service, "general", file).await["unmoderated_images"][0]["moderated_boxes"][0]["cells"].clone();
    let said: Vec<_> = now.as_array().unwrap().iter().map(|cell| text(&cell["text"])).collect();
    assert_eq!(said, ["corrected", "new", "as older clients send it"], "what is left out is deleted");
    assert_eq!((&now[0]["id"], &now[0]["label"]), (&good["cells"][0]["id"], &json!("Item")));
    assert_eq!((&now[1]["row"], &now[1]["verification_status"]), (&json!(2), &json!("moderated")));
    assert!(now[1]["id"].as_str().is_some_and(|id| !id.is_empty()), "a new cell gets a name: {now}");
    for (what, cell) in [
        ("another cell's place", json!({"row": 2, "col": 1, "text": "x"})),
        ("no row", json!({"row": -1, "col": 1, "text": "x"})),
        ("no column", json!({"row": 3, "col": 1_000_000, "text": "x"})),
        ("a span that is none", json!({"row": 3, "col": 1, "row_span": -2, "text": "x"})),
        ("an inverted box", json!({"row": 3, "col": 1, "xmin": 9, "ymin": 1, "xmax": 1, "ymax": 9})),
    ] {
        println!("{what}");
        let mut bad = good.clone();
        bad["cells"].as_array_mut().unwrap().push(cell);
        page["moderated_boxes"] = json!([bad]);
        assert_refused(&service.json("PATCH", patch, &page).await, 400);
    }
    let after = ended(&service, "general", file).await;
    assert_eq!(after["unmoderated_images"][0]["moderated_boxes"][0]["cells"], now, "what is refused changes nothing");
}

async fn corrections_approval_retry_and_deletion(way: Way) {
    let service = way.service().await;
    let (_, reply) = service.post("/OCR/Model/general/LabelFile/", Form::new().file("a.pdf", "FAKE")).await;
    let (file, page) = (text(&reply["result"][0]["request_file_id"]), text(&reply["result"][0]["id"]));
    let found = ended(&service, "general", file).await["unmoderated_images"][0].clone();

    let mut saved = found.clone();
    let mut box_ = found["predicted_boxes"][0].clone();
    box_["ocr_text"] = json!("corrected");
    let new = json!({"label": "po", "xmin": 1, "ymin": 1, "xmax": 9, "ymax": 9, "score": 1, "ocr_text": "PO-1",
        "type": "field", "is_new": true});
    saved["moderated_boxes"] = json!([box_, new]);
    let patch = "/Inferences/Model/general/ImageLevelInference?use_ui_version=true";
    let (status, reply) = service.json("PATCH", patch, &saved).await;
    assert_eq!(status, 200, "{reply}");
    let now = &ended(&service, "general", file).await["unmoderated_images"][0];
    assert_eq!(now["moderated_boxes"].as_array().unwrap().len(), 2, "what is left out is deleted");
    assert_eq!(now["moderated_boxes"][0]["ocr_text"], "corrected");
    assert!(now["moderated_boxes"][1]["id"].is_string(), "a new box gets a name");
    assert_eq!(now["predicted_boxes"], found["predicted_boxes"], "the model's word stays");
    let (_, model) = service.json("POST", "/OCR/Model/", &json!({"categories": ["total"]})).await;
    let own = text(&model["model_id"]);
    let (_, reply) = service.post(&format!("/OCR/Model/{own}/LabelFile/"), Form::new().file("b.pdf", "FAKE")).await;
    let mut labelled = ended(&service, own, text(&reply["result"][0]["request_file_id"])).await;
    let labelled = &mut labelled["unmoderated_images"][0];
    let own_patch = format!("/Inferences/Model/{own}/ImageLevelInference?use_ui_version=true");
    for (label, status) in [("total", 200), ("nobody", 400)] {
        labelled["moderated_boxes"] = json!([{"label": label, "ocr_text": "1", "type": "field"}]);
        let (answered, reply) = service.json("PATCH", &own_patch, labelled).await;
        assert_eq!(answered, status, "{label}: {reply}");
    }
    assert_eq!(service.ask("DELETE", &format!("/OCR/Model/{own}"), None).await.0, 200);
    for (what, bad) in [
        ("inverted upwards", json!({"label": "x", "xmin": 1, "ymin": 9, "xmax": 9, "ymax": 1})),
        ("without an area", json!({"label": "x", "xmin": 5, "ymin": 5, "xmax": 5, "ymax": 5})),
        ("beyond any page", json!({"label": "x", "xmin": 1, "ymin": 1, "xmax": 1e9, "ymax": 9})),
        ("inverted", json!({"label": "x", "xmin": 9, "ymin": 1, "xmax": 1, "ymax": 9})),
        ("negative", json!({"label": "x", "xmin": -9, "ymin": 1, "xmax": 1, "ymax": 9})),
    ] {
        saved["moderated_boxes"] = json!([bad]);
        println!("{what}");
        assert_refused(&service.json("PATCH", patch, &saved).await, 400);
    }
    assert_refused(&service.json("PATCH", patch, &json!({"id": page})).await, 400);
    assert_refused(&service.json("PATCH", patch, &json!({"moderated_boxes": []})).await, 400);
    assert_refused(&service.json("PATCH", patch, &json!({"id": "nobody", "moderated_boxes": []})).await, 404);

    let verify = format!("/Inferences/Model/general/ImageLevelInferences/Verify/{file}");
    assert_eq!(service.ask("POST", &verify, None).await.0, 200);
    let reply = ended(&service, "general", file).await;
    assert_eq!(
        (&reply["moderated_images_count"], &reply["moderated_images"][0]["is_moderated"]),
        (&json!(1), &json!(true))
    );
    let retry = "/ObjectDetection/Model/general/RetryPrediction";
    assert_refused(&service.json("POST", retry, &json!({"file_ids": [file]})).await, 409);
    let unverify = format!("/ImageLevelInferences/Model/general/UnVerify/{file}");
    assert_eq!(service.ask("POST", &unverify, None).await.0, 200);
    assert_eq!(service.json("POST", retry, &json!({"file_ids": [file]})).await.0, 200);
    let reply = ended(&service, "general", file).await;
    assert_eq!(reply["unmoderated_images"][0]["moderated_boxes"][0]["ocr_text"], "corrected", "a person's word stays");
    assert_refused(&service.json("POST", retry, &json!({"file_ids": [file, "nobody"]})).await, 404);
    assert_refused(&service.json("POST", retry, &json!({"file_ids": 1})).await, 400);

    let delete = format!("/Inferences/Model/general/InferenceRequestFiles/{file}");
    assert_eq!(service.ask("DELETE", &delete, None).await.0, 200);
    assert_refused(&service.ask("DELETE", &delete, None).await, 404);
    assert_eq!(service.stored(), 0, "deleting really deletes");
}

async fn signed_addresses_serve_the_original_and_its_images_and_nothing_else(way: Way) {
    let service = way.service().await;
    let (_, reply) = service.post("/OCR/Model/general/LabelFile/", Form::new().file("a.pdf", "FAKE")).await;
    let page = &reply["result"][0];
    let images = &reply["signed_urls"][text(&page["filepath"])];
    let file = &reply["signed_urls"][text(&page["file_url"])];
    for original in ["original", "original_with_long_expiry"] {
        let Answer { status, head, body } = fetch(&service, text(&file[original])).await;
        assert_eq!((status, body.as_slice()), (200, b"FAKE".as_slice()), "{head}");
        assert!(head.contains("content-disposition: attachment"), "a browser runs nothing of it: {head}");
    }
    let mut corners = Vec::new();
    for (name, width) in [
        ("original", 2550),
        ("original_compressed", 1236),
        ("thumbnail", 240),
        ("acw_rotate_90", 3300),
        ("acw_rotate_180", 2550),
        ("acw_rotate_270", 3300),
    ] {
        let Answer { status, body, .. } = fetch(&service, text(&images[name])).await;
        assert_eq!(status, 200, "{name}");
        let image = image::load_from_memory(&body).unwrap();
        assert_eq!(image.width(), width, "{name}");
        let red = |x: u32, y: u32| image.get_pixel(x, y).0[1] < 100;
        let (right, bottom) = (image.width() - 5, image.height() - 5);
        corners.push([red(4, 4), red(right, 4), red(right, bottom), red(4, bottom)].iter().position(|red| *red));
    }
    // Clockwise from the top left; a quarter turn counter-clockwise takes the top left to the bottom left.
    assert_eq!(corners, [0, 0, 0, 3, 2, 1].map(Some));

    let good = text(&images["thumbnail"]);
    let forged = [
        good.replace("thumbnail", "original"),
        good.replace("expires=", "expires=9"),
        good.replace("PredictionImages", "RawPredictions"),
        good.split('?').next().unwrap().to_owned(),
        good.replace("/general/", "/../"),
    ];
    for forged in forged {
        let Answer { status, body, .. } = fetch(&service, &forged).await;
        assert!(matches!(status, 403 | 404), "{forged}: {status} {}", String::from_utf8_lossy(&body));
    }
}

async fn a_page_that_breaks_the_reader_is_tried_three_times(way: Way) {
    let service = way.service().await;
    for (passing, said) in [(2, "Success"), (3, "The reader broke down")] {
        let file = format!("FAKE passing={passing}");
        let (_, reply) = service.post("/OCR/Model/general/LabelFile/", Form::new().file("a.pdf", &file)).await;
        assert_eq!(reply["result"][0]["message"], said, "{reply}");
    }
}

async fn a_start_forgets_what_was_waited_for_where_the_client_keeps_it_and_nothing_else(way: Way) {
    let service = way.service().await;
    service.post("/OCR/Model/general/LabelFile/", Form::new().file("now.pdf", "FAKE now")).await;
    service.post("/OCR/Model/general/LabelFile/Async/", Form::new().file("later.pdf", "FAKE later")).await;
    let service = service.restarted(false).await;
    assert_eq!(service.stored(), 2);
    let service = service.restarted(true).await;
    assert_eq!(service.stored(), 1);
    assert_eq!(service.pages("general").await[0]["original_file_name"], "later.pdf");
}
