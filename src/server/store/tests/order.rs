//! In which order jobs are handed out.

use super::*;

fn order(store: &Store, names: &[(&FileId, char)], jobs: usize) -> String {
    (0..jobs)
        .map(|_| {
            let (file, _) = read_next(store);
            names.iter().find(|(id, _)| **id == file).map_or('?', |(_, name)| *name)
        })
        .collect()
}

#[test]
fn long_files_take_turns_and_a_short_one_waits_for_one_page_of_each() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    let a = desk.put(&model, "a");
    open_next(store, 100);
    assert_eq!(order(store, &[(&a, 'a')], 10), "aaaaaaaaaa");
    let b = desk.put(&model, "b");
    // The new file is opened at once, beside page 9 of the first.
    open_next(store, 50);
    let names = [(&a, 'a'), (&b, 'b')];
    let turns = order(store, &names, 10);
    assert_eq!(turns.matches('b').count(), 5, "{turns}");
    let c = desk.put(&model, "c");
    let names = [(&a, 'a'), (&b, 'b'), (&c, 'c')];
    let before_opening = (0..).take_while(|_| {
        let next = claim(store);
        if let Task::Open { .. } = next.task {
            store.save_opened(&next, 1, &numbered(1)).unwrap();
            false
        } else {
            store.save_page(&next, reading("[]")).unwrap();
            true
        }
    });
    assert!(before_opening.count() <= 2);
    let turns = order(store, &names, 3);
    assert!(turns.contains('c'), "{turns}");
}

#[test]
fn files_that_came_together_are_read_in_the_order_in_which_they_came() {
    let desk = Desk::new();
    let model = desk.model();
    let ids: Vec<FileId> = (0..20).map(|n| desk.put(&model, &format!("{n}"))).collect();
    for id in ids {
        let next = claim(&desk.store);
        assert_eq!(next.task, Task::Open { file: id });
        desk.store.fail(&next, "", false).unwrap();
    }
}

#[test]
fn who_waits_at_a_connection_goes_first_and_the_others_still_get_their_share() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    for n in 0..100 {
        put(store, &model, &format!("later {n}"), Lane::Async);
    }
    for n in 0..100 {
        put(store, &model, &format!("now {n}"), Lane::Sync);
    }
    let lanes: String = (0..16)
        .map(|_| {
            let next = claim(store);
            let Task::Open { file } = &next.task else { panic!("{next:?}") };
            let lane = store.file(file).unwrap().lane;
            store.fail(&next, "", false).unwrap();
            if lane == Lane::Sync { 's' } else { 'a' }
        })
        .collect();
    assert_eq!(lanes, "sssasssasssasssa");
}

#[test]
fn what_was_given_back_goes_next_and_what_failed_goes_behind_the_others() {
    let desk = Desk::new();
    let (store, model) = (&desk.store, desk.model());
    desk.put(&model, "a");
    desk.put(&model, "b");
    let first = claim(store);
    store.release(&first).unwrap();
    let again = claim(store);
    assert_eq!((&again.task, again.attempt), (&first.task, 1));
    store.fail(&again, "", true).unwrap();
    let other = claim(store);
    assert_ne!(other.task, first.task);
    let last = claim(store);
    assert_eq!((last.task, last.attempt), (first.task, 2));
}

#[test]
fn who_waits_for_jobs_is_woken_by_the_first_that_comes() {
    let desk = Desk::new();
    let model = desk.model();
    let seen = desk.store.wait_for_jobs(0, LEASE);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| desk.store.wait_for_jobs(seen, LEASE));
        desk.put(&model, "a");
        assert_ne!(waiting.join().unwrap(), seen);
    });
    let seen = desk.store.wait_for_jobs(seen, LEASE);
    assert_eq!(desk.store.wait_for_jobs(seen, Duration::ZERO), seen);
}
