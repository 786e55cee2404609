//! The pass-through protocol: requests and replies travel as they are, so all there is to know is where they go.

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Chat completions.
    Chat,
    /// Embeddings.
    Embeddings,
}

impl Route {
    const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Embeddings => "/embeddings",
        }
    }
}

/// The URL of a route under a base. A base that names the route already is kept, and so is its query (`?api-version=`).
pub fn url(base: &str, route: Route) -> String {
    let base = base.split_once('#').map_or(base, |(base, _)| base);
    let (path, query) = base.split_once('?').map_or((base, None), |(path, query)| (path, Some(query)));
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(route.path()).unwrap_or(path).trim_end_matches('/');
    match query.filter(|query| !query.is_empty()) {
        None => format!("{path}{}", route.path()),
        Some(query) => format!("{path}{}?{query}", route.path()),
    }
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
            assert_eq!(url(base, Route::Chat), expected, "{base}");
        }
        assert_eq!(url("https://h/v1", Route::Embeddings), "https://h/v1/embeddings");
        assert_eq!(url("https://h/v1/embeddings", Route::Embeddings), "https://h/v1/embeddings");
    }
}
