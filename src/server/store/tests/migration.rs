//! What an earlier program kept, under the schema of its time, is there after the new one has opened it.

use super::*;
use crate::server::store::schema::KNOWN;
use rusqlite::{Connection, params};

/// A store as the first version left it: a model that has learnt, a file that was read, corrected and approved, one that
/// waits, and a training document.
fn first_version(folder: &Path) {
    let connection = Connection::open(folder.join("store.sqlite")).unwrap();
    connection.execute_batch(include_str!("../schema/1.sql")).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection.pragma_update(None, "application_id", 0x5064_5374).unwrap();
    let kept = |bytes: &[u8]| {
        let hash = ContentHash::of(bytes).to_string();
        let part = folder.join("contents").join(&hash[..2]);
        std::fs::create_dir_all(&part).unwrap();
        std::fs::write(part.join(&hash), bytes).unwrap();
        hash
    };
    let (read, waits, lesson, learned) = (kept(b"read"), kept(b"waits"), kept(b"lesson"), kept(b"learned"));
    connection.execute("INSERT INTO setting VALUES ('signing_key', ?1)", [[7; 32]]).unwrap();
    let model =
        "INSERT INTO model (id, name, kind, fixed, whole, state, accuracy, report, learned, version, created_ms)
                 VALUES ('m', 'Bills', 'ocr', 0, 1, 5, 0.5, '{}', ?1, 1, 1)";
    connection.execute(model, [&learned]).unwrap();
    connection.execute("INSERT INTO version VALUES ('m', 1, ?1, 0.5, '{}', 1, 1)", [&learned]).unwrap();
    connection.execute("INSERT INTO label VALUES ('l', 'm', 0, 'total', 'amount')", []).unwrap();
    let file = "INSERT INTO file (id, model, name, content, size, metadata, pages_wanted, language, lane, status,
                first_page, pages, received_ms, day, approved_ms, approved_by)
                VALUES (?1, 'm', ?1 || '.pdf', ?2, 4, 'order 7', '', 'de', 1, ?3, ?4, ?5, 1, 20000, ?6, ?7)";
    connection.execute(file, params!["f", read, "success", "p", 1, 2, "ada"]).unwrap();
    let pending = params!["w", waits, "pending", "q", None::<u32>, None::<i64>, None::<String>];
    connection.execute(file, pending).unwrap();
    let rows = "INSERT INTO page VALUES ('p', 'f', 0, 'success', '', 100, 200, NULL);
                INSERT INTO prediction VALUES ('p', '[1]', '\"words\"', '[]', 1);
                INSERT INTO correction VALUES ('p', '[2]', 3, 4, 'ada');
                INSERT INTO job (kind, model, file, lane, tag) VALUES ('open', 'm', 'w', 1, 1);
                INSERT INTO audit (at_ms, actor, action, file) VALUES (2, 'ada', 'file.approved', 'f');";
    connection.execute_batch(rows).unwrap();
    let training = "INSERT INTO training (id, model, name, content, size, width, height, annotation, words, added_ms)
                    VALUES ('t', 'm', 'a.pdf', ?1, 6, 100, 200, '[]', '[]', 1)";
    connection.execute(training, [&lesson]).unwrap();
    connection.execute("INSERT INTO training_label VALUES ('t', 'l', 1)", []).unwrap();
}

#[test]
fn a_store_of_the_first_schema_opens_with_all_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    first_version(folder.path());
    for _again in 0..2 {
        let store = Store::open(folder.path()).unwrap();
        store.check().unwrap();
        let version: i64 =
            store.database.read(|read| Ok(read.pragma_query_value(None, "user_version", |row| row.get(0))?)).unwrap();
        assert_eq!(version, KNOWN);
        assert_eq!(store.signing_key(), &[7; 32], "addresses that were handed out stay good");

        let model = store.model(&ModelId::from("m")).unwrap();
        assert_eq!((model.name.as_str(), model.labels.len()), ("Bills", 1));
        assert_eq!((model.labels[0].name.as_str(), model.labels[0].kind.as_str()), ("total", "amount"));
        let versions = store.versions(&model.id).unwrap();
        assert_eq!((versions.len(), versions[0].number), (1, 1));

        let files = store.files_of_days(&model.id, 20_000..=20_000).unwrap();
        let names: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.status)).collect();
        assert_eq!(names, [("f.pdf", Status::Success), ("w.pdf", Status::Pending)]);
        assert_eq!((files[0].metadata.as_str(), files[0].language.as_str()), ("order 7", "de"));
        assert_eq!(files[0].approval.as_ref().map(|approval| approval.by.as_str()), Some("ada"));
        let page = &store.pages(&files[0].id).unwrap()[0];
        assert_eq!((page.width, page.height, page.boxes.as_deref()), (100, 200, Some("[1]")));
        let corrections = page.corrections.as_ref().unwrap();
        assert_eq!((corrections.boxes.as_str(), corrections.version), ("[2]", 3));
        assert_eq!(store.file_of_first_page(&PageId::from("q")).unwrap().id, files[1].id);

        let lessons = store.training_set(&model.id).unwrap();
        assert_eq!((lessons.len(), lessons[0].name.as_str()), (1, "a.pdf"));
        assert_eq!(contents_in(folder.path()).len(), 4, "no content was taken for a stray");
        assert_eq!(store.audit(&AuditQuery { limit: 10, ..AuditQuery::default() }).unwrap().len(), 1);
    }
    let store = Store::open(folder.path()).unwrap();
    open_next(&store, 1);
    assert_eq!(read_next(&store), (FileId::from("w"), 0), "what waited is read");
}
