//! The pass-through protocol: requests and replies travel as they are, so all there is to know is where they go.

/// The URL of a path under a base. A base that names the path already is kept, and so is its query (`?api-version=`); the
/// path's own query follows it.
pub fn url(base: &str, path: &str) -> String {
    let base = base.split_once('#').map_or(base, |(base, _)| base);
    let (base, base_query) = base.split_once('?').unwrap_or((base, ""));
    let (path, path_query) = path.split_once('?').unwrap_or((path, ""));
    let base = base.trim_end_matches('/');
    let base = base.strip_suffix(path).unwrap_or(base).trim_end_matches('/');
    let query = [base_query, path_query].into_iter().filter(|query| !query.is_empty()).collect::<Vec<_>>().join("&");
    if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_base_and_route() {
        let cases = [
            ("https://h/v1", "https://h/v1/chat/completions"),
            ("https://h/v1/", "https://h/v1/chat/completions"),
            ("https://h/v1//", "https://h/v1/chat/completions"),
            ("https://h", "https://h/chat/completions"),
            ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
            ("https://h/v1/chat/completions/", "https://h/v1/chat/completions"),
            ("https://h/v1//chat/completions", "https://h/v1/chat/completions"),
            ("https://h/d?api-version=2024-10-21", "https://h/d/chat/completions?api-version=2024-10-21"),
            ("https://h/d/?a=/&b=c", "https://h/d/chat/completions?a=/&b=c"),
            ("https://h/d/chat/completions?a=b", "https://h/d/chat/completions?a=b"),
            ("https://h/v1?#top", "https://h/v1/chat/completions"),
        ];
        for (base, expected) in cases {
            assert_eq!(url(base, "/chat/completions"), expected, "{base}");
        }
        assert_eq!(url("https://h/v1", "/embeddings"), "https://h/v1/embeddings");
        assert_eq!(url("https://h/v1/embeddings", "/embeddings"), "https://h/v1/embeddings");
        assert_eq!(url("https://h/v1", "/models/a%2Fb"), "https://h/v1/models/a%2Fb");
        assert_eq!(url("https://h/v1", "/list?a=1&b=%3F"), "https://h/v1/list?a=1&b=%3F");
        assert_eq!(url("https://h/v1?v=2", "/list?a=1"), "https://h/v1/list?v=2&a=1");
    }
}
