//! What breaks, breaks here on purpose: databases, disks, Redis, nodes. After each fault, what was acknowledged is stored
//! once and in order, and every member's open socket hears what the server has: without a reload, and without another
//! message.

mod failing_io;
mod nodes;
mod postgres;
mod proxy;
mod redis;
mod sqlite;
