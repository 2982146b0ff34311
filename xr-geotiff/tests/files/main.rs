//! Files written to disk, and what they are when they are read again.
#![expect(clippy::unwrap_used, reason = "functions of tests")]

mod cog;
mod findings;
mod image;
mod layout;
mod read_back;
mod replacement;
