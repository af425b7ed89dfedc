//! Forms without a database: every type of field, there and back; what a stranger may send; JSON Schemas.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod flows;
mod random;

use flow_core::prelude::*;
use flow_core::{Error, FieldErrorKind, FieldType};
use flows::{AllFlow, AllForm, RuledFlow, RuledForm, RuledProcessData, kept, kept_example, urlencoded};
use proptest::prelude::*;
use random::{forms, jsons};
use serde_json::{Value, json};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_type_comes_back_from_json_and_from_an_html_form(form in forms()) {
        let json = kept(&form);
        for back in [
            AllForm::from_value(&json),
            AllForm::from_json(json.to_string()),
            serde_json::from_value::<AllForm>(json.clone()).map_err(|error| panic!("{error}")),
            AllForm::from_urlencoded(urlencoded(&json)),
        ] {
            prop_assert_eq!(kept(&back.unwrap()), json.clone());
        }
    }

    #[test]
    fn any_json_is_a_form_or_a_typed_error(json in jsons(), at in 0usize..40) {
        let mut all = kept_example();
        let fields = AllFlow.start.fields();
        all[fields[at % fields.len()].name] = json.clone();
        for read in [AllForm::from_value(&json), AllForm::from_value(&all), AllForm::from_urlencoded(urlencoded(&all))] {
            prop_assert!(matches!(read, Ok(_) | Err(Error::Invalid(_))));
        }
    }

    #[test]
    fn any_bytes_are_a_form_or_a_typed_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for read in [AllForm::from_json(&bytes), AllForm::from_urlencoded(&bytes)] {
            prop_assert!(matches!(read, Err(Error::Invalid(_))));
        }
    }
}

/// The faults, by field.
fn faults<T: std::fmt::Debug>(read: flow_core::Result<T>) -> Vec<(String, FieldErrorKind)> {
    let Err(Error::Invalid(faults)) = read else { panic!("{read:?}") };
    faults.into_iter().map(|fault| (fault.field.into_owned(), fault.kind)).collect()
}

#[test]
fn every_field_is_told_by_its_own_fault() {
    use FieldErrorKind as Kind;
    let mut json = kept_example();
    assert!(AllForm::from_value(&json).is_ok());
    for (field, wrong, kind) in [
        ("text", json!(5), Kind::Type),
        ("text", json!(""), Kind::Empty),
        ("text", json!("x".repeat(41)), Kind::TooLong),
        ("text", json!("a\0b"), Kind::Other),
        ("text", Value::Null, Kind::Type),
        ("yes", json!("true"), Kind::Type),
        ("small", json!(256), Kind::Type),
        ("whole", json!(1.5), Kind::Type),
        ("whole", json!(u64::MAX), Kind::Type),
        ("large", json!(u64::MAX), Kind::Type),
        ("real", json!("1"), Kind::Type),
        ("price", json!("1,50"), Kind::Type),
        ("price", json!("1".repeat(1000)), Kind::Type),
        ("day", json!("2026-02-30"), Kind::Type),
        ("at", json!("2026-11-23T14:30:00"), Kind::Type),
        ("length", json!("90 minutes"), Kind::Type),
        ("ip", json!("1.2.3"), Kind::Type),
        ("seal", json!("!"), Kind::Type),
        ("carrier", json!("Ship"), Kind::NotAChoice),
        ("carrier", json!(1), Kind::Type),
        ("author", json!({}), Kind::Type),
        ("numbers", json!([1, "2"]), Kind::Type),
        ("part", json!({"name": 1}), Kind::Type),
        ("shape", json!("Oval"), Kind::Type),
    ] {
        let before = std::mem::replace(&mut json[field], wrong.clone());
        let place = match field {
            "numbers" => "numbers[1]",
            "part" => "part.name",
            _ => field,
        };
        assert_eq!(faults(AllForm::from_value(&json)), [(place.to_owned(), kind)], "{field}: {wrong}");
        json[field] = before;
    }
}

