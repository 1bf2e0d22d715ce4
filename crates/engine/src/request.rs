//! The request that every user sends.

/// A request in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The request target in origin form, such as `/search?q=a`.
    pub target: String,
    /// The value of the `Host` field, unless `headers` holds one.
    pub host: String,
    /// Further fields in their order. `Host`, `User-Agent`, `Accept` and `Content-Length` replace what would be sent otherwise.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// Whether the connection is used again. Without it each request says `Connection: close` and opens its own.
    pub keep_alive: bool,
}

/// Why a request can't be written as HTTP.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The method is no token (RFC 9110, section 5.6.2).
    #[error("{0:?} is no HTTP method: use letters only, such as GET")]
    Method(String),
    /// The target is empty, or holds a space or a control character.
    #[error("{0:?} is no request target: it starts with / (or is *), and spaces are written as %20")]
    Target(String),
    /// The name of a field is no token.
    #[error("{0:?} is no header name")]
    HeaderName(String),
    /// The value of a field, or of `Host`, holds a control character.
    #[error("the header {name} has a control character in its value {value:?}")]
    HeaderValue {
        /// The name of the field.
        name: String,
        /// Its value.
        value: String,
    },
}

impl Request {
    /// A plain GET with keep-alive.
    pub fn get(host: impl Into<String>, target: impl Into<String>) -> Self {
        Self { method: "GET".into(), target: target.into(), host: host.into(), headers: Vec::new(), body: Vec::new(), keep_alive: true }
    }

    /// The request as HTTP/1.1 writes it.
    ///
    /// # Errors
    /// When a part of it would break the message apart, or is no HTTP.
    pub fn encode(&self) -> Result<Vec<u8>, RequestError> {
        self.check()?;
        let mut wire = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let closing = (!self.keep_alive).then(|| ("Connection", "close".to_owned()));
        for (name, value) in self.implied_fields().into_iter().chain(closing) {
            push_field(&mut wire, name, &value);
        }
        for (name, value) in &self.headers {
            push_field(&mut wire, name, value);
        }
        wire.extend_from_slice(b"\r\n");
        wire.extend_from_slice(&self.body);
        Ok(wire)
    }

    /// All fields but those that only concern one connection of HTTP/1.1, names in small letters, `host` first: what HTTP/2 sends
    /// (RFC 9113, section 8.2).
    ///
    /// # Errors
    /// As [`Request::encode`].
    pub fn fields(&self) -> Result<Vec<(String, String)>, RequestError> {
        self.check()?;
        let implied = self.implied_fields().into_iter().map(|(name, value)| (name.to_owned(), value));
        let mut fields: Vec<(String, String)> =
            implied.chain(self.headers.iter().cloned()).map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        fields
            .retain(|(name, _)| !["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].contains(&name.as_str()));
        fields.sort_by_key(|(name, _)| name != "host");
        Ok(fields)
    }

    /// Checks that no part breaks the message apart.
    fn check(&self) -> Result<(), RequestError> {
        if !is_token(&self.method) {
            return Err(RequestError::Method(self.method.clone()));
        }
        if self.target.is_empty() || self.target.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(RequestError::Target(self.target.clone()));
        }
        let host = ("Host", self.host.as_str());
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        given.chain([host]).try_for_each(|(name, value)| check_field(name, value))
    }

    /// What is sent besides the fields that were given.
    fn implied_fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("Host", self.host.clone()),
            ("User-Agent", concat!("plimsoll/", env!("CARGO_PKG_VERSION")).to_owned()),
            ("Accept", "*/*".to_owned()),
        ];
        // A method that means a body says so even when it is empty (RFC 9110, section 8.6).
        if !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH") {
            fields.push(("Content-Length", self.body.len().to_string()));
        }
        fields.retain(|(name, _)| !self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)));
        fields
    }
}

fn check_field(name: &str, value: &str) -> Result<(), RequestError> {
    if !is_token(name) {
        return Err(RequestError::HeaderName(name.to_owned()));
    }
    if value.bytes().any(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
        return Err(RequestError::HeaderValue { name: name.to_owned(), value: value.to_owned() });
    }
    Ok(())
}

fn push_field(wire: &mut Vec<u8>, name: &str, value: &str) {
    wire.extend_from_slice(name.as_bytes());
    wire.extend_from_slice(b": ");
    wire.extend_from_slice(value.as_bytes());
    wire.extend_from_slice(b"\r\n");
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(request: &Request) -> String {
        String::from_utf8(request.encode().unwrap()).unwrap()
    }

    #[test]
    fn a_plain_get() {
        let want = concat!("GET /a?b HTTP/1.1\r\nHost: h:1\r\nUser-Agent: plimsoll/", env!("CARGO_PKG_VERSION"), "\r\nAccept: */*\r\n\r\n");
        assert_eq!(text(&Request::get("h:1", "/a?b")), want);
    }

    #[test]
    fn given_fields_replace_implied_ones_and_a_body_has_its_length() {
        let request = Request {
            method: "POST".into(),
            headers: vec![("host".into(), "other".into()), ("ACCEPT".into(), "text/plain".into()), ("user-agent".into(), "x".into())],
            body: b"abc".to_vec(),
            keep_alive: false,
            ..Request::get("h", "/")
        };
        let want =
            "POST / HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\nhost: other\r\nACCEPT: text/plain\r\nuser-agent: x\r\n\r\nabc";
        assert_eq!(text(&request), want);
        assert!(text(&Request { body: Vec::new(), ..request }).contains("Content-Length: 0\r\n"));
    }

    #[test]
    fn the_fields_of_http2_are_in_small_letters_without_those_of_one_connection() {
        let headers = vec![("X-A".to_owned(), "1".to_owned()), ("Connection".to_owned(), "close".to_owned())];
        let fields = Request { headers, keep_alive: false, ..Request::get("h:1", "/") }.fields().unwrap();
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["host", "user-agent", "accept", "x-a"]);
    }

    #[test]
    fn nothing_can_smuggle_a_line_in() {
        let good = Request::get("h", "/");
        let with_header = |name: &str, value: &str| Request { headers: vec![(name.into(), value.into())], ..good.clone() };
        assert_eq!(Request { method: "GET /".into(), ..good.clone() }.encode(), Err(RequestError::Method("GET /".into())));
        assert!(Request { target: "/ HTTP/1.1\r\nA: b".into(), ..good.clone() }.encode().is_err());
        assert_eq!(Request { target: String::new(), ..good.clone() }.encode(), Err(RequestError::Target(String::new())));
        assert_eq!(with_header("A b", "c").encode(), Err(RequestError::HeaderName("A b".into())));
        let broken = RequestError::HeaderValue { name: "A".into(), value: "b\r\nC: d".into() };
        assert_eq!(with_header("A", "b\r\nC: d").encode(), Err(broken));
        assert!(Request { host: "h\r\nA: b".into(), ..good }.encode().is_err());
    }
}
