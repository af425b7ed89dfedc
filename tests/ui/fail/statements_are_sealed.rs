//! Code that is generic over the connection cannot reach the engine's statements.

use flow_core::FlowConnection;

fn by_method<C: FlowConnection>(conn: &mut C) {
    conn.depth();
    conn.lock_process(1);
    conn.patch_process(1, 2, todo!());
    conn.atomically(|_| Ok::<_, flow_core::Error>(()));
    conn.store();
}

fn by_the_door<C: FlowConnection>(conn: &mut C) {
    conn.dialect();
    conn.dialect(());
    conn.dialect(Default::default());
    conn.dialect(flow_core::store::Key(()));
}

fn by_a_connection(conn: &mut diesel::SqliteConnection) {
    conn.delete_due(todo!());
}

fn main() {}