#[test]
fn what_a_stranger_may_send_is_told_and_nothing_of_it_is_repeated() {
    let deep = format!("{{\"any\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for text in ["", "{", "nothing", "{\"text\": \"\\ud800\"}", "\u{feff}{}", "{\"text\": 1e999999}", &deep, "{} {}"] {
        let read = faults(AllForm::from_json(text));
        assert_eq!(read, [(String::new(), FieldErrorKind::Type)], "{}", &text[..text.len().min(40)]);
    }
    for text in ["5", "\"hunter2\"", "[]", "null"] {
        let error = AllForm::from_json(text).unwrap_err().to_string();
        assert_eq!(error, "not valid: expected a JSON object", "{text}");
    }
    let twice = faults(RuledForm::from_json(r#"{"stars": 1, "stars": 2, "zip": 1, "city": "x"}"#));
    assert_eq!(twice, [("stars".to_owned(), FieldErrorKind::Twice)]);
    assert_eq!(faults(RuledForm::from_urlencoded("stars=1&stars=2&zip=1&city=x")), twice);
    let wrong = serde_json::from_str::<RuledForm>(r#"{"stars": 1, "zip": 1, "city": "x", "sity": 1}"#).unwrap_err();
    assert_eq!(wrong.to_string(), "not valid: `sity` is not a field of this form");
    let pin = AllForm::from_json(r#"{"pin": ["hunter2"]}"#).unwrap_err().to_string();
    assert!(pin.contains("`pin` is something else") && !pin.contains("hunter2"), "{pin}");
    let many: String = (0..1000).map(|n| format!("unknown{n}=1&")).collect();
    assert!(faults(RuledForm::from_urlencoded(many)).len() < 40);
    let nested = format!("stars=1&zip=1&city=x&share={}", "[".repeat(100_000));
    assert_eq!(faults(RuledForm::from_urlencoded(nested)), [("share".to_owned(), FieldErrorKind::Type)]);
}

#[test]
fn rules_are_kept_by_what_is_sent() {
    use FieldErrorKind as Kind;
    let sent =
        "stars=11&share=2&colour=blue&coin=3&mail=anna&page=here&slug=a+b&file=..%2Fx&code=AB1x&even=3&zip=&city=";
    let told: Vec<FieldErrorKind> =
        faults(RuledForm::from_urlencoded(sent)).into_iter().map(|(_, kind)| kind).collect();
    let (outside, none, form) = (Kind::OutOfRange, Kind::NotAChoice, Kind::Format);
    assert_eq!(
        told,
        [outside, outside, none, none, form, form, form, form, form, Kind::Other, Kind::Missing, Kind::Empty]
    );
    let code = RuledForm::from_urlencoded("stars=1&code=ab&zip=1&city=x").unwrap_err().to_string();
    assert_eq!(code, "not valid: `code` does not match `[A-Z]{2}[0-9]+|none`");
    let form =
        RuledForm::from_urlencoded("stars=10&share=&colour=&coin=5&mail=&file=a%2Fb.pdf&code=AB12&zip=+7+&city=x")
            .unwrap();
    assert_eq!(form.code.as_deref(), Some("AB12"));
    assert_eq!((form.stars, form.share, form.colour, form.coin, form.zip), (10, None, None, Some(5), 7));
}

#[test]
fn a_form_says_what_it_asks_for() {
    let fields = RuledFlow.start.fields();
    let field = |name: &str| fields.iter().find(|field| field.name == name).unwrap();
    let types = ["mail", "page", "slug", "file", "colour", "coin"].map(|name| field(name).ty);
    assert_eq!(
        types,
        [FieldType::Email, FieldType::Url, FieldType::Slug, FieldType::FilePath, FieldType::Choice, FieldType::Integer]
    );
    assert_eq!(field("code").pattern, Some("[A-Z]{2}[0-9]+|none"));
    assert_eq!((field("colour").label, field("colour").help), ("Colour of it", "Or none"));
    let coins: Vec<(&str, &str)> =
        field("coin").choices.iter().map(|choice| (&*choice.value, &*choice.label)).collect();
    assert_eq!(coins, [("1", "1"), ("2", "2"), ("5", "5")]);
    assert_eq!((field("stars").required, field("zip").default, field("zip").required), (true, Some("3"), true));
    assert_eq!(
        (field("stars").least.unwrap().to_string(), field("stars").most.unwrap().to_string()),
        ("1".into(), "10".into())
    );
    let all = AllFlow.start.fields();
    let field = |name: &str| all.iter().find(|field| field.name == name).unwrap();
    assert_eq!((field("text").label, field("text").max_length), ("What it says", Some(40)));
    assert_eq!(field("small").most.unwrap().to_string(), "255");
    assert_eq!((field("yes").required, field("maybe").optional, field("pin").secret), (false, true, true));
    assert_eq!(field("carrier").choices[1].label, "By ship");
    assert_eq!((field("carriers").ty, field("carriers").choices.len()), (FieldType::List(&FieldType::Choice), 2));
    assert_eq!(
        (field("day").ty.input(), field("yes").ty.input(), field("price").ty.input()),
        ("date", "checkbox", "text")
    );
}

#[test]
fn a_schema_says_how_each_field_is_written() {
    let schema = schemars::schema_for!(RuledForm).to_value();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["stars", "zip", "city"]));
    let properties = &schema["properties"];
    assert_eq!(properties["stars"], json!({"type": "integer", "title": "Stars", "minimum": 1, "maximum": 10}));
    let colour = json!({"type": ["string", "null"], "enum": ["red", "green", null], "title": "Colour of it", "description": "Or none"});
    assert_eq!(properties["colour"], colour);
    assert_eq!(properties["coin"]["enum"], json!([1, 2, 5, null]));
    assert_eq!(properties["mail"]["format"], "email");
    assert_eq!(properties["code"]["pattern"], "^(?:[A-Z]{2}[0-9]+|none)?$");
    assert_eq!(properties["city"]["minLength"], 1);

    let document = schemars::schema_for!(RuledProcessData).to_value();
    assert_eq!(document["properties"]["where"]["properties"]["zip"]["default"], 3);
    assert_eq!(
        (&document["required"], &document["properties"]["where"]["required"]),
        (&json!(["stars", "where"]), &json!(["city"]))
    );
    assert!(document.get("additionalProperties").is_none(), "other keys of a document are left alone");

    let all = schemars::schema_for!(AllForm).to_value();
    let property = |name: &str| all["properties"][name].clone();
    assert_eq!(property("text"), json!({"type": "string", "title": "What it says", "minLength": 1, "maxLength": 40}));
    assert_eq!(
        (&property("length")["format"], &property("seal")["contentEncoding"]),
        (&json!("duration"), &json!("base64"))
    );
    assert_eq!(
        (&property("author")["type"], &property("pin")["writeOnly"]),
        (&json!(["integer", "string"]), &json!(true))
    );
    assert_eq!(property("carriers")["items"]["enum"], json!(["post", "sea"]));
    let part = property("part");
    assert_eq!(part["properties"]["size"]["properties"]["width"]["type"], "integer");
    assert_eq!(part["properties"]["parts"]["items"], json!({"type": "object"}), "a list of itself ends there");
}
