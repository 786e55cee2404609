"""Google Cloud as one fake server plays it: who grants tokens, the machine's metadata, and Vertex AI behind them.

Tokens are numbered by their grants and only the newest is good, so a test sees which one a call showed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from edgequake_async.testing import FakeProvider, Received, raw

Json = dict[str, Any]

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
METADATA = "/computeMetadata/v1/instance/service-accounts/default/token"

Grant = Callable[[Received], Any]


class Cloud:
    """Makes ``fake`` grant tokens at /token; ``refuse`` or another ``grant`` changes how."""

    def __init__(self, fake: FakeProvider) -> None:
        self.fake = fake
        self.life = 3600
        self.grant: Grant = self.granted
        self.others: dict[str, Grant] = {}
        fake.on_request(self._answer)

    def forget(self) -> None:
        """Forget what was asked."""
        self.fake.clear()
        self.fake.on_request(self._answer)

    @property
    def api(self) -> Json:
        """The arguments of a call to Vertex AI."""
        return {
            "model": "vertex_ai/gemini-2.5-flash",
            "messages": [{"role": "user", "content": "Say it."}],
            "api_base": f"{self.fake.host_url}/v1",
            "num_retries": 0,
        }

    @property
    def service_account(self) -> Json:
        """The document of a service account's key."""
        return {
            "type": "service_account",
            "project_id": "of-the-file",
            "private_key_id": "key-1",
            "private_key": PRIVATE,
            "client_email": "robot@of-the-file.iam.gserviceaccount.com",
            "token_uri": f"{self.fake.host_url}/token",
        }

    @property
    def person(self) -> Json:
        """What gcloud writes for a person."""
        return {
            "type": "authorized_user",
            "client_id": "gcloud.apps.googleusercontent.com",
            "client_secret": "secret-of-gcloud",
            "refresh_token": "1//refresh-of-a-person",
            "quota_project_id": "of-the-person",
            "token_uri": f"{self.fake.host_url}/token",
        }

    @property
    def grants(self) -> list[Received]:
        """The requests for tokens."""
        return [each for each in self.fake.requests if each.path in ("/token", METADATA)]

    @property
    def calls(self) -> list[Received]:
        """The requests to Vertex AI."""
        return [each for each in self.fake.requests if "/publishers/" in each.path]

    def granted(self, record: Received) -> Any:
        """A token that is good."""
        token = {"access_token": self.fake.api_key, "expires_in": self.life, "token_type": "Bearer"}
        return raw(200, {}, token)

    def refused(self, record: Received) -> Any:
        """A refusal that repeats what it was sent, as no server should."""
        said = record.body.decode()
        return raw(400, {}, {"error": "invalid_grant", "error_description": f"Invalid JWT Signature. {said}"})

    def _answer(self, record: Received) -> Any:
        if record.path in ("/token", METADATA):
            return self.grant(record)
        return self.others[record.path](record) if record.path in self.others else None


def form(record: Received) -> dict[str, str]:
    """The form that a request carries."""
    assert record.headers["content-type"] == "application/x-www-form-urlencoded"
    return {name: value for name, [value] in parse_qs(record.body.decode(), strict_parsing=True).items()}


def written(folder: Path, document: Json, name: str = "credentials.json") -> Path:
    """The document in a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
