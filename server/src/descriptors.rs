//! The limit of open files of this process. Each connection is one, so it also limits connections.

/// Raises the limit to the most that the system allows without privileges. Many systems start programs with 1,024, for
/// the sake of programs that cannot handle more.
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

/// Returns the most live sockets: three quarters of the open files. The rest is for requests, the database and files.
pub fn for_sockets() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit: Option<u64> = None;
    limit.and_then(|limit| usize::try_from(limit / 4 * 3).ok()).unwrap_or(usize::MAX)
}
