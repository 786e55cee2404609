"""A floor for synchronous calls: one httpx client and json.loads."""

from __future__ import annotations

import httpx
from bodies import MESSAGES, MODEL

from adapters import KEY


def connect(base: str) -> httpx.Client:
    return httpx.Client(base_url=f"{base}/v1", headers={"Authorization": f"Bearer {KEY}"})


def completion(client: httpx.Client) -> str:
    response = client.post("/chat/completions", json={"model": MODEL, "messages": MESSAGES}).raise_for_status()
    return str(response.json()["choices"][0]["message"]["content"])
