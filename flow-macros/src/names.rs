//! Names made from names.

use proc_macro2::Ident;

/// `HelloWorldFlow` as `hello_world_flow`, `HTTPFlow` as `http_flow`.
pub(crate) fn snake_case(name: &str) -> String {
    heck::ToSnakeCase::to_snake_case(name)
}

/// The default stored name of a flow: `hello_world`.
pub(crate) fn flow_name(ident: &Ident) -> String {
    let snake = snake_case(&plain(ident));
    snake.strip_suffix("_flow").map_or_else(|| snake.clone(), str::to_owned)
}

/// A name for people, of a field: `check_approve` as `Check approve`.
pub(crate) fn title_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The first paragraph of a doc comment is the title, without its full stop; the rest the description.
pub(crate) fn title_and_rest(docs: &[String]) -> (Option<String>, String) {
    let mut lines =
        docs.iter().flat_map(|doc| doc.split('\n')).map(str::trim).skip_while(|line| line.is_empty()).peekable();
    let mut title = Vec::new();
    while let Some(line) = lines.next_if(|line| !line.is_empty()) {
        title.push(line);
    }
    let rest = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
    let title = title.join(" ");
    let title = title.strip_suffix('.').unwrap_or(&title).to_owned();
    ((!title.is_empty()).then_some(title), rest)
}

/// An identifier as text, without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or_else(|| text.clone(), str::to_owned)
}

/// The same identifier without the user's span: hover and rename of theirs must not find ours.
pub(crate) fn unspanned(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(proc_macro2::Span::call_site());
    ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn struct_names_become_stored_names() {
        for (name, snake) in [
            ("HelloWorldFlow", "hello_world_flow"),
            ("HTTPFlow", "http_flow"),
            ("OrderV2Flow", "order_v2_flow"),
            ("Flow", "flow"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
        assert_eq!(title_of("check_approve"), "Check approve");
    }

    #[test]
    fn a_doc_comment_is_a_title_and_the_rest() {
        let read = |text: &str| title_and_rest(&text.lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(
            read(" Number of\n pieces.\n\n More take\n a week."),
            (Some("Number of pieces".into()), "More take\na week.".into())
        );
        assert_eq!(title_and_rest(&["\n Block\n\n rest ".to_owned()]), (Some("Block".into()), "rest".into()));
        assert_eq!(read(""), (None, String::new()));
    }
}
