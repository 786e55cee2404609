"""Pictures: answers without a provider, several pictures to edit, the classes themselves."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider
from edgequake_async.testing.corex.multipart import form

from .beside import PNG
from .ways import Way


@pytest.fixture
def at(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is."""
    return {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


def test_pictures(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    response = way.call("image_generation", prompt="a cat", model="dall-e-3", n=2, response_format="b64_json", **at)
    assert isinstance(response, eq.ImageResponse)
    assert [picture.revised_prompt for picture in response.data] == ["a cat", "a cat"]
    assert response.data[0].b64_json == response["data"][0]["b64_json"]
    assert response.data[0].url is response.usage is response.size is None
    assert fake.requests[-1].json["model"] == "dall-e-3"
    with pytest.raises(eq.BadRequestError, match="style"):
        way.call("image_generation", prompt="a cat", model="openai/gpt-image-1", style="vivid", **at)


def test_without_a_model_the_provider_chooses(fake: FakeProvider, at: dict[str, Any]) -> None:
    assert eq.image_generation("a cat", **at).data
    assert fake.requests[-1].json == {"prompt": "a cat"}


def test_mocks(way: Way) -> None:
    def mocked(given: Any) -> Any:
        return way.call("image_generation", prompt="x", model="openai/gpt-image-1", mock_response=given)

    assert mocked("https://x/y.png").data[0].url == "https://x/y.png"
    assert mocked({"data": [{"b64_json": "AAAA"}], "more": 1}).more == 1
    whole = eq.ImageResponse(data=[{"url": "u"}])
    assert mocked(whole) is whole
    with pytest.raises(eq.RateLimitError):
        mocked(eq.RateLimitError("no", "openai", "m"))
    with pytest.raises(eq.BadRequestError, match="mock_response"):
        mocked(1)
    with pytest.raises(eq.BadRequestError):
        way.call("image_generation", prompt="x", model="nobody/m", mock_response="u")


def test_pictures_of_pictures(way: Way, fake: FakeProvider, at: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    path.write_bytes(PNG)
    images = [path, PNG, io.BytesIO(PNG), ("named.webp", PNG)]
    assert way.call("image_edit", image=images, prompt="a hat", model="gpt-image-1", mask=path, **at).data
    files = form(fake.requests[-1]).files
    assert [(file.filename, file.content_type) for file in files["image[]"]] == [
        ("mine.png", "image/png"),
        ("upload.png", "image/png"),
        ("upload.png", "image/png"),
        ("named.webp", "image/webp"),
    ]
    assert {file.content for file in files["image[]"] + files["mask"]} == {PNG}


def test_something_must_be_edited(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    for nothing in (None, []):
        with pytest.raises(eq.BadRequestError, match="image: must be given"):
            way.call("image_edit", image=nothing, prompt="a hat", **at)
    assert fake.requests == []


def test_the_class_fills_in_what_programs_leave_out() -> None:
    response = eq.ImageResponse(data=[eq.types.ImageObject(url="u")], hidden_params={"a": 1})
    assert response.created is not None
    assert response._hidden_params == {"a": 1}
    assert response.data[0]["url"] == "u"
    assert eq.ImageResponse().data == []
