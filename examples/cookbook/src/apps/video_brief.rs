//! Viewflow's `gptflow`: from the address of a video an article is written. What is slow is done in the background,
//! three people each write a version of the article, and one is selected. Two nodes of earlier releases are kept, so
//! that processes that still stand there go on.

use flow_core::prelude::*;

/// An article about a video.
#[derive(ProcessProxy, Debug)]
pub struct VideoProcess {
    process: Process,
    /// Address of the video
    #[json(max_length = 200)]
    video: String,
    /// Subtitles
    #[json(default)]
    subtitles: String,
    /// Timestamps
    #[json(default)]
    timestamps: String,
    /// Summary
    #[json(default)]
    summary: String,
    /// Number of the version that was selected
    #[json(range = 1..=3)]
    selected: Option<u32>,
}

/// A version of the article.
#[derive(TaskProxy, Debug)]
pub struct ArticleTask {
    task: Task,
    /// Version
    number: u32,
    /// Text
    #[json(default)]
    text: String,
}

/// The text of a version: it is stored with the task.
#[derive(serde::Deserialize, Clone, Debug)]
pub struct ArticleForm {
    /// Text
    pub text: String,
}

impl Form<VideoFlow, ArticleTask> for ArticleForm {
    fn save(self, a: &mut Activation<VideoFlow, ArticleTask>, _conn: &mut crate::Db) -> Step {
        a.task.set_text(self.text);
        Ok(())
    }
}

/// Video brief
#[flow(process = VideoProcess, name = "video_brief", summary = "{process.video}")]
#[derive(Debug)]
pub struct VideoFlow {
    #[node(form = VideoForm { video }, permission("edit"), next = this.fetch)]
    pub start: Start,

    #[node(run = |job| format!("00:00 {}", job.process.video()), on_done = |a, found| a.process.set_timestamps(found),
           next = this.edit_timestamps)]
    pub fetch: Job,

    /// Edit the timestamps
    #[node(form = TimestampsForm { timestamps }, permission("edit"), next = this.load_subtitles)]
    pub edit_timestamps: View,

    /// Load the subtitles
    #[node(form = SubtitlesForm { subtitles }, permission("edit"), next = this.generate)]
    pub load_subtitles: View,

    #[node(run = |job| format!("In short: {}", job.process.subtitles()),
           on_done = |a, summary| a.process.set_summary(summary), next = this.split)]
    pub generate: Job,

    #[node(next(this.create_article, task_data_source = |_a| (1..=3)
               .map(|number| ArticleTaskData { number, text: String::new() })),
           allow(split_all_conditional, reason = "there are always three"))]
    pub split: Split,

    /// Write a version
    #[node(task = ArticleTask, form = ArticleForm, permission("write"), next = this.join)]
    pub create_article: View,

    #[node(next = this.select_article)]
    pub join: Join,

    /// Select a version
    #[node(form = SelectForm { selected }, permission("edit"), next = this.end)]
    pub select_article: View,

    pub end: End,

    #[node(retired(to = this.load_subtitles))]
    pub download_subtitles: Obsolete,
    #[node(retired(to = this.select_article))]
    pub review_article: Obsolete,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![VideoFlow];

    /// The release before: its subtitles were downloaded by hand.
    mod before {
        use super::super::VideoProcess;
        use flow_core::prelude::*;

        #[flow(process = VideoProcess, name = "video_brief")]
        pub(super) struct VideoFlow {
            #[node(form = VideoForm { video }, permission("edit"), next = this.download_subtitles)]
            pub(super) start: Start,
            #[node(permission("edit"), next = this.end)]
            pub(super) download_subtitles: View,
            pub(super) end: End,
        }
    }

    #[test]
    fn three_versions_are_written_and_one_is_selected() -> Result<()> {
        let mut conn = database();
        let id = VideoFlow.start.run(&mut conn, &OFFICE, VideoForm { video: "v/1".to_owned() })?.id();
        FLOWS.run_until_idle(&mut conn)?;
        let form = TimestampsForm { timestamps: "00:10 Intro".to_owned() };
        complete(&mut conn, VideoFlow.edit_timestamps, id, &OFFICE, form)?;
        let form = SubtitlesForm { subtitles: "Hello.".to_owned() };
        complete(&mut conn, VideoFlow.load_subtitles, id, &OFFICE, form)?;
        FLOWS.run_until_idle(&mut conn)?;
        for text in ["one", "two", "three"] {
            complete(&mut conn, VideoFlow.create_article, id, &OFFICE, ArticleForm { text: text.to_owned() })?;
        }
        let process = complete(&mut conn, VideoFlow.select_article, id, &OFFICE, SelectForm { selected: Some(2) })?;
        assert_eq!((process.summary(), process.selected()), ("In short: Hello.", Some(2)));
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 12);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn a_process_of_the_release_before_goes_on() -> Result<()> {
        let mut conn = database();
        let form = before::VideoForm { video: "v/2".to_owned() };
        let id = before::VideoFlow.start.run(&mut conn, &OFFICE, form)?.id();
        assert_eq!(FLOWS.move_retired(&mut conn, &MONA)?.moved.len(), 1);
        FLOWS.expect(&mut conn, id).is(New).tasks(&["start:DONE", "download_subtitles:DONE", "load_subtitles:NEW"]);
        sound(&FLOWS, &mut conn)
    }
}
