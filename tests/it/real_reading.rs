//! Real documents through the real server: worker processes, text layer, engine.

use proofdesk::api::convert::{ReadFile, files_from_reply, texts_from_file};
use proofdesk::api::{GENERAL, ModelId};
use proofdesk::client::{Client, OnProgress, PredictOptions, Upload};
use proofdesk::document::{PageSize, TextSource, Turn};
use proofdesk::engine::Engine;
use proofdesk::pages::Pages;
use proofdesk::parts::Parts;
use proofdesk::server::{Running, Server, ServerOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// The real server; `None`, with the reason said, where the run-time parts are not there.
async fn real() -> Option<(Running, Client, TempDir)> {
    let Ok(parts) = Parts::find() else {
        println!("skipped: the run-time parts are not here; `make parts` fetches them");
        return None;
    };
    let data = tempfile::tempdir().unwrap();
    let pages = Pages::with_program(&parts, PathBuf::from(env!("CARGO_BIN_EXE_proofdesk")));
    let engine = Arc::new(Engine::load(&parts).unwrap());
    let running = Server::start(ServerOptions::new(data.path()), pages, engine).await.unwrap();
    let client = Client::new(running.base_url(), running.key().clone()).unwrap();
    Some((running, client, data))
}

fn fixture(name: &str) -> Upload {
    Upload::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

fn quiet() -> OnProgress {
    Arc::new(|_| {})
}

#[tokio::test]
async fn a_pdf_and_a_photo_are_read_and_a_text_file_is_not() {
    let Some((running, client, _data)) = real().await else { return };
    let manifest = Upload::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let uploads = [fixture("zf_Mustang_RE-20190610_507.pdf"), fixture("tess_phototest_rotL.png"), manifest];
    let general = ModelId::from(GENERAL);
    let reply = client.predict_files(&general, &uploads, &PredictOptions::default(), &quiet()).await.unwrap();
    let files: Vec<ReadFile> = files_from_reply(&reply);

    let invoice = &files[0].pages[0];
    assert_eq!(invoice.size, PageSize::new(2480, 3508), "A4 at 300 DPI");
    let text = invoice.text.as_ref().unwrap();
    assert_eq!(text.source, TextSource::Layer);
    assert!(text.text().contains("Design (hours)"), "{}", text.text());
    let table = invoice.tables.iter().find(|table| table.labels().iter().any(|label| *label == "Product")).unwrap();
    assert_eq!(table.check(), Ok(()));
    assert!(table.cells.iter().any(|cell| cell.text == "160.00 €"), "{table:?}");

    let photo = files[1].pages[0].text.as_ref().unwrap();
    assert_eq!((photo.source, photo.turn), (TextSource::Read, Turn::Quarter));
    assert!(photo.text().contains("The quick brown dog jumped over the"), "{}", photo.text());

    let refused = files[2].problem.as_ref().unwrap();
    assert!(refused.message.contains("does not read"), "{}", refused.message);
    assert!(files[2].pages.is_empty());
    running.shutdown().await;
}

#[tokio::test]
async fn full_text_of_a_pdf_says_its_words() {
    let Some((running, client, _data)) = real().await else { return };
    let reply = client.full_text(&[fixture("i2d_oyo.pdf")], &PredictOptions::default(), &quiet()).await.unwrap();
    let texts = texts_from_file(&reply.files()[0], &[]);
    assert!(texts[0].1.words.len() > 50, "{}", texts[0].1.text());
    assert!(texts[0].1.size.width > 2000, "the page at 300 DPI");
    running.shutdown().await;
}
