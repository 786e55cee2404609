"""What is answered without a provider: names, keys, parameters, prices, tokens, shorter conversations."""

from __future__ import annotations

from typing import Any

from . import HELLO, Run, add
from .tools import ANSWERED, WEATHER

MODELS = (
    "gpt-4o",
    "openai/gpt-4o-mini",
    "anthropic/claude-sonnet-4-5-20250929",
    "gemini/gemini-2.5-flash",
    "groq/openai/gpt-oss-120b",
    "mistral/mistral-large-latest",
    "deepseek/deepseek-chat",
    "openrouter/openai/gpt-4o",
    "azure/gpt-4o",
    "bedrock/amazon.nova-lite-v1:0",
    "cohere_chat/command-a-03-2025",
    "ollama_chat/llama3.2",
)
UNKNOWN = "nowhere/nothing"


def fact(name: str, function: str, *arguments: Any, **named: Any) -> None:
    """``client.<function>(...)``, dots allowed."""

    def run(client: Any, host: str) -> Any:
        found = client
        for part in function.split("."):
            found = getattr(found, part)
        return found(*arguments, **named)

    add(f"facts/{name}", run)


def _parameters(model: str) -> Run:
    def run(client: Any, host: str) -> Any:
        found = client.get_supported_openai_params(model)
        return found and dict.fromkeys(found, True)

    return run


for model in (*MODELS, UNKNOWN):
    at = model.replace("/", ":")
    fact(f"get_llm_provider/{at}", "get_llm_provider", model)
    fact(f"validate_environment/{at}", "validate_environment", model)
    add(f"facts/supported_params/{at}", _parameters(model))
    fact(f"cost_per_token/{at}", "cost_per_token", model=model, prompt_tokens=1000, completion_tokens=500)
    fact(f"get_max_tokens/{at}", "get_max_tokens", model)
    for ability in ("function_calling", "vision", "response_schema", "reasoning"):
        fact(f"supports_{ability}/{at}", f"supports_{ability}", model)

for model in ("gpt-4o", "gpt-3.5-turbo", "anthropic/claude-sonnet-4-5-20250929", "groq/openai/gpt-oss-120b"):
    at = model.replace("/", ":")
    fact(f"token_counter_text/{at}", "token_counter", model=model, text="Hello, wörld. What a day!")
    fact(f"token_counter_messages/{at}", "token_counter", model=model, messages=HELLO)
    fact(f"token_counter_tools/{at}", "token_counter", model=model, messages=ANSWERED, tools=[WEATHER])
fact("encode/gpt-4o", "encode", model="gpt-4o", text="Hello there")
fact("decode/gpt-4", "decode", model="gpt-4", tokens=[9906, 1070])
LONG = [{"role": "system", "content": "Be brief."}] + [
    {"role": role, "content": f"{number}: " + "word " * 30} for number in range(6) for role in ("user", "assistant")
]
fact("trim_messages/long", "utils.trim_messages", LONG, model="gpt-4o", max_tokens=100)
fact("trim_messages/short", "utils.trim_messages", HELLO, model="gpt-4o")
fact("cached_tokens", "cost_per_token", model="gpt-4o", prompt_tokens=1000, completion_tokens=10,
     cache_read_input_tokens=800)  # fmt: skip
fact("cost_of_texts", "completion_cost", model="gpt-4o", prompt="Hello there", completion="Hi")


def _registered(client: Any, host: str) -> Any:
    prices = {"input_cost_per_token": 0.25, "output_cost_per_token": 0.5, "litellm_provider": "openai", "mode": "chat"}
    client.register_model({"openai/my-own": {**prices, "max_tokens": 100}})
    return client.cost_per_token("openai/my-own", 2, 3)


add("facts/registered", _registered)


ERRORS = (
    "APIConnectionError APIError APIResponseValidationError AuthenticationError BadGatewayError BadRequestError "
    "BudgetExceededError ContentPolicyViolationError ContextWindowExceededError ImageFetchError InternalServerError "
    "InvalidRequestError JSONSchemaValidationError MockException NotFoundError OpenAIError PermissionDeniedError "
    "RateLimitError RouterRateLimitError ServiceUnavailableError Timeout UnprocessableEntityError "
    "UnsupportedParamsError"
).split()


def _bases(name: str) -> Run:
    """Whose subclass an exception is: programs catch it by those."""

    def run(client: Any, host: str) -> Any:
        client.RateLimitError("", "", "")  # from the first on, openai's classes are among the bases
        return {
            base.__name__: True
            for base in getattr(client, name).__mro__
            if base.__module__.startswith(("openai", "litellm", "builtins")) and base is not object
        }

    return run


for error in ERRORS:
    add(f"facts/bases/{error}", _bases(error))
