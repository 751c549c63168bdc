//! One request and its answer: the key, the connection, the waiting, the way back.

use super::answer::{self, chain};
use super::form::{Body, OnProgress, Sent};
use super::retry::pause;
use super::{Address, Client, ClientError, Patience, Request, TransportFault};
use crate::api::paths::{Operation, fill};
use reqwest::header::{CONTENT_LENGTH, HeaderValue, LOCATION};
use reqwest::{Method, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

/// How often a service may send elsewhere at the same place before it goes in circles.
const HOPS: usize = 3;
/// Connections that idle longer are closed: load balancers drop theirs after a minute without a word.
const IDLE: Duration = Duration::from_secs(30);

/// The connections to one service.
pub(super) fn connections(address: &Address, patience: &Patience) -> Result<reqwest::Client, ClientError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("proofdesk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(patience.connect)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(Duration::from_secs(30))
        // Followed by hand, so that the key goes nowhere else.
        .redirect(redirect::Policy::none())
        .referer(false);
    if address.is_this_computer() {
        // A proxy is somewhere else and knows another loopback.
        builder = builder.no_proxy();
    } else {
        builder = builder.https_only(true);
    }
    builder.build().map_err(|error| ClientError::Transport {
        host: address.host().to_owned(),
        fault: TransportFault::Certificate,
        may_have_arrived: false,
        details: chain(&error),
    })
}

impl Client {
    /// Asks for something, at each path that the service may know it by.
    pub(super) async fn get<T>(
        &self,
        operation: Operation,
        names: &[(&str, &str)],
        query: &[(&str, String)],
    ) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mut missing = None;
        for (at, path) in self.profile.paths(operation) {
            let mut url = self.address.join(&fill(path, names))?;
            if !query.is_empty() {
                url.query_pairs_mut().extend_pairs(query);
            }
            match self.get_patiently(operation, url).await {
                Err(error) if error.is_missing() => missing = missing.or(Some(error)),
                answer => return self.learnt(operation, at, answer),
            }
        }
        Err(missing.unwrap_or(ClientError::Unreadable { path: ".".to_owned() }))
    }

    /// Remembers the path that worked.
    fn learnt<T>(&self, operation: Operation, at: usize, answer: Result<T, ClientError>) -> Result<T, ClientError> {
        if answer.is_ok() {
            self.profile.learn(operation, at);
        }
        answer
    }

    /// Asks again where that may help, as it changes nothing.
    async fn get_patiently<T>(&self, operation: Operation, url: Url) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mut asked = 1;
        loop {
            let answer = self.get_once(url.clone()).await;
            let Some(wait) = answer.as_ref().err().and_then(|error| pause(error, asked, &self.patience)) else {
                return answer;
            };
            tracing::info!(?operation, asked, ?wait, "asking the OCR service again");
            sleep(wait).await;
            asked += 1;
        }
    }

    async fn get_once<T>(&self, mut url: Url) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        for _ in 0..=HOPS {
            let request = self.request(Method::GET, url.clone());
            let response = self.noted(&Method::GET, &url, self.in_time(self.patience.silence, request)).await?;
            match self.redirected(&response, &url, response.status().is_redirection())? {
                Some(there) => url = there,
                None => return answer::read(response, self.address.host(), &self.patience).await,
            }
        }
        Err(ClientError::Moved { to: url.to_string() })
    }

    /// Sends a form. What may have been received is never sent again; where no connection came about, or the service
    /// sends elsewhere at the same place, the form is built anew.
    pub(super) async fn post<T>(
        &self,
        operation: Operation,
        names: &[(&str, &str)],
        body: &Body,
        progress: &OnProgress,
    ) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mut missing = None;
        for (at, path) in self.profile.paths(operation) {
            let mut url = self.address.join(&fill(path, names))?;
            if !body.query.is_empty() {
                url.query_pairs_mut().extend_pairs(&body.query);
            }
            match self.post_to(url, body, progress).await {
                Err(error) if error.is_missing() => missing = missing.or(Some(error)),
                answer => return self.learnt(operation, at, answer),
            }
        }
        Err(missing.unwrap_or(ClientError::Unreadable { path: ".".to_owned() }))
    }

    async fn post_to<T>(&self, mut url: Url, body: &Body, progress: &OnProgress) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let (mut hops, mut asked) = (0, 1);
        loop {
            let (form, sent) = body.form(progress).await?;
            let sending = self.request(Method::POST, url.clone()).multipart(form).send();
            let response = match self.noted(&Method::POST, &url, self.watched(sending, &sent)).await {
                Ok(response) => response,
                Err(error) => {
                    let wait = match &error {
                        ClientError::Transport { may_have_arrived: false, .. } => pause(&error, asked, &self.patience),
                        _ => None,
                    };
                    let Some(wait) = wait else { return Err(error) };
                    sleep(wait).await;
                    asked += 1;
                    continue;
                }
            };
            // Other redirects turn a POST into a GET.
            let keeps_method = matches!(response.status().as_u16(), 307 | 308);
            match self.redirected(&response, &url, keeps_method && hops < HOPS)? {
                Some(there) => url = there,
                None => return answer::read(response, self.address.host(), &self.patience).await,
            }
            hops += 1;
        }
    }

    /// Sends JSON, or nothing but the request; never again what may have been received.
    pub(super) async fn send_json<T>(
        &self,
        operation: Operation,
        names: &[(&str, &str)],
        body: Option<&serde_json::Value>,
    ) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.send(operation, names, |request| match body {
            Some(body) => request.json(body),
            None => request.header(CONTENT_LENGTH, 0),
        })
        .await
    }

    /// Sends a form without files; never again what may have been received.
    pub(super) async fn send_form<T>(
        &self,
        operation: Operation,
        names: &[(&str, &str)],
        form: &[(&str, String)],
        query: &[(&str, String)],
    ) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.send(operation, names, |request| request.form(form).query(query)).await
    }

    async fn send<T>(
        &self,
        operation: Operation,
        names: &[(&str, &str)],
        dressed: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync,
    ) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let method = match operation.route().method {
            crate::api::paths::Method::Get => Method::GET,
            crate::api::paths::Method::Post => Method::POST,
            crate::api::paths::Method::Patch => Method::PATCH,
            crate::api::paths::Method::Delete => Method::DELETE,
        };
        let mut missing = None;
        for (at, path) in self.profile.paths(operation) {
            let url = self.address.join(&fill(path, names))?;
            let request = dressed(self.request(method.clone(), url.clone()));
            let response = self.noted(&method, &url, self.in_time(self.patience.reading, request)).await?;
            self.redirected(&response, &url, false)?;
            match answer::read(response, self.address.host(), &self.patience).await {
                Err(error) if error.is_missing() => missing = missing.or(Some(error)),
                answer => return self.learnt(operation, at, answer),
            }
        }
        Err(missing.unwrap_or(ClientError::Unreadable { path: ".".to_owned() }))
    }

    async fn in_time(&self, patience: Duration, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = timeout(patience, request.send()).await.map_err(|_| self.timed_out())?;
        response.map_err(|error| self.transport(error))
    }

    /// Waits for an answer to begin, and notes it.
    async fn noted(
        &self,
        method: &Method,
        url: &Url,
        answer: impl Future<Output = Result<Response, ClientError>>,
    ) -> Result<Response, ClientError> {
        let (at, start) = (SystemTime::now(), Instant::now());
        let answer = answer.await;
        self.log.add(Request {
            at,
            method: method.to_string(),
            host: url.host_str().unwrap_or_default().to_owned(),
            path: url.path().to_owned(),
            status: answer.as_ref().map_or(0, |response| response.status().as_u16()),
            took: start.elapsed(),
            bytes: answer.as_ref().ok().and_then(Response::content_length),
        });
        answer
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).basic_auth(self.key.secret(), Some(""))
    }

    /// Where the service sends, if it does; an error if `follow` is not set or it is another place.
    fn redirected(&self, response: &Response, from: &Url, follow: bool) -> Result<Option<Url>, ClientError> {
        if !response.status().is_redirection() {
            return Ok(None);
        }
        let location = response.headers().get(LOCATION).map(HeaderValue::to_str);
        let there = location.and_then(|text| from.join(text.ok()?).ok());
        match there {
            Some(there) if follow && self.address.is_home_of(&there) => Ok(Some(there)),
            Some(mut there) => {
                // Neither what is asked for nor a secret of the address belongs in a message.
                there.set_query(None);
                let _ = there.set_username("").and_then(|()| there.set_password(None));
                Err(ClientError::Moved { to: there.to_string() })
            }
            None => Err(ClientError::Unreadable { path: ".".to_owned() }),
        }
    }

    /// Waits for an answer as long as something is being sent, and then for the reading.
    async fn watched(
        &self,
        sending: impl Future<Output = reqwest::Result<Response>>,
        sent: &Sent,
    ) -> Result<Response, ClientError> {
        tokio::pin!(sending);
        let mut before = 0;
        let mut complete_since = None;
        loop {
            tokio::select! {
                answer = &mut sending => {
                    return answer.map_err(|error| sent.failure().unwrap_or_else(|| self.transport(error)));
                }
                () = sleep(self.patience.silence.min(self.patience.reading)) => {}
            }
            let now = sent.bytes();
            let overdue = if sent.is_complete() {
                complete_since.get_or_insert_with(Instant::now).elapsed() >= self.patience.reading
            } else {
                now == before
            };
            if overdue {
                return Err(self.timed_out());
            }
            before = now;
        }
    }

    fn timed_out(&self) -> ClientError {
        ClientError::Transport {
            host: self.address.host().to_owned(),
            fault: TransportFault::Timeout,
            may_have_arrived: true,
            details: "no answer in time".to_owned(),
        }
    }

    fn transport(&self, error: reqwest::Error) -> ClientError {
        let connect = error.is_connect();
        let (fault, details) = fault(error);
        ClientError::Transport { host: self.address.host().to_owned(), fault, may_have_arrived: !connect, details }
    }
}

/// What happened on the way, and the cause without the address.
pub(super) fn fault(error: reqwest::Error) -> (TransportFault, String) {
    let (connect, timeout) = (error.is_connect(), error.is_timeout());
    let details = chain(&error.without_url());
    let fault = if details.contains("certificate") {
        TransportFault::Certificate
    } else if timeout {
        TransportFault::Timeout
    } else if connect {
        TransportFault::NoConnection
    } else {
        TransportFault::Broken
    };
    (fault, details)
}
