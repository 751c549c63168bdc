//! The one list of operations: the method, the specification's path and the paths seen in the field.

/// Where the paths begin on the server; a client's base URL ends in it.
pub const BASE: &str = "/api/v2";

/// What can be asked of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Read files at once.
    PredictFiles,
    /// Read files later.
    PredictFilesAsync,
    /// Read what stands at addresses, at once.
    PredictUrls,
    /// Read what stands at addresses, later.
    PredictUrlsAsync,
    /// The result of a file.
    FileResult,
    /// The result of a page.
    PageResult,
    /// The results of a window of days.
    DayResults,
    /// Add training documents.
    UploadFiles,
    /// Add training documents by address.
    UploadUrls,
    /// Learn from them.
    Train,
    /// Make a model.
    CreateModel,
    /// The models.
    Models,
    /// One model.
    Model,
    /// The training set.
    Annotations,
    /// Approve a file.
    Verify,
    /// Take the approval back.
    Unverify,
    /// Save the corrections of a page.
    SavePage,
    /// Delete a file.
    DeleteFile,
    /// Read files again.
    RetryFiles,
    /// The words of files.
    FullText,
    /// Give a model another name, or more labels. An extension of the embedded server, as are those that follow.
    ChangeModel,
    /// Delete a model with everything that came to it.
    DeleteModel,
    /// Let a model predict with an earlier training.
    RollBack,
    /// Take a document out of a training set.
    RemoveTraining,
    /// End a training without a result.
    CancelTraining,
}

/// The HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// An operation with its paths below the base. `{model}`, `{file}` and `{page}` stand for names; a query that an alias
/// needs follows its `?`.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// What it does.
    pub operation: Operation,
    /// How it is asked.
    pub method: Method,
    /// The specification's path first, then the field's. Where the specification has none, the field's alone.
    pub paths: &'static [&'static str],
}

/// Every operation of the contract.
pub const ROUTES: &[Route] = &[
    route(Operation::PredictFiles, Method::Post, &["/OCR/Model/{model}/LabelFile/"]),
    route(
        Operation::PredictFilesAsync,
        Method::Post,
        &["/OCR/Model/{model}/LabelFile/Async/", "/OCR/Model/{model}/LabelFile/?async=true"],
    ),
    route(Operation::PredictUrls, Method::Post, &["/OCR/Model/{model}/LabelUrls/"]),
    route(
        Operation::PredictUrlsAsync,
        Method::Post,
        &["/OCR/Model/{model}/LabelUrls/Async/", "/OCR/Model/{model}/LabelUrls/?async=true"],
    ),
    route(
        Operation::FileResult,
        Method::Get,
        &[
            "/Inferences/Model/{model}/InferenceRequest/{file}",
            "/Inferences/Model/{model}/InferenceRequestFiles/GetPredictions/{file}",
        ],
    ),
    route(
        Operation::PageResult,
        Method::Get,
        &[
            "/Inferences/Model/{model}/InferenceRequest/{file}/page/{page}",
            "/Inferences/Model/{model}/ImageLevelInferences/{page}",
        ],
    ),
    route(
        Operation::DayResults,
        Method::Get,
        &["/Inferences/Model/{model}/InferenceRequest/", "/Inferences/Model/{model}/ImageLevelInferences"],
    ),
    route(Operation::UploadFiles, Method::Post, &["/OCR/Model/{model}/UploadFile/"]),
    route(Operation::UploadUrls, Method::Post, &["/OCR/Model/{model}/UploadUrls/"]),
    route(Operation::Train, Method::Post, &["/OCR/Model/{model}/Train/"]),
    route(Operation::CreateModel, Method::Post, &["/OCR/Model/"]),
    route(Operation::Models, Method::Get, &["/OCR/Model/", "/ImageCategorization/Models/"]),
    route(Operation::Model, Method::Get, &["/OCR/Model/{model}"]),
    route(Operation::Annotations, Method::Get, &["/ObjectDetection/Model/{model}/Annotations"]),
    route(
        Operation::Verify,
        Method::Post,
        &[
            "/Inferences/Model/{model}/ImageLevelInferences/Verify/{file}",
            "/ImageLevelInferences/Model/{model}/Verify/{file}",
        ],
    ),
    route(
        Operation::Unverify,
        Method::Post,
        &[
            "/Inferences/Model/{model}/ImageLevelInferences/UnVerify/{file}",
            "/ImageLevelInferences/Model/{model}/UnVerify/{file}",
        ],
    ),
    route(Operation::SavePage, Method::Patch, &["/Inferences/Model/{model}/ImageLevelInference?use_ui_version=true"]),
    route(Operation::DeleteFile, Method::Delete, &["/Inferences/Model/{model}/InferenceRequestFiles/{file}"]),
    route(Operation::RetryFiles, Method::Post, &["/ObjectDetection/Model/{model}/RetryPrediction"]),
    route(Operation::FullText, Method::Post, &["/OCR/FullText"]),
    route(Operation::ChangeModel, Method::Patch, &["/OCR/Model/{model}"]),
    route(Operation::DeleteModel, Method::Delete, &["/OCR/Model/{model}"]),
    route(Operation::RollBack, Method::Post, &["/OCR/Model/{model}/Rollback"]),
    route(Operation::CancelTraining, Method::Delete, &["/OCR/Model/{model}/Train/"]),
    route(Operation::RemoveTraining, Method::Delete, &["/ObjectDetection/Model/{model}/Annotations/{file}"]),
];

