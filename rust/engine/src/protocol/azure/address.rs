//! From what users call their endpoint to the base under which a route is found. A base that is given whole, with its
//! path and its query, is kept.

use reqwest::Url;

use crate::protocol::Ask;

/// The version of `/models` that Microsoft's own client asks for (azure-ai-inference 1.0.0b9).
const MODELS_VERSION: &str = "2024-05-01-preview";

/// Versions that mean the surface without deployments
/// (https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle).
const UNDATED: [&str; 3] = ["v1", "preview", "latest"];

/// The first version with responses
/// (https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses).
const RESPONSES_SINCE: &str = "2025-03-01";

/// Where a deployment of Azure OpenAI is, or its surface without deployments.
pub fn openai(ask: &Ask, base: &str) -> String {
    let Some(mut url) = parsed(base) else {
        return base.to_owned();
    };
    let version = ask.options.get("api_version");
    let path = url.path().trim_end_matches('/').to_owned();
    let is_response = ask.path.starts_with("/responses");
    // A version that had no responses yet is ours or the chats', and the undated surface has them.
    let version = version.filter(|version| !is_response || *version >= RESPONSES_SINCE);
    let is_undated = version.map_or(is_response, |version| UNDATED.contains(&version));
    if has_segments(&path, "/openai/v1") {
        return with_version(url, version.filter(|version| is_undated && *version != "v1"));
    }
    if has_segments(&path, "/openai/deployments") || is_whole(&path) {
        return with_version(url, version);
    }
    let root = path.strip_suffix("/openai").unwrap_or(&path);
    if is_undated {
        url.set_path(&format!("{root}/openai/v1"));
        return with_version(url, version.filter(|version| *version != "v1"));
    }
    // Files and batches belong to the resource, not to a deployment
    // (https://learn.microsoft.com/azure/ai-foundry/openai/authoring-reference-preview); a response names it in its body.
    if ask.model.is_empty() || is_response {
        url.set_path(&format!("{root}/openai"));
        return with_version(url, version);
    }
    let deployment = encoded(&ask.model);
    // Cloudflare's gateway has Azure's path already (https://developers.cloudflare.com/ai-gateway/usage/providers/azureopenai).
    let is_gateway = url.host_str() == Some("gateway.ai.cloudflare.com");
    let between = if is_gateway { "" } else { "/openai/deployments" };
    url.set_path(&format!("{root}{between}/{deployment}"));
    with_version(url, version)
}

/// Where Anthropic's protocol is spoken.
pub fn anthropic(base: &str) -> String {
    let Some(mut url) = parsed(base) else {
        return base.to_owned();
    };
    let path = url.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/models").unwrap_or(&path);
    if !has_segments(path, "/anthropic/v1") {
        url.set_path(&format!("{}/anthropic/v1", path.strip_suffix("/anthropic").unwrap_or(path)));
    }
    url.into()
}

/// Where the models of a foundry are: `/models` of a resource, or the endpoint itself, which is one model's.
pub fn models(ask: &Ask, base: &str) -> String {
    let Some(mut url) = parsed(base) else {
        return base.to_owned();
    };
    let path = url.path().trim_end_matches('/').to_owned();
    if has_segments(&path, "/openai") {
        return openai(ask, base);
    }
    if path.is_empty() && is_host_of(&url, ".services.ai.azure.com") {
        url.set_path("/models");
    }
    let default = Some(MODELS_VERSION).filter(|_| has_segments(url.path(), "/models"));
    with_version(url, ask.options.get("api_version").or(default))
}

/// Whether the address is a resource's and not a serverless endpoint's.
pub fn is_resource(base: &str) -> bool {
    parsed(base).is_some_and(|url| {
        let hosts = [".services.ai.azure.com", ".openai.azure.com", ".cognitiveservices.azure.com"];
        let paths = ["/models", "/openai"];
        hosts.iter().any(|host| is_host_of(&url, host)) || paths.iter().any(|path| has_segments(url.path(), path))
    })
}

fn parsed(base: &str) -> Option<Url> {
    let mut url = Url::parse(base).ok()?;
    url.set_fragment(None);
    Some(url)
}

fn is_host_of(url: &Url, domain: &str) -> bool {
    url.host_str().is_some_and(|host| host.ends_with(domain))
}

/// Whether the path holds these segments, in a row.
fn has_segments(path: &str, segments: &str) -> bool {
    path.match_indices(segments).any(|(at, _)| {
        let after = path.get(at + segments.len()..).unwrap_or_default();
        after.is_empty() || after.starts_with('/')
    })
}

/// Whether the path names a route already.
fn is_whole(path: &str) -> bool {
    let routes = ["/chat/completions", "/embeddings", "/images/generations", "/images/edits", "/responses"];
    let audio = ["/audio/transcriptions", "/audio/speech"];
    routes.iter().chain(&audio).any(|route| path.ends_with(route))
}

/// The address with the version in its query, unless that names one.
fn with_version(mut url: Url, version: Option<&str>) -> String {
    let is_named = url.query_pairs().any(|(name, _)| name == "api-version");
    if let Some(version) = version.filter(|_| !is_named) {
        url.query_pairs_mut().append_pair("api-version", version);
    }
    url.into()
}

/// A name as one segment of a path.
fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
