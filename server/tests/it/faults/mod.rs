//! What happens when something breaks: afterwards, what was acknowledged is stored once and in order, and every member
//! hears what is stored, without a reload and without another message.

mod failing_io;
mod postgres;
mod proxy;
mod sqlite;
