//! The size of the browser's downloads, compressed with brotli at its highest level.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    error::{Context, Result},
    numbers::count,
};

/// The sizes in bytes, compressed with brotli.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The WASM that every page loads.
    pub main_wasm: u64,
    /// The largest of the chunks that are loaded on demand, if there are any.
    pub lazy_wasm: Option<u64>,
    /// All styles.
    pub css: u64,
}

/// Measures the files of a release build.
///
/// # Errors
/// Returns an error if there are none.
pub fn weigh(site: &Path) -> Result<Sizes> {
    let folder = site.join("pkg");
    let entries = fs::read_dir(&folder).context(folder.display())?;
    let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let each = |is_meant: &dyn Fn(&str) -> bool| {
        let name = |file: &&PathBuf| file.file_name().and_then(|name| name.to_str()).is_some_and(is_meant);
        files.iter().filter(name).map(|file| compressed(file)).collect::<Result<Vec<u64>>>()
    };
    let is_wasm = |name: &str| name.ends_with(".wasm");
    // The bundle is named after the program, with or without a hash; chunks have other names.
    let is_main = |name: &str| is_wasm(name) && name.starts_with("weconnect.");
    let main_wasm = each(&is_main)?.into_iter().sum();
    let css = each(&|name| name.ends_with(".css"))?.into_iter().sum();
    if main_wasm == 0 || css == 0 {
        return Err(format!("{}: WASM or CSS is missing; build a release first", folder.display()).into());
    }
    let lazy_wasm = each(&|name| is_wasm(name) && !is_main(name))?.into_iter().max();
    Ok(Sizes { main_wasm, lazy_wasm, css })
}

/// Returns the size of the compressed file next to it if the build made one, or the size that compressing it yields.
fn compressed(file: &Path) -> Result<u64> {
    let ready = PathBuf::from(format!("{}.br", file.display()));
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    // An older one belongs to an earlier build.
    if let (Ok(source), Ok(made)) = (modified(file), modified(&ready))
        && made >= source
    {
        return Ok(fs::metadata(&ready).context(ready.display())?.len());
    }
    let bytes = fs::read(file).context(file.display())?;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    writer.write_all(&bytes).context("compressing")?;
    Ok(count(writer.into_inner().len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Folder;

    #[test]
    fn files_are_told_apart_and_compressed() {
        let site = Folder::create(&std::env::temp_dir(), "sizes").unwrap();
        let pkg = site.path().join("pkg");
        fs::create_dir(&pkg).unwrap();
        assert!(weigh(site.path()).is_err());
        fs::write(pkg.join("weconnect.4f2a.wasm"), [7; 10_000]).unwrap();
        fs::write(pkg.join("weconnect.4f2a.css"), "a{}").unwrap();
        fs::write(pkg.join("weconnect.4f2a.css.br"), [0; 77]).unwrap();
        let sizes = weigh(site.path()).unwrap();
        assert!((1..100).contains(&sizes.main_wasm));
        assert_eq!((sizes.css, sizes.lazy_wasm), (77, None));
        for (name, size) in [("chunk_1.wasm", 100), ("split_page.wasm", 200), ("chunk_2.wasm", 50)] {
            fs::write(pkg.join(name), [7; 10]).unwrap();
            fs::write(pkg.join(format!("{name}.br")), vec![0; size]).unwrap();
        }
        assert_eq!(weigh(site.path()).unwrap().lazy_wasm, Some(200));
    }
}
