//! Where the run-time parts are: PDFium, ONNX Runtime and the models, as `assets/fetch.py` unpacks them.

use std::path::{Path, PathBuf};

/// The folder that holds the run-time parts; all of them stand in it.
#[derive(Clone, Debug)]
pub struct Parts {
    folder: PathBuf,
}

/// A part is missing.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{name} is missing; run `make parts` in Proofdesk's folder, or put the parts folder beside the program")]
pub struct MissingPart {
    /// The file that was not found.
    pub name: String,
    /// The folders that were looked in, in order.
    pub looked_in: Vec<PathBuf>,
}

const DETECTION: &str = "PP-OCRv6_det_small.onnx";
const RECOGNITION: &str = "PP-OCRv6_rec_small.onnx";
const ANGLE: &str = "ch_ppocr_mobile_v2.0_cls_mobile.onnx";
const PDFIUM: &str = if cfg!(windows) {
    "pdfium.dll"
} else if cfg!(target_os = "macos") {
    "libpdfium.dylib"
} else {
    "libpdfium.so"
};
const ONNX_RUNTIME: &str = if cfg!(windows) {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

impl Parts {
    /// Looks in `PROOFDESK_PARTS` alone where that is set, else beside the executable (and in `parts` there), in
    /// `assets/parts` of a folder above it or of the current folder, then in the program's data folder.
    pub fn find() -> Result<Self, MissingPart> {
        if let Some(folder) = std::env::var_os("PROOFDESK_PARTS") {
            return Self::find_in([PathBuf::from(folder)]);
        }
        let mut folders = Vec::new();
        if let Some(beside) = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf)) {
            folders.extend([beside.clone(), beside.join("parts")]);
            folders.extend(beside.ancestors().skip(1).take(4).map(|above| above.join("assets").join("parts")));
        }
        if let Ok(current) = std::env::current_dir() {
            folders.push(current.join("assets").join("parts"));
        }
        if let Some(dirs) = directories::ProjectDirs::from("", "", "proofdesk") {
            folders.push(dirs.data_dir().join("parts"));
        }
        Self::find_in(folders)
    }

    /// The first of `folders` that holds every part; names what is missing from the one that holds most.
    pub fn find_in(folders: impl IntoIterator<Item = PathBuf>) -> Result<Self, MissingPart> {
        let looked_in: Vec<PathBuf> = folders.into_iter().collect();
        let mut nearest: Option<Vec<&str>> = None;
        for folder in &looked_in {
            let missing: Vec<&str> = [PDFIUM, ONNX_RUNTIME, DETECTION, RECOGNITION, ANGLE]
                .into_iter()
                .filter(|name| !folder.join(name).is_file())
                .collect();
            if missing.is_empty() {
                return Ok(Self { folder: folder.clone() });
            }
            if nearest.as_ref().is_none_or(|n| missing.len() < n.len()) {
                nearest = Some(missing);
            }
        }
        let name = nearest.and_then(|n| n.first().copied()).unwrap_or(PDFIUM).to_owned();
        Err(MissingPart { name, looked_in })
    }

    /// The PDFium library.
    pub fn pdfium(&self) -> PathBuf {
        self.folder.join(PDFIUM)
    }

    /// The ONNX Runtime library.
    pub fn onnx_runtime(&self) -> PathBuf {
        self.folder.join(ONNX_RUNTIME)
    }

    /// The text detection model.
    pub fn detection(&self) -> PathBuf {
        self.folder.join(DETECTION)
    }

    /// The text recognition model, with its characters in its metadata.
    pub fn recognition(&self) -> PathBuf {
        self.folder.join(RECOGNITION)
    }

    /// The classifier that tells a line from the same line upside down.
    pub fn angle(&self) -> PathBuf {
        self.folder.join(ANGLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_part_is_named_from_the_folder_that_has_most() {
        let folder = tempfile::tempdir().unwrap();
        for name in [PDFIUM, ONNX_RUNTIME, DETECTION, ANGLE] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let empty = tempfile::tempdir().unwrap();
        let missing = Parts::find_in([empty.path().into(), folder.path().into()]).unwrap_err();
        assert_eq!(missing.name, RECOGNITION);
        std::fs::write(folder.path().join(RECOGNITION), b"").unwrap();
        assert!(Parts::find_in([folder.path().into()]).is_ok());
    }
}
