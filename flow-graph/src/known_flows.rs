//! Flows that are fine: those of Viewflow's cookbook that the node kinds allow. Nothing is said of any of them.

use crate::Kind::{End, Function, If, Job, Join, Split, Start, StartHandle, Subprocess, View};
use crate::draw::Draft;

fn is_fine(draft: &Draft) {
    draft.with_graph(|graph| assert_eq!(crate::check(graph), []));
}

#[test]
fn shipment_with_a_split_in_a_branch_and_a_reminder() {
    is_fine(
        &Draft::new()
            .node("start", Start, &["split"])
            .node("split", Split, &["shipment_type", "package_goods"])
            .node("shipment_type", View, &["delivery_mode"])
            .node("remind", End, &[])
            .node("delivery_mode", If, &["check_insurance", "request_quotes"])
            .node("check_insurance", View, &["insurance"])
            .node("insurance", Split, &["?take_extra_insurance", "fill_post_label"])
            .node("take_extra_insurance", View, &["join_on_insurance"])
            .node("fill_post_label", View, &["join_on_insurance"])
            .node("join_on_insurance", Join, &["join_clerk_warehouse"])
            .node("request_quotes", View, &["join_clerk_warehouse"])
            .node("package_goods", View, &["join_clerk_warehouse"])
            .node("join_clerk_warehouse", Join, &["move_package"])
            .node("move_package", View, &["end"])
            .node("end", End, &[])
            .timeout("shipment_type", "remind", false),
    );
}

#[test]
fn bloodtest_with_two_starts_and_a_way_straight_to_the_join() {
    is_fine(
        &Draft::new()
            .node("first_sample", Start, &["analysis"])
            .node("second_sample", StartHandle, &["analysis"])
            .node("analysis", View, &["split"])
            .node("split", Split, &["?hormones", "?markers", "join"])
            .node("hormones", View, &["join"])
            .node("markers", View, &["join"])
            .node("join", Join, &["end"])
            .node("end", End, &[]),
    );
}

#[test]
fn bills_with_a_way_back_and_three_ends() {
    is_fine(
        &Draft::new()
            .node("register_bill", Start, &["accept_bill"])
            .node("accept_bill", View, &["accepted"])
            .node("accepted", If, &["sign_bill", "incorrect_bill"])
            .node("incorrect_bill", End, &[])
            .node("sign_bill", View, &["signed"])
            .node("signed", If, &["validate_bill", "bill_rejected"])
            .node("bill_rejected", End, &[])
            .node("validate_bill", View, &["validated"])
            .node("validated", If, &["set_bill_paydate", "accept_bill"])
            .node("set_bill_paydate", View, &["pay_bill"])
            .node("pay_bill", View, &["bill_paid"])
            .node("bill_paid", End, &[]),
    );
}

#[test]
fn hello_world_orders_votes_and_briefs() {
    is_fine(
        &Draft::new()
            .node("start", Start, &["approve"])
            .node("approve", View, &["check_approve"])
            .node("check_approve", If, &["send", "end"])
            .node("send", Job, &["end"])
            .node("escalate", End, &[])
            .node("end", End, &[])
            .timeout("approve", "escalate", true),
    );
    is_fine(
        &Draft::new()
            .node("start", Start, &["verify"])
            .node("verify", Subprocess, &["trusted"])
            .node("trusted", If, &["items", "end"])
            .node("items", Subprocess, &["end"])
            .node("end", End, &[]),
    );
    is_fine(
        &Draft::new()
            .node("start", Start, &["votes"])
            .node("votes", Split, &["*decide", "met"])
            .node("decide", View, &["met"])
            .node("met", Join, &["majority"])
            .node("majority", If, &["approved", "rejected"])
            .node("approved", End, &[])
            .node("rejected", End, &[]),
    );
    is_fine(
        &Draft::new()
            .node("start", Start, &["fetch"])
            .node("fetch", Job, &["edit"])
            .node("edit", View, &["load"])
            .node("load", Function, &["copies"])
            .node("copies", Split, &["*article", "met"])
            .node("article", View, &["met"])
            .node("met", Join, &["select"])
            .node("select", View, &["end"])
            .node("end", End, &[]),
    );
}

#[test]
fn a_split_for_each_item_with_a_join_of_its_own() {
    is_fine(
        &Draft::new()
            .node("start", Start, &["items"])
            .node("items", Split, &["*item", "met"])
            .node("item", View, &["both"])
            .node("both", Split, &["x", "y"])
            .node("x", View, &["one"])
            .node("y", View, &["one"])
            .node("one", Join, &["met"])
            .node("met", Join, &["end"])
            .node("end", End, &[]),
    );
}
