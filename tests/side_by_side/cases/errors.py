"""What is raised: by status, by what the body says, by what happens to the connection, by what is asked."""

from __future__ import annotations

from . import HELLO, PROVIDERS, answer, chat

STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529)
LONG = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
POLICY = "Your request was rejected as a result of our safety system."

for provider in PROVIDERS:
    for status in STATUSES:
        chat(f"{provider}/error_{status}", answer("error", status, "Told to fail."))
    chat(f"{provider}/error_stream_429", answer("error", 429, "Slow down."), stream=True)
chat("openai/error_long_context", answer("error", 400, LONG, code="context_length_exceeded"))
chat("openai/error_long_context_by_words", answer("error", 400, LONG))
chat("openai/error_policy", answer("error", 400, POLICY, code="content_policy_violation"))
chat("openai/error_quota", answer("error", 429, "You exceeded your current quota.", code="insufficient_quota"))
chat("openai/error_retry_after", answer("error", 429, "Slow down.", headers={"retry-after": "7"}))
chat("openai/error_key", answer("error", 401, "Incorrect API key provided: sk-…", code="invalid_api_key"))
chat("openai/error_418", answer("error", 418, "A teapot."))
chat("openai/error_not_json", answer("raw", 500, {"content-type": "text/html"}, "<h1>Down</h1>"))
chat("openai/success_not_json", answer("raw", 200, {"content-type": "text/html"}, "<h1>Hello</h1>"))
chat("openai/error_empty", answer("raw", 503, {}, ""))
chat("openai/connection_dropped", answer("drop_after"))
chat("openai/connection_refused", api_base="http://127.0.0.1:9/v1")
chat("openai/stream_dropped", answer("drop_after", pieces=3), stream=True)
chat("anthropic/error_long_context", answer("error", 400, "prompt is too long: 210000 tokens > 200000 maximum"))
LONG_WITH_ANSWER = "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length"
chat("anthropic/error_long_context_and_answer", answer("error", 400, LONG_WITH_ANSWER))
chat("gemini/error_long_context", answer("error", 400, "The input token count (2000000) exceeds the maximum number "
     "of tokens allowed (1048576)."))  # fmt: skip
chat("bedrock/error_long_context", answer("error", 400, "Input is too long for requested model."))
chat("openai/messages_empty", messages=[])
chat("openai/provider_unknown", model="nowhere/model")
chat("openai/bad_timeout", timeout="soon")
chat("openai/no_key", api_key=None, api_base=None)
chat("anthropic/no_key", api_key=None, api_base=None)
chat("gemini/no_key", api_key=None, api_base=None)
chat("groq/no_key", api_key=None, api_base=None)
for words in ({"n": 2}, {"logprobs": True}, {"seed": 1}):
    (name,) = words
    chat(f"anthropic/unsupported_{name}", messages=HELLO, **words)
