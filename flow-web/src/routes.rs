//! Every address, and what is at it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use flow_core::FlowConnection;

use crate::fault::Fault;
use crate::shared::Shared;
use crate::{api, assets, guard, pages};

macro_rules! routes {
    ($($method:ident $path:literal => $($part:ident)::+;)*) => {
        /// Every route that asks who it is: method and address. Tests walk over it.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        fn table<C: FlowConnection + Send>() -> Router<Arc<Shared<C>>> {
            Router::new()$(.route($path, $method($($part)::+::<C>)))*
        }
    };
}

routes! {
    get "/" => pages::lists::inbox;
    get "/queue" => pages::lists::queue;
    get "/archive" => pages::lists::archive;
    get "/requests" => pages::lists::requests;
    get "/processes" => pages::lists::processes;
    get "/tasks" => pages::lists::managed;
    get "/inbox.csv" => pages::export::inbox;
    get "/queue.csv" => pages::export::queue;
    get "/archive.csv" => pages::export::archive;
    get "/processes.csv" => pages::export::processes;
    get "/start" => pages::start::list;
    get "/start/{flow}/{node}" => pages::start::form;
    post "/start/{flow}/{node}" => pages::start::start;
    get "/tasks/{task}" => pages::task::page;
    post "/tasks/{task}" => pages::task::submit;
    get "/tasks/{task}/assign" => pages::task::reload;
    post "/tasks/{task}/assign" => pages::task::assign;
    get "/tasks/{task}/snooze" => pages::snooze::ask;
    post "/tasks/{task}/snooze" => pages::snooze::snooze;
    get "/tasks/{task}/{verb}" => pages::task_verb::confirm;
    post "/tasks/{task}/{verb}" => pages::task_verb::perform;
    get "/processes/{process}" => pages::process::page;
    get "/processes/{process}/diagram.svg" => pages::process::diagram;
    post "/processes/{process}/comment" => pages::process::comment;
    get "/processes/{process}/{verb}" => pages::process_verb::confirm;
    post "/processes/{process}/{verb}" => pages::process_verb::perform;
    get "/flows" => pages::overview::flows;
    get "/flows/{flow}" => pages::overview::flow;
    get "/workload" => pages::overview::workload;
    get "/errors" => pages::admin::errors;
    post "/errors/retry" => pages::retry::perform;
    get "/work" => pages::admin::work;
    post "/bulk" => pages::bulk::perform;
    get "/api/openapi.json" => api::openapi::document;
    get "/api/inbox" => api::lists::inbox;
    get "/api/queue" => api::lists::queue;
    get "/api/archive" => api::lists::archive;
    get "/api/errors" => api::lists::errors;
    get "/api/tasks" => api::lists::managed;
    get "/api/processes" => api::lists::processes;
    get "/api/starts" => api::starts::list;
    get "/api/starts/{flow}/{node}" => api::starts::form;
    post "/api/starts/{flow}/{node}" => api::starts::start;
    get "/api/tasks/{task}" => api::tasks::read;
    get "/api/tasks/{task}/form" => api::tasks::form;
    get "/api/tasks/{task}/explain" => api::tasks::explain;
    get "/api/tasks/{task}/attempts" => api::tasks::attempts;
    put "/api/tasks/{task}/draft" => api::tasks::draft;
    delete "/api/tasks/{task}/draft" => api::tasks::discard;
    post "/api/tasks/{task}/execute" => api::tasks::execute;
    post "/api/tasks/{task}/run" => api::tasks::run;
    post "/api/tasks/{task}/snooze" => api::tasks::snooze;
    post "/api/tasks/{task}/{verb}" => api::tasks::perform;
    post "/api/messages/{name}" => api::messages::send;
    get "/api/processes/{process}" => api::processes::read;
    get "/api/processes/{process}/tasks" => api::processes::tasks;
    get "/api/processes/{process}/history" => api::processes::history;
    get "/api/processes/{process}/explain" => api::processes::explain;
    get "/api/processes/{process}/diagram.svg" => pages::process::diagram;
    post "/api/processes/{process}/comment" => api::processes::comment;
    post "/api/processes/{process}/{verb}" => api::processes::perform;
}

/// All of it, for any app.
pub(crate) fn router<C: FlowConnection + Send>(web: Arc<Shared<C>>) -> Router {
    let limit = DefaultBodyLimit::max(web.body_limit);
    table::<C>()
        .fallback(|| async { Fault::not_found() })
        .layer(limit)
        .layer(from_fn_with_state(Arc::clone(&web), guard::guard::<C>))
        .route("/assets/{name}", get(assets::asset))
        .with_state(web)
}
