//! Which ways are taken, who is asked, and where the shipment's own columns end up.

use flow_core::ProcessStatus::{Done, New};
use flow_core::prelude::*;
use flow_core::test_util::TestClock;

use crate::flow::{CarrierForm, InsuranceForm, LabelForm, POST, PackForm, QuoteForm, ShipmentFlow, request};
use crate::shipment::{Shipment, ShipmentProcess, shipments};
use crate::{CLERK, Db, FLOWS, MANAGER, PACKER, database};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn requested(conn: &mut Db, carrier: &str) -> Result<i64, Box<dyn std::error::Error>> {
    let process = ShipmentFlow.start.run(conn, &CLERK, request("Kiel", &["a book"]))?.id();
    does!(conn, CLERK, shipment_type of process, CarrierForm { carrier: carrier.to_owned() });
    Ok(process)
}

fn nodes(conn: &mut Db, process: i64) -> Vec<String> {
    let mut nodes: Vec<_> = FLOWS
        .tasks(conn, process)
        .unwrap()
        .iter()
        .filter(|task| task.node() != "shipment_type__timeout__remind")
        .map(|task| task.node().to_owned())
        .collect();
    nodes.sort_unstable();
    nodes
}

#[test]
fn by_post_with_insurance_both_branches_of_the_inner_split_are_waited_for() -> Outcome {
    let conn = &mut database()?;
    let process = requested(conn, POST)?;
    does!(conn, CLERK, check_insurance of process, InsuranceForm { needed: true });
    does!(conn, CLERK, fill_post_label of process, LabelForm { label: "fragile".to_owned() });
    does!(conn, PACKER, package_goods of process, PackForm { packed: true });
    FLOWS.expect(conn, process).is(New); // the insurance is not there yet
    FLOWS.assert_sound(conn)?;
    assert_eq!(ShipmentFlow.move_package.tasks().load::<Task>(conn)?.len(), 0);
    does!(conn, MANAGER, take_extra_insurance of process, ());
    does!(conn, PACKER, move_package of process, ());
    FLOWS.expect(conn, process).is(Done);
    FLOWS.assert_sound(conn)?;
    let row: Shipment = shipments::table.find(process).select(Shipment::as_select()).first(conn)?;
    assert_eq!(
        (row.carrier.as_deref(), row.needs_insurance, row.label.as_deref()),
        (Some(POST), true, Some("fragile"))
    );
    Ok(())
}

#[test]
fn by_post_without_insurance_nobody_is_asked_to_take_one() -> Outcome {
    let conn = &mut database()?;
    let process = requested(conn, POST)?;
    does!(conn, CLERK, check_insurance of process, InsuranceForm { needed: false });
    assert_eq!(ShipmentFlow.take_extra_insurance.tasks().load::<Task>(conn)?.len(), 0);
    does!(conn, CLERK, fill_post_label of process, LabelForm { label: "books".to_owned() });
    does!(conn, PACKER, package_goods of process, PackForm { packed: true });
    does!(conn, PACKER, move_package of process, ());
    FLOWS.expect(conn, process).is(Done);
    FLOWS.assert_sound(conn)?;
    Ok(())
}

#[test]
fn another_carrier_is_asked_for_a_quote_and_for_nothing_else() -> Outcome {
    let conn = &mut database()?;
    let process = requested(conn, "swift")?;
    does!(conn, CLERK, request_quotes of process, QuoteForm { quote: Some(1_900) });
    does!(conn, PACKER, package_goods of process, PackForm { packed: true });
    let task = ShipmentFlow.move_package.tasks().of(process).one(conn)?;
    assert_eq!(task.owner(), Some("walt"), "who packed it moves it");
    does!(conn, PACKER, move_package of process, ());
    FLOWS.expect(conn, process).is(Done);
    FLOWS.assert_sound(conn)?;
    let expected = [
        "delivery_mode",
        "end",
        "join_clerk_warehouse",
        "move_package",
        "package_goods",
        "request_quotes",
        "shipment_type",
        "split_clerk_warehouse",
        "start",
    ];
    assert_eq!(nodes(conn, process), expected);
    Ok(())
}

#[test]
fn the_clerk_is_reminded_once_and_still_has_the_task() -> Outcome {
    let clock = TestClock::install();
    let conn = &mut database()?;
    let process = ShipmentFlow.start.run(conn, &CLERK, request("Kiel", &["a book"]))?.id();
    clock.advance(days(1));
    assert_eq!(FLOWS.run_until_idle(conn)?.done, 1);
    let task = ShipmentFlow.shipment_type.tasks().of(process).one(conn)?;
    assert_eq!((task.owner(), task.finished()), (Some("clara"), None));
    does!(conn, CLERK, shipment_type of process, CarrierForm { carrier: "swift".to_owned() });
    does!(conn, CLERK, request_quotes of process, QuoteForm { quote: None });
    does!(conn, PACKER, package_goods of process, PackForm { packed: true });
    does!(conn, PACKER, move_package of process, ());
    FLOWS.expect(conn, process).is(Done);
    FLOWS.assert_sound(conn)?;
    Ok(())
}

#[test]
fn processes_are_found_by_their_columns_and_by_their_fields() -> Outcome {
    let conn = &mut database()?;
    let post = requested(conn, POST)?;
    let swift = requested(conn, "swift")?;
    does!(conn, PACKER, package_goods of swift, PackForm { packed: true });
    let ids = |found: Vec<ShipmentProcess>| found.iter().map(|process| process.id()).collect::<Vec<_>>();
    let by_carrier = ShipmentFlow.processes().filter(shipments::carrier.eq(POST)).load(conn)?;
    assert_eq!(ids(by_carrier), [post]);
    let packed = ShipmentFlow.processes().filter(ShipmentProcess::FIELDS.packed.eq(true)).load(conn)?;
    assert_eq!(ids(packed), [swift]);
    Ok(())
}
