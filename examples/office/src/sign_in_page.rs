//! The page where people sign in, in the language that their browser asks for.

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Language {
    English,
    German,
}

/// The words of the page.
struct Words {
    code: &'static str,
    title: &'static str,
    about: &'static str,
    name: &'static str,
    password: &'static str,
    wrong: &'static str,
}

const ENGLISH: Words = Words {
    code: "en",
    title: "Sign in",
    about: "Sign in to see your tasks.",
    name: "Name",
    password: "Password",
    wrong: "That name and password do not fit together.",
};

const GERMAN: Words = Words {
    code: "de",
    title: "Anmelden",
    about: "Melden Sie sich an, um Ihre Aufgaben zu sehen.",
    name: "Name",
    password: "Kennwort",
    wrong: "Name und Kennwort passen nicht zusammen.",
};

impl Language {
    /// The one that a browser likes best, by its header `Accept-Language`; English if it likes neither.
    pub(crate) fn accepted(header: &str) -> Language {
        let mut best = (0.0, Language::English);
        for part in header.split(',') {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
            let language = match tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "de" => Language::German,
                "en" => Language::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    const fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

/// The page. It leads to `next`, which must be a path of this site.
pub(crate) fn html(language: Language, is_wrong: bool, next: Option<&str>) -> String {
    let Words { code, title, about, name, password, wrong } = language.words();
    let notice =
        if is_wrong { format!(r#"<p class="notice warning" role="alert">{wrong}</p>"#) } else { String::new() };
    let next =
        next.map(|next| format!(r#"<input type="hidden" name="next" value="{}">"#, escaped(next))).unwrap_or_default();
    format!(
        r#"<!doctype html>
<html lang="{code}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title} · Office</title>
<link rel="icon" type="image/svg+xml" href="/office.svg"><link rel="stylesheet" href="{style}"></head>
<body><main><h1>Office</h1><p class="about">{about}</p>{notice}
<form class="form" method="post" action="/sign-in">{next}
<div class="field"><label for="name">{name}</label><input id="name" name="name" required autocomplete="username"></div>
<div class="field"><label for="password">{password}</label><input id="password" name="password" type="password" required autocomplete="current-password"></div>
<p class="actions"><button class="primary">{title}</button></p>
</form></main></body></html>"#,
        style = flow_web::style_path()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_the_browser_likes_best_is_taken() {
        for (header, language) in [
            ("", Language::English),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("fr,en;q=0.5,de;q=0.7", Language::German),
            ("de;q=0,en;q=0.1", Language::English),
            ("fr", Language::English),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn where_it_leads_is_no_markup() {
        let page = html(Language::German, true, Some("/queue?\"><script>&a=1"));
        assert!(page.contains(r#"value="/queue?&quot;>&lt;script>&amp;a=1""#), "{page}");
        assert!(page.contains(r#"<html lang="de">"#) && page.contains("passen nicht zusammen"), "{page}");
    }
}
