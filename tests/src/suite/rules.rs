//! What fields may hold, where they were kept before, documents of any shape, and changing many rows at once.

/// The cases of rules, on a back end.
#[macro_export]
macro_rules! rules_suite {
    ($connection:ty, $database:expr) => {
        mod rules {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::schema::flow_process;
            use flow_core::{Error, ErrorKind};
            use serde_json::{Value, json};

            type Db = $connection;
            const CODE: System = System("test");

            fn is_even(n: &i64) -> Result<(), String> {
                if n % 2 == 0 { Ok(()) } else { Err("is odd".to_owned()) }
            }

            fn is_kind(text: &str) -> Result<(), std::fmt::Error> {
                if text == "rude" { Err(std::fmt::Error) } else { Ok(()) }
            }

            #[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
            pub enum Shape { Circle(i64), Square { side: i64 } }

            #[derive(ProcessProxy, Debug)]
            pub struct RuledProcess {
                process: Process,
                #[json(max_length = 3)]
                code: String,
                #[json(blank)]
                remark: String,
                #[json(range = 1..=10, default = 5)]
                stars: i64,
                #[json(range = ..=1.5)]
                share: Option<f64>,
                #[json(choices("red", "green"), default = "red")]
                colour: String,
                #[json(choices(1, 2, 5))]
                coin: Option<i32>,
                #[json(email)]
                mail: Option<String>,
                #[json(url)]
                page: Option<String>,
                #[json(slug)]
                slug: Option<String>,
                #[json(validate = is_even, default)]
                even: i64,
                #[json(validate = is_kind)]
                word: Option<String>,
                #[json(key("where", "city"), alias = "town", default)]
                city: String,
                #[json(key("where", "zip"), default)]
                zip: i64,
                #[json(key("where", "inner", "deep"))]
                deep: Option<bool>,
                #[json(serde)]
                shape: Option<Shape>,
            }

            #[flow(process = RuledProcess, connection = Db)]
            pub struct RuledFlow {
                #[node(permission(anyone), next = this.wait)]
                pub start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                wait: Handle,
                end: End,
            }

            #[flow(process = RuledProcess, connection = Db)]
            pub struct OtherFlow {
                #[node(permission(anyone), next = this.wait)]
                pub start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                wait: Handle,
                end: End,
            }

            const F: RuledProcessFields = RuledProcess::FIELDS;

            fn good() -> RuledProcessData {
                RuledProcessData {
                    code: "abc".into(), remark: String::new(), stars: 5, share: Some(0.5), colour: "green".into(), coin: Some(5),
                    mail: Some("anna@example.org".into()), page: Some("https://example.org".into()), slug: Some("a-1".into()),
                    even: 2, word: Some("kind".into()), city: String::new(), zip: 0, deep: None, shape: Some(Shape::Square { side: 2 }),
                }
            }

            fn started(conn: &mut Db) -> i64 {
                RuledFlow.start.run(conn, &CODE, good()).unwrap().id()
            }

            fn load(conn: &mut Db, id: i64) -> RuledProcess {
                RuledFlow.processes().find(id).first(conn).unwrap()
            }

            fn put(conn: &mut Db, id: i64, document: &str) -> diesel::QueryResult<usize> {
                let document = flow_core::data::Document::from(document.to_owned());
                diesel::update(flow_process::table.find(id)).set(flow_process::data.eq(document)).execute(conn)
            }

            #[test]
            fn all_faults_are_told_at_once_before_anything_is_written() {
                let mut conn = $database;
                let data = RuledProcessData {
                    code: String::new(), stars: 11, share: Some(f64::INFINITY), colour: "blue".into(), coin: Some(3), mail: Some("anna".into()),
                    page: Some("javascript:x".into()), slug: Some("a b".into()), even: 3, word: Some("rude".into()), ..good()
                };
                let Error::Invalid(faults) = RuledFlow.start.run(&mut conn, &CODE, data).unwrap_err() else { panic!() };
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                assert_eq!(faults, [
                    "`code` is empty", "`stars` is more than 10", "`share` is not a finite number", "`colour` is not one of \"red\", \"green\"",
                    "`coin` is not one of 1, 2, 5", "`mail` is not a valid email address", "`page` is not a valid URL",
                    "`slug` may only contain letters, digits, `_` and `-`", "`even` is odd",
                    "`word` an error occurred when formatting an argument",
                ]);
                assert_eq!(flow_process::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
                let id = started(&mut conn);
                let mut process = load(&mut conn, id);
                process.set_stars(0);
                process.set_city("Bonn");
                assert_eq!(process.save(&mut conn).unwrap_err().to_string(), "not valid: `stars` is less than 1");
                assert_eq!(load(&mut conn, id).city(), "");
            }

            #[test]
            fn an_old_name_is_read_and_found_until_the_new_one_is_written() {
                let mut conn = $database;
                let id = started(&mut conn);
                put(&mut conn, id, r#"{"code": "a", "remark": "", "town": "Bonn"}"#).unwrap();
                let mut process = load(&mut conn, id);
                assert_eq!(process.city(), "Bonn");
                let found = |conn: &mut Db, city: &str| RuledFlow.processes().filter(F.city.eq(city.to_owned())).load(conn).unwrap().len();
                assert_eq!((found(&mut conn, "Bonn"), found(&mut conn, "")), (1, 0));
                process.set_stars(7);
                process.save(&mut conn).unwrap();
                assert_eq!(load(&mut conn, id).data().get(&["where"]).unwrap(), None, "only what changed is written");
                process.set_city("Kiel");
                process.save(&mut conn).unwrap();
                assert_eq!((load(&mut conn, id).city(), found(&mut conn, "Bonn"), found(&mut conn, "Kiel")), ("Kiel", 0, 1));
            }

            #[test]
            fn a_serde_type_is_kept_as_serde_writes_it() {
                let mut conn = $database;
                let id = started(&mut conn);
                let process = load(&mut conn, id);
                assert_eq!((process.shape(), process.data().get(&["shape"]).unwrap()), (Some(&Shape::Square { side: 2 }), Some(&json!({"Square": {"side": 2}}))));
            }

            #[test]
            fn two_who_change_different_fields_both_win() {
                let mut conn = $database;
                let id = started(&mut conn);
                let (mut first, mut second) = (load(&mut conn, id), load(&mut conn, id));
                first.set_city("Bonn");
                second.set_zip(53_111);
                first.save(&mut conn).unwrap();
                second.save(&mut conn).unwrap();
                let process = load(&mut conn, id);
                assert_eq!((process.city(), process.zip(), process.stars()), ("Bonn", 53_111, 5));
            }

            #[test]
            fn hostile_documents_are_read_or_refused_and_never_stop_a_list() {
                let mut conn = $database;
                let id = started(&mut conn);
                started(&mut conn);
                let deep = |levels: usize| format!(r#"{{"code":"a","remark":"","x":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
                let nested = format!("{}1{}", "{\"where\":".repeat(200), "}".repeat(200));
                let long = format!(r#"{{"code":"{}","remark":""}}"#, "x".repeat(1 << 20));
                for (document, fits) in [
                    (deep(30).as_str(), true), (deep(100).as_str(), true), (deep(2000).as_str(), false), (nested.as_str(), false),
                    (r#"{"code":"a","remark":"","stars":9223372036854775808}"#, false),
                    (r#"{"code":"a","remark":"","stars":1e400}"#, false), (r#"{"code":"a","remark":"","stars":1.5}"#, false),
                    (r#"{"code":"a","remark":"","share":1e400}"#, false), (r#"{"code":"a","remark":"","share":1e-400}"#, true),
                    (r#"{"code":"a\u0000b","remark":""}"#, true), (r#"{"code":"\ud800","remark":""}"#, false),
                    (r#"{"code":"a","code":"b","remark":""}"#, true), (r#"{"code":"a","remark":"","where":"Bonn"}"#, false),
                    (r#"{"code":"a","remark":"","where":{"city":{"zip":1}}}"#, false), (long.as_str(), true),
                    (r#"{"code":["a"],"remark":null}"#, false), ("[1]", false), ("null", false), ("7", false), ("{\"code\":", false), ("", false),
                ] {
                    let start: String = document.chars().take(60).collect();
                    // What the database itself refuses can be in no row.
                    if diesel::Connection::transaction(&mut conn, |conn| put(conn, id, document)).is_err() {
                        continue;
                    }
                    match RuledFlow.processes().find(id).first(&mut conn).map_err(Error::from) {
                        Ok(process) => assert!(fits, "{start}: read as {:?}", process.code().len()),
                        Err(error) => assert!(!fits && matches!(error.kind(), ErrorKind::Data | ErrorKind::Database), "{start}: {error}"),
                    }
                    // SQLite's functions refuse what is no JSON; any other shape is passed by.
                    let found: diesel::QueryResult<Vec<i64>> =
                        RuledFlow.processes().filter(F.stars.eq(5).and(F.colour.eq("green"))).select(flow_process::id).load(&mut conn);
                    if serde_json::from_str::<Value>(document).is_ok() {
                        assert_eq!(found.map(|found| found.len()), Ok(1), "{start}");
                    }
                }
            }

            #[test]
            fn what_is_too_deep_is_refused_before_it_is_written() {
                let mut conn = $database;
                let mut deep = json!(1);
                for _ in 0..40 {
                    deep = json!([deep]);
                }
                #[derive(ProcessProxy)]
                pub struct DeepProcess { process: Process, any: Value }
                use flow_core::proxy::ProcessData as _;
                assert_eq!(DeepProcessData { any: deep }.document().unwrap_err().to_string(), "not valid: `any` is nested more than 32 levels deep");
                let _ = &mut conn;
            }

            #[test]
            fn many_rows_are_changed_in_one_statement_and_only_this_flows() {
                let mut conn = $database;
                let ids: Vec<i64> = (0..3).map(|_| started(&mut conn)).collect();
                let other = OtherFlow.start.run(&mut conn, &CODE, good()).unwrap();
                put(&mut conn, ids[0], r#"{"code":"a","remark":"","unknown":1,"stars":3}"#).unwrap();
                put(&mut conn, ids[1], r#"{"code":"a","remark":"","where":{"city":"Bonn","unknown":1},"stars":4}"#).unwrap();
                let before = load(&mut conn, ids[0]).version();
                let few = RuledFlow.processes().filter(F.stars.lt(5));
                let count = few.update((F.city.set("Kiel".into()), F.zip.set(24_103), F.deep.set(Some(true)), F.stars.set(9)), &mut conn).unwrap();
                assert_eq!(count, 2);
                for id in &ids[..2] {
                    let process = load(&mut conn, *id);
                    assert_eq!((process.city(), process.zip(), process.deep(), process.stars()), ("Kiel", 24_103, Some(true), 9));
                }
                assert_eq!(load(&mut conn, ids[0]).data().get(&["unknown"]).unwrap(), Some(&json!(1)));
                assert_eq!(load(&mut conn, ids[1]).data().get(&["where", "unknown"]).unwrap(), Some(&json!(1)));
                assert_eq!(load(&mut conn, ids[0]).version(), before + 1);
                assert_eq!((load(&mut conn, ids[2]).stars(), load(&mut conn, ids[2]).city()), (5, ""));
                assert_eq!(RuledFlow.processes().update(F.stars.set(8), &mut conn).unwrap(), 3);
                let other = OtherFlow.processes().find(other.id()).first(&mut conn).unwrap();
                assert_eq!(other.stars(), 5);
                let error = RuledFlow.processes().update((F.stars.set(0), F.coin.set(Some(3))), &mut conn).unwrap_err();
                assert_eq!(error.to_string(), "not valid: `stars` is less than 1, `coin` is not one of 1, 2, 5");
                // Who read before sees another version and plans again.
                let mut stale = load(&mut conn, ids[0]);
                RuledFlow.processes().update(F.colour.set("green".into()), &mut conn).unwrap();
                stale.set_zip(1);
                stale.save(&mut conn).unwrap();
                assert_eq!((load(&mut conn, ids[0]).colour(), load(&mut conn, ids[0]).zip()), ("green", 1));
            }
            }
        }
    };
}
