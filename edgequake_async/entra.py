"""Entra ID's tokens for Azure: a token, or the program's own function that gives one, asked once per call; and what a
call must show of who makes it.

Credentials are not exchanged for tokens here: azure-identity does that, and its ``get_bearer_token_provider`` gives
such a function, sync or async.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from .exceptions import AuthenticationError, UnsupportedParamsError

__all__ = ["CREDENTIALS", "check_shown", "fetch_token", "refuse_credentials"]

# What gateways before Azure (https://learn.microsoft.com/azure/api-management/api-management-subscriptions) want, too.
_SHOWING = frozenset({"api-key", "authorization", "ocp-apim-subscription-key", "x-api-key"})
# litellm's arguments for a login of its own.
CREDENTIALS = frozenset("tenant_id client_id client_secret azure_username azure_password azure_scope".split())


async def fetch_token(params: dict[str, Any], provider: str) -> None:
    """Put the token that ``azure_ad_token_provider`` gives in its place among the arguments of a call.

    A function that is not async may wait for a network, so it runs in a thread. It is not asked where the call is not
    Azure's, or has a key or a token.

    Raises:
        AuthenticationError: it fails, or gives no token. What it raised is the cause.
    """
    give = params.pop("azure_ad_token_provider")
    if give is None or not provider.startswith("azure") or params.get("api_key") or params.get("azure_ad_token"):
        return
    try:
        if inspect.iscoroutinefunction(give):
            token = await give()
        else:
            from anyio import to_thread

            # In a tuple: trio takes a coroutine that a function returns for a mistake.
            (token,) = await to_thread.run_sync(lambda: (give(),))
            if inspect.isawaitable(token):
                token = await token
    except Exception as error:
        why = f"azure_ad_token_provider: {type(error).__name__}"
        raise AuthenticationError(why, provider, params["model"]) from error
    if not isinstance(token, str) or not token:
        why = f"azure_ad_token_provider: must give a token, not {type(token).__name__}"
        raise AuthenticationError(why, provider, params["model"])
    params["azure_ad_token"] = token


def check_shown(
    provider: str, model: str, variables: Iterable[str], options: Mapping[str, Any], headers: Iterable[tuple[str, str]]
) -> None:
    """Raise where a call without a key shows nothing else: Azure's resources have no address in common by which a call
    that needs none would be known.

    Raises:
        AuthenticationError: neither a token nor a header that stands for one.
    """
    if options.get("azure_ad_token") or any(name.lower() in _SHOWING for name, _ in headers):
        return
    names = " or ".join([*variables, "AZURE_AD_TOKEN"])
    why = f"pass api_key, azure_ad_token or azure_ad_token_provider, or set {names}"
    raise AuthenticationError(f"No API key for {provider}: {why}", provider, model)


def refuse_credentials(provider: str, params: Mapping[str, Any]) -> None:
    """Raise for a login that nobody here can do.

    Raises:
        UnsupportedParamsError: neither key nor token is given, but what would have to be exchanged for one.
    """
    if params.get("api_key"):
        return
    token = params.get("azure_ad_token")
    if isinstance(token, str) and token.startswith("oidc/"):
        names = ["azure_ad_token"]
    elif token:
        return
    else:
        names = sorted(name for name in CREDENTIALS - {"azure_scope"} if params.get(name))
    if names:
        why = (
            f"edgequake_async does not exchange {names} for a token: pass azure_ad_token_provider, as azure-identity's"
        )
        raise UnsupportedParamsError(f"{why} get_bearer_token_provider gives it", provider, params["model"])
