//! What can be asked of a service beside reading at once: later results, corrections, models and their training.

use super::form::{Body, OnProgress, Upload};
use super::{Client, ClientError, PredictOptions};
use crate::api::paths::Operation;
use crate::api::{
    Annotation, FileId, Model, ModelId, ModeratedPage, ModeratedReply, NewModel, PageId, PageReply, PredictionReply,
    UploadAck, UploadUrls,
};
use serde_json::{Value, json};

/// What is said about how it went, where nobody reads it.
type Ignored = Value;

impl Client {
    /// Takes `files` in to be read later; the answer names them.
    pub async fn predict_files_later(
        &self,
        model: &ModelId,
        files: &[Upload],
        options: &PredictOptions,
        progress: &OnProgress,
    ) -> Result<PredictionReply, ClientError> {
        let mut body = self.body(files, options);
        body.text.push(("async", "true".to_owned()));
        self.post(Operation::PredictFilesAsync, &[("model", model.as_str())], &body, progress).await
    }

    /// Reads what stands at `urls` at once; the service fetches it.
    pub async fn predict_urls(
        &self,
        model: &ModelId,
        urls: &[String],
        options: &PredictOptions,
    ) -> Result<PredictionReply, ClientError> {
        let Body { text, query, .. } = self.url_body(urls, options);
        self.send_form(Operation::PredictUrls, &[("model", model.as_str())], &text, &query).await
    }

    /// Has what stands at `urls` read later.
    pub async fn predict_urls_later(
        &self,
        model: &ModelId,
        urls: &[String],
        options: &PredictOptions,
    ) -> Result<PredictionReply, ClientError> {
        let Body { mut text, query, .. } = self.url_body(urls, options);
        text.push(("async", "true".to_owned()));
        self.send_form(Operation::PredictUrlsAsync, &[("model", model.as_str())], &text, &query).await
    }

    fn url_body(&self, urls: &[String], options: &PredictOptions) -> Body {
        let body = self.body(&[], options);
        let urls = urls.iter().map(|url| ("urls", url.clone()));
        Body { text: urls.chain(body.text).collect(), ..body }
    }

    /// The pages of a file as far as they are read, with what persons corrected.
    pub async fn file_result(&self, model: &ModelId, file: &FileId) -> Result<ModeratedReply, ClientError> {
        self.get(Operation::FileResult, &[("model", model.as_str()), ("file", file.as_str())], &[]).await
    }

    /// A page of a file.
    pub async fn page_result(
        &self,
        model: &ModelId,
        file: &FileId,
        page: &PageId,
    ) -> Result<ModeratedReply, ClientError> {
        let names = [("model", model.as_str()), ("file", file.as_str()), ("page", page.as_str())];
        let said: Value = self.get(Operation::PageResult, &names, &[]).await?;
        if said.get("result").is_none() {
            return parsed(said);
        }
        // The older path has a body of its own.
        let PageReply { result, signed_urls, .. } = parsed(said)?;
        let (moderated_images, unmoderated_images): (Vec<ModeratedPage>, Vec<ModeratedPage>) =
            result.into_iter().partition(|page| page.is_moderated == Some(true));
        Ok(ModeratedReply {
            moderated_images_count: moderated_images.len() as i64,
            unmoderated_images_count: unmoderated_images.len() as i64,
            moderated_images,
            unmoderated_images,
            signed_urls,
            ..ModeratedReply::default()
        })
    }

    /// All pages that a model got from `first` to `last`, in days since 1970 (UTC), both included.
    pub async fn day_results(&self, model: &ModelId, first: u32, last: u32) -> Result<ModeratedReply, ClientError> {
        let query = [("start_day_interval", first.to_string()), ("current_batch_day", last.to_string())];
        self.get(Operation::DayResults, &[("model", model.as_str())], &query).await
    }

    /// Adds documents to a model's training set, each annotated by its name in `data`. The password of an encrypted one is
    /// sent to this computer alone.
    pub async fn upload_training(
        &self,
        model: &ModelId,
        files: &[Upload],
        data: &[Annotation],
        password: Option<&str>,
        progress: &OnProgress,
    ) -> Result<UploadAck, ClientError> {
        let data = serde_json::to_string(data).map_err(|_| unreadable())?;
        let password = password.filter(|_| self.address().is_this_computer());
        let text = [("data", data)].into_iter().chain(password.map(|password| ("password", password.to_owned())));
        let body = Body { files: files.to_vec(), text: text.collect(), ..Body::default() };
        self.post(Operation::UploadFiles, &[("model", model.as_str())], &body, progress).await
    }

