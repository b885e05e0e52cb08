//! Open files of this process. A connection is one, so their limit is that of connections.

/// Asks the system for as many as it gives without asking its operator. Many start programs with 1,024, which is for
/// the sake of programs that do not know better.
pub fn raise() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        if limit.current != limit.maximum
            && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })
        {
            tracing::warn!(%error, "the limit of open files can't be raised");
        }
    }
}

/// Live sockets that there may be: three quarters of the open files. Requests, the database and files have the rest.
pub fn for_sockets() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit: Option<u64> = None;
    limit.and_then(|limit| usize::try_from(limit / 4 * 3).ok()).unwrap_or(usize::MAX)
}
