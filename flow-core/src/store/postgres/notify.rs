//! LISTEN and NOTIFY: a trigger tells workers that something has become due. It is a hint alone: polling finds all of it.

use diesel::PgConnection;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// What is inserted and due later is left to polling, which knows when that is.
const INSTALL: &str = "\
CREATE OR REPLACE FUNCTION flow_due_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM new_rows WHERE due <= now() + interval '1 second') THEN
        PERFORM pg_notify('flow_due', TG_TABLE_SCHEMA);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS flow_due_notify ON flow_due;
CREATE TRIGGER flow_due_notify AFTER INSERT ON flow_due
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flow_due_notify();";

const UNINSTALL: &str = "\
DROP TRIGGER IF EXISTS flow_due_notify ON flow_due;
DROP FUNCTION IF EXISTS flow_due_notify();";

const IS_INSTALLED: &str =
    "EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'flow_due_notify' AND tgrelid = 'flow_due'::regclass)";

/// Installs the trigger, or removes it.
pub(crate) fn install(conn: &mut PgConnection, wanted: bool) -> QueryResult<()> {
    conn.transaction(|conn| conn.batch_execute(if wanted { INSTALL } else { UNINSTALL }))
}

/// Listens, where the trigger is installed.
pub(super) fn listen(conn: &mut PgConnection) -> QueryResult<bool> {
    let installed = diesel::select(diesel::dsl::sql::<Bool>(IS_INSTALLED)).get_result(conn)?;
    if installed {
        conn.batch_execute("LISTEN flow_due")?;
    }
    Ok(installed)
}

/// Reads what has arrived. Other schemas of the database wake us too, which costs a look.
pub(super) fn is_notified(conn: &mut PgConnection) -> QueryResult<bool> {
    let mut notified = false;
    for notification in conn.notifications_iter() {
        notified |= notification?.channel == "flow_due";
    }
    Ok(notified)
}
