use bytes::Bytes;

use super::address::{anthropic, is_resource, models, openai};
use super::*;
use crate::protocol::Options;

const DATED: &str = "2025-02-01-preview";

fn ask(model: &str, version: &str) -> Ask {
    let options = Options::new([("api_version".to_owned(), version.to_owned())]);
    Ask { provider: "azure".into(), model: model.into(), options, ..Ask::default() }
}

#[test]
fn where_azure_openai_is() {
    let deployment = format!("https://r.openai.azure.com/openai/deployments/d?api-version={DATED}");
    let v1 = "https://r.openai.azure.com/openai/v1";
    let cases = [
        ("https://r.openai.azure.com", DATED, deployment.as_str()),
        ("https://r.openai.azure.com//", DATED, &deployment),
        ("https://r.openai.azure.com/openai", DATED, &deployment),
        ("https://r.openai.azure.com/openai/deployments/d", DATED, &deployment),
        (
            "https://r.openai.azure.com?api-version=1",
            DATED,
            "https://r.openai.azure.com/openai/deployments/d?api-version=1",
        ),
        ("https://r.openai.azure.com/openai/v1/", DATED, "https://r.openai.azure.com/openai/v1/"),
        ("https://r.openai.azure.com/openai/v1", "preview", "https://r.openai.azure.com/openai/v1?api-version=preview"),
        ("https://r.openai.azure.com", "v1", v1),
        ("https://r.openai.azure.com", "latest", "https://r.openai.azure.com/openai/v1?api-version=latest"),
        ("https://h/p/chat/completions?a=b", "1", "https://h/p/chat/completions?a=b&api-version=1"),
        ("https://h/p/audio/speech", "1", "https://h/p/audio/speech?api-version=1"),
        (
            "https://gateway.ai.cloudflare.com/v1/a/g/azure-openai/r",
            "1",
            "https://gateway.ai.cloudflare.com/v1/a/g/azure-openai/r/d?api-version=1",
        ),
    ];
    for (base, version, expected) in cases {
        assert_eq!(openai(&ask("d", version), base), expected, "{base}");
    }
    let none = openai(&ask("", "1"), "https://r.openai.azure.com");
    assert_eq!(none, "https://r.openai.azure.com/openai?api-version=1");
    let odd = openai(&ask("a/b ü?", "1"), "https://h");
    assert_eq!(odd, "https://h/openai/deployments/a%2Fb%20%C3%BC%3F?api-version=1");
}

#[test]
fn where_the_models_of_a_foundry_are() {
    let whole = "https://r.services.ai.azure.com/models?api-version=2024-05-01-preview";
    let cases = [
        ("https://r.services.ai.azure.com", "", whole),
        (
            "https://r.services.ai.azure.com/models/",
            "",
            "https://r.services.ai.azure.com/models/?api-version=2024-05-01-preview",
        ),
        (whole, "1", whole),
        ("https://r.services.ai.azure.com/openai/v1", "", "https://r.services.ai.azure.com/openai/v1"),
        ("https://m.eastus2.models.ai.azure.com/v1", "", "https://m.eastus2.models.ai.azure.com/v1"),
        ("https://m.eastus2.models.ai.azure.com", "1", "https://m.eastus2.models.ai.azure.com/?api-version=1"),
    ];
    for (base, version, expected) in cases {
        assert_eq!(models(&ask("m", version), base), expected, "{base}");
    }
    assert!(is_resource("https://r.services.ai.azure.com"));
    assert!(is_resource("https://proxy/models"));
    assert!(!is_resource("https://m.eastus2.models.ai.azure.com/v1"));
}

#[test]
fn where_claude_is() {
    let whole = "https://r.services.ai.azure.com/anthropic/v1";
    for base in ["", "/", "/models", "/anthropic", "/anthropic/v1"] {
        assert_eq!(anthropic(&format!("https://r.services.ai.azure.com{base}")), whole);
    }
    let messages = "https://r.services.ai.azure.com/anthropic/v1/messages";
    assert_eq!(anthropic(messages), messages);
}

#[test]
fn who_is_spoken_to_how() {
    let (claude, other) = (ask("claude-sonnet-4-5", ""), ask("DeepSeek-R1", ""));
    let base = "https://r.services.ai.azure.com";
    assert!(!AzureAi.passes_through(&claude));
    assert!(AzureAi.passes_through(&other));
    assert_eq!(AzureAi.path(&claude).unwrap(), "/messages");
    assert_eq!(AzureAi.key_header(&claude, base), KeyHeader::Named("x-api-key"));
    assert_eq!(AzureAi.key_header(&other, base), KEY);
    assert_eq!(AzureAi.key_header(&other, "https://m.eastus2.models.ai.azure.com"), KeyHeader::Bearer);
    assert_eq!(AzureAi.headers(&other).len(), 0);
    assert_eq!(AzureAi.headers(&claude).len(), 1);
    let plain = Ask { route: Route::Messages, ..claude };
    assert!(AzureAi.passes_through(&plain));
    assert_eq!(AzureAi.path(&plain).unwrap(), "/messages");
    assert_eq!(AzureAi.key_header(&plain, base), KeyHeader::Named("x-api-key"));
    assert!(AzureAi.path(&Ask { route: Route::Messages, ..other.clone() }).is_err());
    for provider in [&Azure as &dyn Protocol, &AzureAi] {
        assert!(provider.path(&Ask { route: Route::Rerank, ..other.clone() }).is_err());
        let files = Ask { route: Route::Beside, path: "/files/a%2Fb".into(), ..other.clone() };
        assert_eq!(provider.path(&files).unwrap(), "/files/a%2Fb");
    }
}

#[test]
fn an_inner_error_says_what_a_refusal_is() {
    let refused = |body: &'static str| {
        let mut error = crate::classify::error_from_response("azure", 400, &[], Bytes::from_static(body.as_bytes()));
        Azure.refine(&mut error);
        error.kind()
    };
    let inner = r#"{"error":{"code":null,"message":"m","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#;
    assert_eq!(refused(inner), Kind::ContentPolicyViolation);
    assert_eq!(refused(r#"{"error":{"code":"content_filter","message":"m"}}"#), Kind::ContentPolicyViolation);
    assert_eq!(refused(r#"{"error":{"message":"m","innererror":{"code":"Other"}}}"#), Kind::BadRequest);
    assert_eq!(refused("no JSON"), Kind::BadRequest);
}
