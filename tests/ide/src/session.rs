//! rust-analyzer on the fixture: the questions that an editor asks.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::place::{place, position, range};
use crate::{Client, File, Fixture, Place, Result, Sources};

/// How long the first build of the macros and the build scripts may take: SQLite is among them.
const LOAD: Duration = Duration::from_secs(900);
/// How long rust-analyzer may take to say that all is well, once everything is read.
const SETTLE: Duration = Duration::from_secs(20);

/// The notification by which rust-analyzer says how it is.
const STATUS: &str = "experimental/serverStatus";

/// Something that can stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is offered.
    pub label: String,
    /// Its type, or its signature.
    pub detail: String,
    /// Its documentation.
    pub docs: String,
}

/// A rust-analyzer that has the fixture open.
#[derive(Debug)]
pub struct Session {
    client: Client,
    fixture: Fixture,
    shown: Sources,
    version: i64,
}

impl Session {
    /// Starts rust-analyzer, and waits until it has built and read everything.
    ///
    /// # Errors
    /// It cannot be started, or the crate cannot be loaded.
    pub fn start(binary: &Path, fixture: Fixture) -> Result<Self> {
        let mut client = Client::start(binary, fixture.root())?;
        let root = uri(fixture.root());
        let agreed = client.request(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "fixture" }],
                "capabilities": {
                    "general": { "positionEncodings": ["utf-8"] },
                    "textDocument": {
                        "hover": { "contentFormat": ["markdown"] },
                        "diagnostic": {},
                        "rename": { "prepareSupport": true },
                    },
                    "workspace": { "workspaceEdit": { "documentChanges": true } },
                    "experimental": { "serverStatusNotification": true },
                },
                "initializationOptions": {
                    "checkOnSave": false,
                    "cachePriming": { "enable": false },
                    "cargo": { "targetDir": fixture.target().display().to_string() },
                    "procMacro": { "enable": true },
                },
            }),
        )?;
        if agreed["capabilities"]["positionEncoding"] != "utf-8" {
            return Err("the server does not count columns in bytes".to_owned());
        }
        client.notify("initialized", &json!({}))?;
        let shown = Sources::correct();
        for file in File::ALL {
            let document = json!({
                "uri": uri(&fixture.path(file)), "languageId": "rust", "version": 0, "text": shown.text(file),
            });
            client.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
        }
        client.wait_for(STATUS, LOAD, |status| status["quiescent"] == true)?;
        // What is wrong then stays wrong: a source of the standard library that is missing, say.
        client.wait_for(STATUS, SETTLE, |status| status["health"] == "ok")?;
        Ok(Session { client, fixture, shown, version: 0 })
    }

    /// What can stand at the cursor, the most fitting first.
    ///
    /// # Errors
    /// rust-analyzer does not answer.
    pub fn completions(&mut self, sources: &Sources) -> Result<Vec<Completion>> {
        let answer = self.ask("textDocument/completion", sources, &json!({}))?;
        let mut items = answer["items"].as_array().or(answer.as_array()).cloned().unwrap_or_default();
        items.sort_by_key(|item| text(&item["sortText"]));
        Ok(items.iter().map(completion).collect())
    }

    /// What is shown about the word at the cursor, as Markdown.
    ///
    /// # Errors
    /// rust-analyzer does not answer.
    pub fn hover(&mut self, sources: &Sources) -> Result<String> {
        let answer = self.ask("textDocument/hover", sources, &json!({}))?;
        Ok(text(&answer["contents"]["value"]))
    }

    /// Where the word at the cursor is declared.
    ///
    /// # Errors
    /// rust-analyzer does not answer.
    pub fn definition(&mut self, sources: &Sources) -> Result<Vec<Place>> {
        let answer = self.ask("textDocument/definition", sources, &json!({}))?;
        Ok(self.places(&answer))
    }

    /// Every place of the word at the cursor, its declaration too.
    ///
    /// # Errors
    /// rust-analyzer does not answer.
    pub fn references(&mut self, sources: &Sources) -> Result<Vec<Place>> {
        let answer =
            self.ask("textDocument/references", sources, &json!({ "context": { "includeDeclaration": true } }))?;
        Ok(self.places(&answer))
    }

    /// The texts after the word at the cursor got another name.
    ///
    /// # Errors
    /// rust-analyzer refuses, or changes a file that is not open.
    pub fn rename(&mut self, sources: &Sources, name: &str) -> Result<Sources> {
        let answer = self.ask("textDocument/rename", sources, &json!({ "newName": name }))?;
        let mut renamed = sources.clone();
        for change in answer["documentChanges"].as_array().into_iter().flatten() {
            let path = text(&change["textDocument"]["uri"]);
            let file = self.file(&path).ok_or_else(|| format!("{path} is not ours"))?;
            let edits = change["edits"].as_array().into_iter().flatten();
            let mut edits: Vec<_> = edits.map(|edit| (range(sources.text(file), &edit["range"]), edit)).collect();
            // From the end, so that the places in front stay where they are.
            edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
            for (range, edit) in edits {
                renamed.splice(file, range, &text(&edit["newText"]));
            }
        }
        Ok(renamed)
    }

    /// What rust-analyzer itself underlines in a file; rustc is not asked.
    ///
    /// # Errors
    /// rust-analyzer does not answer.
    pub fn diagnostics(&mut self, sources: &Sources, file: File) -> Result<Vec<String>> {
        self.show(sources)?;
        let params = json!({ "textDocument": { "uri": uri(&self.fixture.path(file)) } });
        let answer = self.client.request("textDocument/diagnostic", &params)?;
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let describe = |item: &Value| {
            let place = place(sources, file, range(sources.text(file), &item["range"]));
            format!("{place}: {} [{}]", text(&item["message"]), text(&item["code"]))
        };
        Ok(items.iter().map(describe).collect())
    }

    /// What rustc says of the correct crate; nothing, if all is well.
    ///
    /// # Errors
    /// cargo cannot be started.
    pub fn rustc(&self) -> Result<String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let checked = std::process::Command::new(cargo)
            .args(["check", "--quiet", "--target-dir"])
            .arg(self.fixture.target())
            .current_dir(self.fixture.root())
            .output();
        let checked = crate::context("cargo check", checked)?;
        Ok(String::from_utf8_lossy(&checked.stderr).into_owned())
    }

    /// Asks about the cursor.
    fn ask(&mut self, method: &str, sources: &Sources, more: &Value) -> Result<Value> {
        let (file, offset) = sources.cursor().ok_or("this case has no cursor")?;
        self.show(sources)?;
        let mut params = more.clone();
        params["textDocument"] = json!({ "uri": uri(&self.fixture.path(file)) });
        params["position"] = position(sources.text(file), offset);
        self.client.request(method, &params)
    }

    /// Types the texts into the editor.
    fn show(&mut self, sources: &Sources) -> Result<()> {
        for file in File::ALL {
            if sources.text(file) == self.shown.text(file) {
                continue;
            }
            self.version += 1;
            let params = json!({
                "textDocument": { "uri": uri(&self.fixture.path(file)), "version": self.version },
                "contentChanges": [{ "text": sources.text(file) }],
            });
            self.client.notify("textDocument/didChange", &params)?;
        }
        self.shown = sources.clone();
        Ok(())
    }

    fn places(&self, answer: &Value) -> Vec<Place> {
        let locations = answer.as_array().cloned().unwrap_or_default();
        let mut places: Vec<Place> = locations
            .iter()
            .map(|location| {
                let path = text(&location["uri"]);
                match self.file(&path) {
                    Some(file) => place(&self.shown, file, range(self.shown.text(file), &location["range"])),
                    None => Place { file: path, word: String::new(), line: String::new() },
                }
            })
            .collect();
        places.sort();
        places
    }

    fn file(&self, path: &str) -> Option<File> {
        File::ALL.into_iter().find(|file| uri(&self.fixture.path(*file)) == path)
    }
}

fn completion(item: &Value) -> Completion {
    let docs = item["documentation"]["value"].as_str().or(item["documentation"].as_str()).unwrap_or_default();
    Completion { label: text(&item["label"]), detail: text(&item["detail"]), docs: docs.to_owned() }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A path as the protocol names it. Signs that an address cannot have are written as numbers.
fn uri(path: &Path) -> String {
    let path = path.display().to_string().replace('\\', "/");
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
