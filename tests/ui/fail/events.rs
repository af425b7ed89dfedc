use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    number: String,
    #[json(default)]
    paid: bool,
}

/// What cannot be read from the value of a message.
pub struct Payment {
    pub amount: i64,
}

/// Times that are none.
#[flow]
pub struct TimesFlow {
    #[node(cron = "0 25 * * *", next = this.end)]
    pub hour: StartTimer,
    #[node(cron = "0 7 * *", next = this.end)]
    pub fields: StartTimer,
    #[node(every = hours(1), cron = "0 7 * * *", next = this.end)]
    pub both: StartTimer,
    #[node(every = hours(1), zone = "Europe/Berlin", next = this.end)]
    pub zoned: StartTimer,
    #[node(next = this.end)]
    pub never: StartTimer,
    #[node(every = seconds(0), next = this.end)]
    pub often: StartTimer,
    #[node(every = hours(1), permission(anyone), next = this.end)]
    pub person: StartTimer,
    pub end: End,
}

/// A required field that a timer does not set.
#[flow(process = OrderProcess)]
pub struct RequiredFlow {
    #[node(every = hours(1), next = this.end)]
    pub pulse: StartTimer,
    pub end: End,
}

/// Messages and signals without what they need.
#[flow(process = OrderProcess)]
pub struct WordsFlow {
    #[node(permission(anyone), next = this.nameless)]
    pub start: StartHandle,
    #[node(message = "", key = |a| a.process.number(), next = this.keyless)]
    pub nameless: MessageCatch,
    #[node(message = "payment", next = this.silent)]
    pub keyless: MessageCatch,
    #[node(next = this.thrown)]
    pub silent: SignalCatch,
    #[node(signal = "paid", on_timeout(days(1), this.end), next = this.end)]
    pub thrown: SignalThrow,
    pub end: End,
}

/// Values and keys of the wrong type.
#[flow(process = OrderProcess)]
pub struct TypesFlow {
    #[node(permission(anyone), next = this.paid)]
    pub start: StartHandle,
    #[node(message = "payment", key = |a| a.process.paid(), next = this.read)]
    pub paid: MessageCatch,
    #[node(message = "payment", key = |a| a.process.number(), input = Payment, run = |_a, _payment| (), next = this.tell)]
    pub read: MessageCatch,
    #[node(message = "payment", key = |a| a.process.number(), value = |_a| Payment { amount: 1 }, next = this.end)]
    pub tell: MessageThrow,
    pub end: End,
}

/// A limit for each key, without a limit, and by something that is not a key.
#[flow(process = OrderProcess)]
pub struct LimitFlow {
    #[node(permission(anyone), next = this.unlimited)]
    pub start: StartHandle,
    #[node(run = |_job| (), concurrency_key = |a| a.process.number(), next = this.wrong)]
    pub unlimited: Job,
    #[node(run = |_job| (), concurrency = 1, concurrency_key = |a| a.process.paid(), next = this.end)]
    pub wrong: Job,
    pub end: End,
}

/// A condition that nothing can change.
#[flow(process = OrderProcess)]
pub struct WaitFlow {
    #[node(permission(anyone), next = this.wait)]
    pub start: StartHandle,
    #[node(if = |a| a.process.paid(), next = this.end)]
    pub wait: ConditionalCatch,
    pub end: End,
}

fn main() {}
