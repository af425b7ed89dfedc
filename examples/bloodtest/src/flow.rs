//! The process: a sample is measured, then tested further where a value asks for it.

use flow_core::prelude::*;

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// A patient's blood, and what was found in it.
#[derive(ProcessProxy, Debug, Clone)]
pub struct BloodTestProcess {
    process: Process, // the row this is a proxy of
    /// Patient
    #[json(max_length = 80)]
    patient: String,
    /// Hemoglobin, g/dl
    hemoglobin: Option<f64>, // nothing until it was measured
    /// Lymphocytes, 10^9/l
    lymphocytes: Option<f64>,
    /// Hormones
    #[json(default)]
    hormones: String,
    /// Tumor markers
    #[json(default)]
    tumor_markers: String,
}

/// Blood test
///
/// A sample is measured; low hemoglobin asks for the hormones, many lymphocytes for the tumor markers.
#[flow(process = BloodTestProcess, connection = Db, summary = "Blood of {process.patient}")]
#[derive(Debug)]
pub struct BloodTestFlow {
    /// A person brings the first sample
    #[node(form = SampleForm { patient }, permission("reception"), next = this.biochemical_analysis)]
    pub first_sample: Start,

    /// Code sends a second one: a call with the patient's name
    #[node(input = String, run = this.again, permission("laboratory"), next = this.biochemical_analysis)]
    pub second_sample: StartHandle,

    /// Measure hemoglobin and lymphocytes
    #[node(form = AnalysisForm { hemoglobin, lymphocytes }, permission("laboratory"), next = this.split)]
    pub biochemical_analysis: View,

    // The last edge is always taken, so that somewhere is to go when nothing more is to be tested.
    #[node(next(this.hormone_tests, when = |a| a.process.hemoglobin().is_some_and(|found| found < 12.0)),
           next(this.tumor_markers, when = |a| a.process.lymphocytes().is_some_and(|found| found > 5.0)),
           next = this.join)]
    pub split: Split,

    /// Find the hormones
    #[node(form = HormonesForm { hormones }, permission("laboratory"), next = this.join)]
    pub hormone_tests: View,

    /// Look for tumor markers
    #[node(form = TumorMarkersForm { tumor_markers }, permission("laboratory"), next = this.join)]
    pub tumor_markers: View,

    // Waits for the branches that were taken, and for no other.
    #[node(next = this.end)]
    pub join: Join,

    pub end: End,
}

impl BloodTestFlow {
    /// What a process is made of that code starts.
    fn again(patient: String) -> BloodTestProcessData {
        BloodTestProcessData {
            patient,
            hemoglobin: None,
            lymphocytes: None,
            hormones: String::new(),
            tumor_markers: String::new(),
        }
    }
}
