//! A disk that fails on command, for the program under test.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// `ENOSPC`: no space left on device.
pub const FULL: i64 = 28;
/// `EIO`: input or output error.
pub const BROKEN: i64 = 5;

/// The disk below one folder, as one process sees it.
#[derive(Debug)]
pub struct FailingIo {
    folder: TempDir,
    control: File,
    library: PathBuf,
    target: String,
}

impl FailingIo {
    /// Builds the code that is preloaded. Nothing fails until told so.
    pub fn new(target: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("failing_io.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/failing_io.c");
        // The C compiler is what builds SQLite, too.
        let built =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-Wall", "-o"]).arg(&library).arg(source).status();
        assert!(built.unwrap().success(), "failing_io.c does not compile");
        let path = folder.path().join("control");
        std::fs::write(&path, [0; 32]).unwrap();
        let control = File::options().read(true).write(true).open(path).unwrap();
        Self { folder, control, library, target: target.to_str().unwrap().to_owned() }
    }

    /// The environment of the program.
    pub fn settings(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        vec![
            ("LD_PRELOAD".to_owned(), text(&self.library)),
            ("FAULT_FOLDER".to_owned(), self.target.clone()),
            ("FAULT_CONTROL".to_owned(), text(&self.folder.path().join("control"))),
        ]
    }

    /// After `good` operations from now, `bad` ones fail, or all with −1.
    pub fn fail(&self, good: i64, bad: i64, error: i64) {
        self.set(1, 0);
        self.set(0, good);
        self.set(2, error);
        self.set(1, bad);
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        self.set(1, 0);
    }

    /// How many operations there were.
    pub fn operations(&self) -> i64 {
        self.get(3)
    }

    fn set(&self, place: u64, value: i64) {
        self.control.write_all_at(&value.to_ne_bytes(), place * 8).unwrap();
    }

    fn get(&self, place: u64) -> i64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, place * 8).unwrap();
        i64::from_ne_bytes(bytes)
    }
}
