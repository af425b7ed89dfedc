//! What workers ask of `flow_due`, and what is asked about them.

use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{CLOCK, Conn, LIMITS_LOCK, reserve};
use crate::clock::DatabaseClock;
use crate::data::sql_types::Moment;
use crate::store::dialect::WorkRows;
use crate::store::limits::Free;
use crate::store::rows_read::counted;
use crate::store::schema::{flow_due, flow_queue, flow_task};
use crate::store::{DueRow, NEVER, Reserve, Store as _};
use crate::{Task, Timestamp, clock};

/// How often a claim looks for more, where it found jobs of which enough run already.
const MOST_ROUNDS: usize = 8;

impl WorkRows for Conn {
    fn clock(&mut self) -> QueryResult<Option<DatabaseClock>> {
        let Some(clock) = CLOCK.filter(|_| !crate::sabotage::is_out("own_clock")) else { return Ok(None) };
        let asked = Instant::now();
        let shown: Timestamp = diesel::select(diesel::dsl::sql::<Moment>(clock)).get_result(self)?;
        Ok(Some(DatabaseClock::new(shown, asked)))
    }

    fn release(&mut self, row: &DueRow) -> QueryResult<()> {
        let key = row.primary_key();
        let ours = flow_due::table.find(key.columns()).filter(flow_due::lease_token.eq(row.lease_token));
        let ours = ours.filter(flow_due::holder.eq(row.holder.as_deref()));
        let changes = (flow_due::leased_until.eq(None::<Timestamp>), flow_due::holder.eq(None::<&str>));
        diesel::update(ours).set(changes).execute(self).map(drop)
    }

    fn renew(&mut self, row: &DueRow, until: Timestamp) -> QueryResult<bool> {
        let key = row.primary_key();
        let ours = flow_due::table.find(key.columns()).filter(flow_due::lease_token.eq(row.lease_token));
        let changes = (flow_due::leased_until.eq(until), flow_due::holder.eq(row.holder.as_deref()));
        Ok(diesel::update(ours).set(changes).execute(self)? == 1)
    }

    fn reserve(&mut self, rows: &Reserve<'_>) -> QueryResult<Vec<DueRow>> {
        if !reserve::is_any_due(self, rows)? {
            return Ok(Vec::new());
        }
        if rows.limits.is_empty() {
            return reserve::reserve(self, rows).map(counted);
        }
        self.atomically(|conn| {
            if let Some(lock) = LIMITS_LOCK
                && !diesel::select(diesel::dsl::sql::<Bool>(lock)).get_result::<bool>(conn)?
            {
                return reserve::reserve(conn, &Reserve { only_unlimited: true, ..*rows }).map(counted);
            }
            let held = flow_due::table.filter(flow_due::leased_until.gt(rows.now));
            let held = held.filter(flow_due::concurrency.is_not_null()).group_by(flow_due::concurrency);
            let held: Vec<(Option<String>, i64)> =
                held.select((flow_due::concurrency, diesel::dsl::count_star())).load(conn)?;
            let mut free = Free::new(rows.limits, held);
            let mut taken = Vec::new();
            for _ in 0..MOST_ROUNDS {
                let most = rows.most - i64::try_from(taken.len()).unwrap_or(i64::MAX);
                let found = reserve::reserve(conn, &Reserve { not_groups: &free.full(), most, ..*rows })?;
                let before = taken.len() + found.len();
                for row in found {
                    if free.take(&row) { taken.push(row) } else { conn.release(&row)? }
                }
                // What is behind those that were released is looked at once more.
                if taken.len() == before {
                    break;
                }
            }
            Ok(counted(taken))
        })
    }

    fn next_due(&mut self, flows: &[&str], now: Timestamp) -> QueryResult<Option<Timestamp>> {
        let later = flow_due::table.filter(flow_due::due.gt(now).and(flow_due::flow.eq_any(flows)));
        later.order(flow_due::due).select(flow_due::due).first(self).optional()
    }

    fn due_work(&mut self, flows: &[&str], held: bool, most: i64) -> QueryResult<Vec<(DueRow, Option<Task>)>> {
        let of_task = flow_due::process_id.eq(flow_task::process_id).and(flow_due::task.eq(flow_task::number));
        let rows = flow_due::table.left_join(flow_task::table.on(of_task)).filter(flow_due::flow.eq_any(flows));
        // Rows of catches are subscriptions, never due.
        let rows = rows.filter(flow_due::due.lt(NEVER));
        let rows = rows.order((flow_due::due, flow_due::process_id, flow_due::task)).limit(most);
        let rows = rows.select((DueRow::as_select(), Option::<Task>::as_select()));
        // What somebody holds was due when they took it.
        let now = clock::now();
        if held {
            rows.filter(flow_due::holder.is_not_null().and(flow_due::due.le(now))).load(self)
        } else {
            rows.load(self)
        }
    }

    fn pause_queue(&mut self, name: &str, paused: Option<Timestamp>, by: &str) -> QueryResult<()> {
        let by = paused.map(|_| by);
        diesel::insert_into(flow_queue::table)
            .values((flow_queue::name.eq(name), flow_queue::paused.eq(paused), flow_queue::paused_by.eq(by)))
            .on_conflict(flow_queue::name)
            .do_update()
            .set((flow_queue::paused.eq(paused), flow_queue::paused_by.eq(by)))
            .execute(self)
            .map(drop)
    }

    fn paused_queues(&mut self) -> QueryResult<Vec<(String, Timestamp, Option<String>)>> {
        let rows = flow_queue::table.filter(flow_queue::paused.is_not_null()).order(flow_queue::name);
        let columns = (flow_queue::name, flow_queue::paused.assume_not_null(), flow_queue::paused_by);
        rows.select(columns).load(self)
    }
}
