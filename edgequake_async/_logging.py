"""litellm's loggers by their names, so that programs can set their levels, filters and handlers.

Nothing is written to them unless the program turns logging on.
"""

from __future__ import annotations

import logging

__all__ = ["_turn_on_debug", "verbose_logger", "verbose_proxy_logger", "verbose_router_logger"]

verbose_logger = logging.getLogger("LiteLLM")
verbose_proxy_logger = logging.getLogger("LiteLLM Proxy")
verbose_router_logger = logging.getLogger("LiteLLM Router")
for _logger in (verbose_logger, verbose_proxy_logger, verbose_router_logger):
    _logger.addHandler(logging.NullHandler())


def _turn_on_debug() -> None:
    """Let litellm's loggers pass everything: what programs themselves, and handlers in Python, write to them."""
    for logger in (verbose_logger, verbose_proxy_logger, verbose_router_logger):
        logger.setLevel(logging.DEBUG)
