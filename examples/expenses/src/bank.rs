//! What stands for the bank: it books each key once, and its answer to the first request gets lost.

use rust_decimal::Decimal;

/// The bank did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the bank does not answer")]
pub(crate) struct Unreachable;

/// Transfers money. `key` is the idempotency key: the same key is the same transfer, however often it is asked for, so
/// a retry never pays twice.
pub(crate) fn transfer(key: &str, account: &str, amount: Decimal, attempt: i32) -> Result<String, Unreachable> {
    if attempt == 1 {
        return Err(Unreachable);
    }
    println!("bank: {amount} to {account}");
    Ok(format!("transfer {key}"))
}