const fn route(operation: Operation, method: Method, paths: &'static [&'static str]) -> Route {
    Route { operation, method, paths }
}

impl Operation {
    /// Its method and paths.
    pub fn route(self) -> &'static Route {
        static NONE: Route = route(Operation::Models, Method::Get, &["/"]);
        ROUTES.iter().find(|route| route.operation == self).unwrap_or(&NONE)
    }
}

impl Route {
    /// Every path a server answers it at, without queries: each with and without the slash at its end, and those below
    /// `/OCR/Model` also below `/ObjectDetection/Model` and the other way round.
    pub fn served_paths(&self) -> Vec<String> {
        let mut served: Vec<String> = Vec::new();
        for path in self.paths {
            let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
            let twins = [
                path.to_owned(),
                path.replacen("/OCR/Model", "/ObjectDetection/Model", 1),
                path.replacen("/ObjectDetection/Model", "/OCR/Model", 1),
            ];
            for twin in twins {
                for form in [format!("{twin}/"), twin] {
                    if !served.contains(&form) {
                        served.push(form);
                    }
                }
            }
        }
        served
    }
}

/// The path of `template` with its names filled in, each percent-encoded as one segment. A name that `names` lacks
/// stays as it is in the template.
pub fn fill(template: &str, names: &[(&str, &str)]) -> String {
    let mut path = template.to_owned();
    for (name, value) in names {
        path = path.replace(&format!("{{{name}}}"), &encoded(value));
    }
    path
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3, so that no name can leave its
/// segment. A lone `.` or `..` would be taken for a step, so their dots are encoded too.
fn encoded(value: &str) -> String {
    let dots_only = !value.is_empty() && value.bytes().all(|b| b == b'.');
    value.bytes().fold(String::with_capacity(value.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) || (byte == b'.' && !dots_only) {
            text.push(char::from(byte));
        } else {
            let digit = |n: u8| char::from(b"0123456789ABCDEF"[usize::from(n)]);
            text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_in_the_list_once() {
        for route in ROUTES {
            assert_eq!(ROUTES.iter().filter(|r| r.operation == route.operation).count(), 1);
            assert_eq!(route.operation.route().paths, route.paths);
        }
    }

    #[test]
    fn a_path_is_served_with_and_without_slash_and_by_its_alias() {
        let served = Operation::PredictFiles.route().served_paths();
        for path in [
            "/OCR/Model/{model}/LabelFile",
            "/OCR/Model/{model}/LabelFile/",
            "/ObjectDetection/Model/{model}/LabelFile",
            "/ObjectDetection/Model/{model}/LabelFile/",
        ] {
            assert!(served.iter().any(|p| p == path), "{path}");
        }
        assert_eq!(Operation::FullText.route().served_paths(), ["/OCR/FullText/", "/OCR/FullText"]);
    }

    #[test]
    fn a_name_cannot_leave_its_segment() {
        assert_eq!(fill("/OCR/Model/{model}", &[("model", "a/../b?c#d ü")]), "/OCR/Model/a%2F..%2Fb%3Fc%23d%20%C3%BC");
        assert_eq!(fill("/x/{file}/y", &[("file", "..")]), "/x/%2E%2E/y");
    }
}
