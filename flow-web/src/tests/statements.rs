//! How many statements a page takes, however much there is on it.

use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use diesel::connection::{Connection as _, InstrumentationEvent};
use flow_core::System;
use flow_core::form::Sent;
use tower::ServiceExt as _;

use super::Result;
use super::office::{Db, FLOWS};
use super::site::sign_in;
use crate::{Database, FlowWeb, Running, Work};

/// One connection, on the thread that asks.
struct One(Arc<Mutex<Db>>);

impl Database<Db> for One {
    fn run(&self, work: Work<Db>) -> Running<'_> {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Box::pin(ready(Ok(())))
    }
}

/// A site of some requests, and the number of statements since it was set to 0.
fn site(requests: usize) -> Result<(Router, Arc<AtomicUsize>)> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    FLOWS.migrate(&mut conn)?;
    for _ in 0..requests {
        let form = br#"{"text":"x","value":1,"colours":[],"names":[],"urgent":false}"#;
        FLOWS.start(&mut conn, "request", "start", &System("anna"), Sent::Json(form))?;
        FLOWS.start(&mut conn, "order", "start", &System("anna"), Sent::Json(b"{}"))?;
    }
    let bob = super::office::PEOPLE.iter().find(|person| person.id == "bob").ok_or("bob")?;
    let tasks: Vec<_> = FLOWS.queue(&mut conn, bob)?.iter().take(requests / 2).map(|task| task.id()).collect();
    for task in tasks {
        FLOWS.assign(&mut conn, task, bob)?;
    }
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { .. } = event {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    Ok((FlowWeb::new(&FLOWS, One(Arc::new(Mutex::new(conn))), sign_in).router()?, count))
}

#[tokio::test]
async fn pages_take_few_statements_however_much_is_on_them() -> Result {
    for requests in [2, 30] {
        let (router, count) = site(requests)?;
        for (user, path, most) in [
            ("bob", "/", 3),
            ("bob", "/queue", 4),
            ("anna", "/requests", 5),
            ("bob", "/tasks/1.2", 6),
            ("anna", "/processes/1", 6),
            ("boss", "/flows", 4),
            ("boss", "/flows/request", 5),
            ("boss", "/tasks", 4),
            ("boss", "/errors", 3),
            ("boss", "/workload", 5),
            ("bob", "/api/queue", 2),
            ("boss", "/api/tasks", 2),
            ("bob", "/api/tasks/1.2/form", 4),
        ] {
            count.store(0, Ordering::Relaxed);
            let request = Request::get(path).header("x-user", user).body(Body::empty())?;
            let status = router.clone().oneshot(request).await?.status();
            assert_eq!(status, 200, "{path}");
            let found = count.load(Ordering::Relaxed);
            assert!(found <= most, "{path} takes {found} statements, {most} at most");
        }
    }
    Ok(())
}
