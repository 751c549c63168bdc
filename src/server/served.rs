//! What signed addresses lead to: originals as they were submitted, and images of their pages.

use super::answer::blocking;
use super::reading::Source;
use super::refusal::Refusal;
use super::running::Shared;
use super::signed::{Refused, Target, Variant};
use super::store::{Store, StoreError};
use crate::api::PageId;
use crate::document::PageSize;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use image::codecs::jpeg::JpegEncoder;
use image::{RgbImage, imageops};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio_util::io::ReaderStream;

/// The long side of a compressed image, in pixels at most.
const COMPRESSED: u32 = 1600;
/// The width of a thumbnail, in pixels at most.
const THUMBNAIL: u32 = 240;

/// `GET /uploadedfiles/…`: needs a signature instead of the key.
pub(super) async fn signed(
    State(shared): State<Arc<Shared>>,
    Path(rest): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let path = format!("uploadedfiles/{rest}");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let variant = shared.signer.check(&path, query.as_deref().unwrap_or_default(), now).map_err(refused)?;
    match Target::parse(&path).ok_or_else(|| refused(Refused::Forged))? {
        Target::PageImage { model, page } => {
            let image = blocking(move || page_image(&shared, model.as_str(), &page, variant)).await?;
            Ok(picture(image))
        }
        Target::File { model, file, .. } => {
            let original = matches!(variant, Variant::Original | Variant::OriginalWithLongExpiry);
            if original {
                let store = shared.store.clone();
                let path = blocking(move || {
                    let record = store.file(&file)?;
                    if record.model != model {
                        return Err(StoreError::missing("file", &file).into());
                    }
                    Ok(store.local_path(record.content)?)
                })
                .await?;
                let file = tokio::fs::File::open(path).await.map_err(Refusal::disk)?;
                return Ok(as_submitted(Body::from_stream(ReaderStream::new(file))));
            }
            // Renderings of a file are those of its first page.
            let image = blocking(move || {
                let page = first_page(&shared.store, &file)?;
                page_image(&shared, model.as_str(), &page, variant)
            })
            .await?;
            Ok(picture(image))
        }
    }
}

fn first_page(store: &Store, file: &crate::api::FileId) -> Result<PageId, Refusal> {
    let pages = store.pages(file)?;
    let first = pages.first().ok_or_else(|| Refusal::from(StoreError::Unfinished(file.to_string())))?;
    Ok(first.id.clone())
}

/// The image of a page as JPEG.
fn page_image(shared: &Shared, model: &str, page: &PageId, variant: Variant) -> Result<Vec<u8>, Refusal> {
    let record = shared.store.page(page)?;
    let file = shared.store.file(&record.file)?;
    if file.model.as_str() != model {
        return Err(StoreError::missing("page", page).into());
    }
    let path = shared.store.local_path(file.content)?;
    let password = shared.store.password(&file.id)?;
    let source = Source { path: &path, password: password.as_ref().map(|password| password.0.as_str()) };
    let whole = PageSize::new(record.width, record.height);
    let (size, quality) = match variant {
        Variant::OriginalCompressed => (fitted(whole, COMPRESSED.min(whole.width.max(whole.height)), true), 70),
        Variant::Thumbnail => (fitted(whole, THUMBNAIL.min(whole.width), false), 75),
        _ => (whole, 90),
    };
    let drawn = shared.reader.draw(source, record.number, size).map_err(|problem| {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, problem.message, "Get the original instead")
    })?;
    let turned = match variant.turned_by() {
        90 => imageops::rotate270(&drawn),
        180 => imageops::rotate180(&drawn),
        270 => imageops::rotate90(&drawn),
        _ => drawn,
    };
    encoded(&turned, quality)
}

/// `size` scaled so that its long side, or its width, has this many pixels.
fn fitted(size: PageSize, pixels: u32, by_long_side: bool) -> PageSize {
    let side = if by_long_side { size.width.max(size.height) } else { size.width };
    let scaled = |length: u32| ((u64::from(length) * u64::from(pixels)) / u64::from(side.max(1))).max(1) as u32;
    PageSize::new(scaled(size.width), scaled(size.height))
}

fn encoded(image: &RgbImage, quality: u8) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).map_err(|error| {
        tracing::error!(%error, "a page image could not be written");
        Refusal::broken()
    })?;
    Ok(bytes)
}

fn refused(why: Refused) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, why.to_string(), "Ask for the result again")
}

fn picture(bytes: Vec<u8>) -> Response {
    private(HeaderValue::from_static("image/jpeg"), Body::from(bytes))
}

/// Whatever it is, a browser saves it and runs nothing of it.
fn as_submitted(body: Body) -> Response {
    let mut response = private(HeaderValue::from_static("application/octet-stream"), body);
    response.headers_mut().insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}

fn private(kind: HeaderValue, body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renderings_keep_the_shape_of_the_page() {
        let page = PageSize::new(2550, 3300);
        assert_eq!(fitted(page, COMPRESSED, true), PageSize::new(1236, 1600));
        assert_eq!(fitted(page, THUMBNAIL, false), PageSize::new(240, 310));
        assert_eq!(fitted(PageSize::new(1, 100_000), 1, false), PageSize::new(1, 100_000));
    }
}
