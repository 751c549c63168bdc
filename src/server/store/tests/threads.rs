//! Many threads at once.

use super::*;
use std::sync::atomic::AtomicBool;

#[test]
fn threads_that_take_in_read_and_delete_the_same_contents_leave_none_lost_and_none_over() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let (kept, putting) = (Mutex::new(Vec::new()), AtomicBool::new(true));
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (kept, model) = (&kept, &model);
                scope.spawn(move || {
                    for n in 0..40 {
                        let new = new_file(store, format!("shared {}", n % 2).as_bytes(), "f", Lane::Async);
                        let id = store.put_files(model, vec![new]).unwrap().remove(0).id;
                        if (n + writer) % 5 == 0 {
                            kept.lock().unwrap().push(id);
                        } else {
                            store.delete_file(&id, "p").unwrap();
                        }
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let still = putting.load(Ordering::Acquire);
                    match store.claim(READING, LEASE).unwrap() {
                        None if still => std::thread::yield_now(),
                        None => break,
                        Some(claim) => {
                            let image = Some(content(store, b"the same image"));
                            let saved = match claim.task {
                                Task::Open { .. } => store.save_opened(&claim, 2, &numbered(2)),
                                _ => store.save_page(&claim, PageReading { image, ..reading("[]") }),
                            };
                            assert!(matches!(saved, Ok(()) | Err(StoreError::LostClaim)), "{saved:?}");
                        }
                    }
                }
            });
        }
        // Twice as many as there are connections for.
        for _ in 0..16 {
            scope.spawn(|| {
                while putting.load(Ordering::Acquire) {
                    for file in store.files_of_days(&model, 0..=u32::MAX).unwrap() {
                        let pages = store.pages(&file.id).unwrap();
                        assert!(pages.is_empty() || pages.len() == 2, "an opening is seen whole or not at all");
                    }
                }
            });
        }
        for writer in writers {
            writer.join().unwrap();
        }
        putting.store(false, Ordering::Release);
    });
    let kept = kept.into_inner().unwrap();
    assert_eq!(kept.len(), 24);
    assert_eq!(store.files_of_days(&model, 0..=u32::MAX).unwrap().len(), 24);
    for id in &kept {
        let file = store.file(id).unwrap();
        assert_eq!((file.status, file.progress), (Status::Success, Progress { done: 2, all: 2 }));
        assert!(store.local_path(file.content).is_ok());
    }
    assert_eq!(contents_in(desk.folder.path()).len(), 3);
    assert_eq!(store.job_counts().unwrap(), (0, 0));
    store.check().unwrap();
}
