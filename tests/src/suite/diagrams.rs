//! Diagrams of processes: what they show is what the rows say.

/// The cases of diagrams, on a back end.
#[macro_export]
macro_rules! diagrams_suite {
    ($connection:ty, $database:expr) => {
        mod diagrams {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::graph::{Graph, diagram::State};
            use flow_core::{Error, test_util::TestClock};

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(ProcessProxy, Debug)]
            pub struct DrawnProcess {
                process: Process,
                #[json(default)]
                rounds: i64,
                #[json(default)]
                extra: bool,
            }

            /// A loop, a split with a branch straight to its join, and timeouts.
            #[flow(process = DrawnProcess, connection = Db)]
            pub struct DrawnFlow {
                #[node(permission(anyone), next = this.work)] start: StartHandle,
                #[node(permission(anyone), on_timeout(hours(1), this.reminded, interrupting = false),
                       on_timeout(hours(9), this.late), next = this.count)]
                work: Handle,
                #[node(run = |a| a.process.set_rounds(a.process.rounds() - 1), next = this.again)] count: Function,
                #[node(if = |a| a.process.rounds() > 0, then = this.work, else = this.split)] again: If,
                #[node(next = this.check, next = this.join, next(this.extra, when = |a| a.process.extra()))] split: Split,
                #[node(permission(anyone), next = this.join)] check: Handle,
                #[node(run = this.bounce, next = this.join)] extra: Job,
                #[node(next = this.end)] join: Join,
                reminded: End,
                late: End,
                end: End,
            }

            impl DrawnFlow {
                fn bounce(_job: &JobContext<Self>) -> Step {
                    Err("bounced".into())
                }
            }

            static FLOWS: Flows<Db> = flows![DrawnFlow];

            fn start(conn: &mut Db, rounds: i64, extra: bool) -> i64 {
                DrawnFlow.start.run(conn, &CODE, DrawnProcessData { rounds, extra }).unwrap().id()
            }

            fn do_all(conn: &mut Db, process: i64) {
                for _ in 0..20 {
                    let mut tasks = DrawnFlow.work.tasks().open().of(process).load::<Task>(conn).unwrap();
                    let Some(task) = tasks.pop() else { break };
                    DrawnFlow.work.run(conn, task.id(), &CODE, ()).unwrap();
                }
            }

            /// What is drawn, without what was never come to: `work 2 done, start->work 1`.
            fn drawn(graph: &Graph<'_>, state: &State) -> (String, String) {
                let (mut nodes, mut edges) = (Vec::new(), Vec::new());
                for (id, node) in graph.ids().zip(graph.nodes) {
                    let state_of = state.node(id);
                    let counts = [(state_of.open, "open"), (state_of.error, "error"), (state_of.done, "done"), (state_of.canceled, "canceled")];
                    for (count, word) in counts.into_iter().filter(|(count, _)| *count > 0) {
                        nodes.push(format!("{} {count} {word}", node.name));
                    }
                    for (at, edge) in node.edges.iter().enumerate().filter(|(at, _)| state.taken(id, *at) > 0) {
                        edges.push(format!("{}->{} {}", node.name, graph.node(edge.to).unwrap().name, state.taken(id, at)));
                    }
                }
                (nodes.join(", "), edges.join(", "))
            }

            /// The state, which the picture and the rows must agree with.
            fn state(conn: &mut Db, process: i64) -> (String, String) {
                let state = DrawnFlow.state_of(conn, process).unwrap();
                assert_eq!(state, FLOWS.state_of(conn, process).unwrap());
                let svg = DrawnFlow.svg_of(conn, process).unwrap();
                assert_eq!(svg, FLOWS.svg_of(conn, process).unwrap());
                let graph = DrawnFlow.graph();
                let rows = FLOWS.tasks(conn, process).unwrap();
                let mut places = 0;
                for (id, node) in graph.ids().zip(graph.nodes) {
                    let of_node: Vec<&Task> = rows.iter().filter(|task| task.node() == node.name).collect();
                    let found = state.node(id);
                    assert_eq!(usize::try_from(found.visits()).unwrap(), of_node.len(), "{}", node.name);
                    let open = of_node.iter().filter(|task| !task.status().is_final()).count();
                    assert_eq!(usize::try_from(found.open + found.error).unwrap(), open, "{}", node.name);
                    let marked = format!(" {}\" data-node=\"{}\">", found.word(), node.name);
                    assert!(svg.contains(&marked), "{marked} in {svg}");
                    places += usize::from(open > 0);
                }
                let current = svg.matches(" open\" data-node").count() + svg.matches(" error\" data-node").count();
                assert_eq!(current, places);
                let taken = state.taken.iter().flatten().filter(|times| **times > 0).count();
                assert_eq!(svg.matches("<g class=\"edge taken\">").count(), taken);
                drawn(graph, &state)
            }

            #[test]
            fn a_new_process_is_at_its_first_task() {
                let mut conn: Db = $database;
                let process = start(&mut conn, 1, false);
                let (nodes, edges) = state(&mut conn, process);
                assert_eq!(nodes, "start 1 done, work 1 open, work__timeout__reminded 1 open, work__timeout__late 1 open");
                assert_eq!(edges, "start->work 1");
            }

            #[test]
            fn a_loop_is_counted_and_a_branch_straight_to_the_join_is_taken() {
                let mut conn: Db = $database;
                let process = start(&mut conn, 3, false);
                do_all(&mut conn, process);
                let (nodes, edges) = state(&mut conn, process);
                assert_eq!(nodes, "start 1 done, work 3 done, work__timeout__reminded 3 canceled, work__timeout__late 3 canceled, \
                                   count 3 done, again 3 done, split 1 done, check 1 open, join 1 open");
                assert_eq!(edges, "start->work 1, work->count 3, count->again 3, again->work 2, again->split 1, \
                                   split->check 1, split->join 1");
                let task = DrawnFlow.check.tasks().open().of(process).one(&mut conn).unwrap();
                DrawnFlow.check.run(&mut conn, task.id(), &CODE, ()).unwrap();
                let (nodes, edges) = state(&mut conn, process);
                assert!(nodes.ends_with("split 1 done, check 1 done, join 1 done, end 1 done"), "{nodes}");
                assert!(edges.ends_with("split->check 1, split->join 1, check->join 1, join->end 1"), "{edges}");
                let svg = DrawnFlow.svg_of(&mut conn, process).unwrap();
                assert!(svg.contains("×3</text>") && svg.contains("Work → Count (taken 3 times)"), "{svg}");
            }

            #[test]
            fn timeouts_are_at_the_border_of_their_task_and_lead_on_from_there() {
                let (mut conn, clock) = ($database, TestClock::install());
                let process = start(&mut conn, 1, false);
                clock.advance(hours(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let (nodes, edges) = state(&mut conn, process);
                assert_eq!(nodes, "start 1 done, work 1 open, work__timeout__reminded 1 done, work__timeout__late 1 open, reminded 1 done");
                assert_eq!(edges, "start->work 1, work__timeout__reminded->reminded 1");
                clock.advance(hours(9));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let (nodes, edges) = state(&mut conn, process);
                assert_eq!(nodes, "start 1 done, work 1 canceled, work__timeout__reminded 1 done, work__timeout__late 1 done, \
                                   reminded 1 done, late 1 done");
                assert_eq!(edges, "start->work 1, work__timeout__reminded->reminded 1, work__timeout__late->late 1");
            }

            #[test]
            fn what_failed_is_marked() {
                let mut conn: Db = $database;
                let process = start(&mut conn, 0, true);
                do_all(&mut conn, process);
                FLOWS.run_until_idle(&mut conn).unwrap();
                let (nodes, _) = state(&mut conn, process);
                assert!(nodes.ends_with("split 1 done, check 1 open, extra 1 error, join 1 open"), "{nodes}");
                assert!(DrawnFlow.svg_of(&mut conn, process).unwrap().contains("In error: Extra"));
                let (_, edges) = state(&mut conn, process);
                assert!(edges.ends_with("split->check 1, split->join 1, split->extra 1"), "{edges}");
            }

            #[test]
            fn what_was_cancelled_is_marked_and_the_way_there_stays() {
                let mut conn: Db = $database;
                let process = start(&mut conn, 2, false);
                do_all(&mut conn, process);
                let (_, before) = state(&mut conn, process);
                FLOWS.cancel(&mut conn, process, &CODE).unwrap();
                let (nodes, edges) = state(&mut conn, process);
                assert!(nodes.ends_with("split 1 done, check 1 canceled, join 1 canceled"), "{nodes}");
                assert_eq!(edges, before);
                assert!(DrawnFlow.svg_of(&mut conn, process).unwrap().contains("Cancelled: Check, Join"));
            }

            #[test]
            fn a_process_that_is_not_there_has_no_diagram() {
                let mut conn: Db = $database;
                assert!(matches!(DrawnFlow.svg_of(&mut conn, 7), Err(Error::NotFound { .. })));
                assert!(matches!(FLOWS.svg_of(&mut conn, 7), Err(Error::NotFound { .. })));
                assert!(DrawnFlow.svg().contains("<title>Work</title>"), "a picture without a process says nothing of one");
            }
            }
        }
    };
}