    /// The same with documents that the service fetches.
    pub async fn upload_training_urls(&self, model: &ModelId, upload: &UploadUrls) -> Result<UploadAck, ClientError> {
        let body = serde_json::to_value(upload).map_err(|_| unreadable())?;
        self.send_json(Operation::UploadUrls, &[("model", model.as_str())], Some(&body)).await
    }

    /// Has a model trained; how far it is, [`Client::model`] says.
    pub async fn train(&self, model: &ModelId) -> Result<(), ClientError> {
        self.send_json::<Ignored>(Operation::Train, &[("model", model.as_str())], None).await.map(drop)
    }

    /// The training set of a model.
    pub async fn training_set(&self, model: &ModelId) -> Result<UploadAck, ClientError> {
        self.get(Operation::Annotations, &[("model", model.as_str())], &[]).await
    }

    /// Makes a model.
    pub async fn create_model(&self, new: &NewModel) -> Result<Model, ClientError> {
        let body = serde_json::to_value(new).map_err(|_| unreadable())?;
        self.send_json(Operation::CreateModel, &[], Some(&body)).await
    }

    /// Changes the name or the labels of a model. An extension of Proofdesk's own servers, as are those that follow.
    pub async fn change_model(&self, model: &ModelId, change: &Value) -> Result<Model, ClientError> {
        self.send_json(Operation::ChangeModel, &[("model", model.as_str())], Some(change)).await
    }

    /// Deletes a model with everything that came to it.
    pub async fn delete_model(&self, model: &ModelId) -> Result<(), ClientError> {
        self.send_json::<Ignored>(Operation::DeleteModel, &[("model", model.as_str())], None).await.map(drop)
    }

    /// Lets a model predict with an earlier version.
    pub async fn roll_back(&self, model: &ModelId, version: u32) -> Result<Model, ClientError> {
        let body = json!({ "version": version });
        self.send_json(Operation::RollBack, &[("model", model.as_str())], Some(&body)).await
    }

    /// Ends the training of a model without a result.
    pub async fn cancel_training(&self, model: &ModelId) -> Result<(), ClientError> {
        self.send_json::<Ignored>(Operation::CancelTraining, &[("model", model.as_str())], None).await.map(drop)
    }

    /// Takes a document out of a training set.
    pub async fn remove_training(&self, model: &ModelId, file: &FileId) -> Result<(), ClientError> {
        let names = [("model", model.as_str()), ("file", file.as_str())];
        self.send_json::<Ignored>(Operation::RemoveTraining, &names, None).await.map(drop)
    }

    /// Approves a file.
    pub async fn verify(&self, model: &ModelId, file: &FileId) -> Result<(), ClientError> {
        let names = [("model", model.as_str()), ("file", file.as_str())];
        self.send_json::<Ignored>(Operation::Verify, &names, None).await.map(drop)
    }

    /// Takes the approval of a file back.
    pub async fn unverify(&self, model: &ModelId, file: &FileId) -> Result<(), ClientError> {
        let names = [("model", model.as_str()), ("file", file.as_str())];
        self.send_json::<Ignored>(Operation::Unverify, &names, None).await.map(drop)
    }

    /// Saves a page as a person left it; a box that is not in `moderated_boxes` is deleted.
    pub async fn save_page(&self, model: &ModelId, page: &ModeratedPage) -> Result<(), ClientError> {
        let body = serde_json::to_value(page).map_err(|_| unreadable())?;
        self.send_json::<Ignored>(Operation::SavePage, &[("model", model.as_str())], Some(&body)).await.map(drop)
    }

    /// Deletes a file.
    pub async fn delete_file(&self, model: &ModelId, file: &FileId) -> Result<(), ClientError> {
        let names = [("model", model.as_str()), ("file", file.as_str())];
        self.send_json::<Ignored>(Operation::DeleteFile, &names, None).await.map(drop)
    }

    /// Has files read again.
    pub async fn retry_files(&self, model: &ModelId, files: &[FileId]) -> Result<(), ClientError> {
        let body = json!({ "file_ids": files });
        self.send_json::<Ignored>(Operation::RetryFiles, &[("model", model.as_str())], Some(&body)).await.map(drop)
    }
}

fn parsed<T: serde::de::DeserializeOwned>(said: Value) -> Result<T, ClientError> {
    serde_path_to_error::deserialize(said).map_err(|error| ClientError::Unreadable { path: error.path().to_string() })
}

fn unreadable() -> ClientError {
    ClientError::Unreadable { path: ".".to_owned() }
}
