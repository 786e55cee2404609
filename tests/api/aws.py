"""What a signed request to the fake Bedrock says of its caller, by botocore's own reckoning."""

from __future__ import annotations

import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from edgequake_async.testing import FakeProvider, Received

ID, SECRET, TOKEN = "AKIDEXAMPLE", "s3cr3t/KEY+of=40-characters-0123456789abcd", "t0ken/of+a==session"
KEYS = {"aws_access_key_id": ID, "aws_secret_access_key": SECRET}
SESSION = {"AccessKeyId": "ASIASESSION", "SecretAccessKey": SECRET, "Token": TOKEN}


def signature(record: Received, host_url: str, secret: str = SECRET) -> str:
    """The signature that botocore computes of a request as it arrived."""
    scope, names = authorization(record)
    key, _, region, service, _ = scope.split("/")
    headers = {name: value for name, value in record.headers.items() if name in names}
    request = AWSRequest(record.method, host_url + record.path, data=record.body, headers=headers)
    request.context["timestamp"] = record.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(key, secret, record.headers.get("x-amz-security-token")), service, region)
    told: str = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return told


def authorization(record: Received) -> tuple[str, list[str]]:
    """The scope of the key, and the names of the headers that are signed."""
    pattern = r"AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=[0-9a-f]{64}"
    found = re.fullmatch(pattern, record.headers["authorization"])
    assert found is not None
    return found[1], found[2].split(";")


def caller(fake: FakeProvider) -> tuple[str, str | None]:
    """Who made the last call, and in which session; the signature is right."""
    record = fake.requests[-1]
    assert record.headers["authorization"].endswith(signature(record, fake.host_url))
    scope, names = authorization(record)
    token = record.headers.get("x-amz-security-token")
    assert {"content-type", "host", "x-amz-date", *(["x-amz-security-token"] if token else [])} == set(names)
    assert scope.endswith("/eu-central-1/bedrock/aws4_request")
    return scope.split("/")[0], token
