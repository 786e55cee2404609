"""The package under litellm's name, each time in a process of its own: one object under every name."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from edgequake_async.shim import DEFAULT_VERSION, build_shim
from edgequake_async.testing import FakeProvider

WARNING = "ignore:edgequake_async was built without optimisation"
FORMS = {
    "installed": "import edgequake_async as eq; eq.install_as_litellm()",
    "assigned": "import sys, edgequake_async as eq; sys.modules['litellm'] = eq",
    "after the types": "import sys, edgequake_async as eq; eq.ModelResponse; sys.modules['litellm'] = eq",
}
MODULES = [
    "_logging",
    "batches",
    "batches.main",
    "constants",
    "exceptions",
    "files",
    "files.main",
    "litellm_core_utils",
    "litellm_core_utils.get_llm_provider_logic",
    "litellm_core_utils.get_supported_openai_params",
    "litellm_core_utils.streaming_handler",
    "main",
    "types",
    "types.llms.openai",
    "types.utils",
    "utils",
]


def run(program: str, *arguments: str, cwd: Path | None = None) -> str:
    command = [sys.executable, "-W", "error", "-W", WARNING, *(arguments or ("-c", program))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.mark.parametrize("form", FORMS)
def test_every_name_is_one_object(form: str) -> None:
    run(f"""
{FORMS[form]}
import importlib, importlib.util
import litellm
assert litellm is eq
for name in {MODULES!r}:
    ours = importlib.import_module("edgequake_async." + name)
    assert importlib.import_module("litellm." + name) is ours, name
    assert ours.__spec__.name == ours.__name__ == "edgequake_async." + name, ours.__spec__
    assert importlib.util.find_spec("litellm." + name) is not None
assert importlib.util.find_spec("litellm") is not None
from litellm.types.utils import ModelResponse, Usage
from litellm.exceptions import RateLimitError
from litellm import completion
assert ModelResponse is eq.ModelResponse is litellm.utils.ModelResponse is litellm.types.utils.ModelResponse
assert RateLimitError is eq.RateLimitError and completion is eq.completion
import sys
assert not [name for name, module in sys.modules.items() if name.startswith("litellm.")
            and module is not sys.modules["edgequake_async" + name[7:]]]
""")


def test_what_is_beside_chat_is_where_programs_look_for_it() -> None:
    run("""
import edgequake_async
edgequake_async.install_as_litellm()
import litellm
from litellm.batches.main import create_batch
from litellm.files.main import ModelResponse, acreate_file
from litellm.types.llms.openai import HttpxBinaryResponseContent, OpenAIFileObject, OpenAIModerationResponse
from litellm.types.utils import ImageObject, ImageResponse, LiteLLMBatch, TranscriptionResponse
assert ModelResponse is litellm.ModelResponse and ImageResponse is litellm.ImageResponse
assert acreate_file is litellm.acreate_file is litellm.files.main.acreate_file
assert create_batch is litellm.create_batch
assert litellm.main.transcription is litellm.transcription and callable(litellm.moderation)
for cls in (HttpxBinaryResponseContent, OpenAIFileObject, LiteLLMBatch, TranscriptionResponse, ImageObject):
    assert cls.__module__.startswith("litellm."), cls
""")


@pytest.mark.parametrize("form", FORMS)
def test_classes_say_that_they_are_litellms(form: str) -> None:
    run(f"""
{FORMS[form]}
import pickle
from litellm.types.utils import ModelResponse, Message, ModelResponseStream
import litellm
error = litellm.RateLimitError("slow down", "openai", "m")
for value, module in ((ModelResponse(), "litellm.types.utils"), (error, "litellm.exceptions")):
    assert type(value).__module__ == module, type(value).__module__
    dumped = pickle.dumps(value)
    assert module.encode() in dumped
    again = pickle.loads(dumped)
    assert type(again) is type(value) and repr(again) == repr(value)
assert ModelResponseStream.__module__ == Message.__module__ == "litellm.types.utils"
assert str(error) == "litellm.RateLimitError: slow down"
assert litellm.CustomStreamWrapper.__module__.startswith("litellm.")
""")


def test_a_pickle_from_before_the_alias_loads_under_it() -> None:
    run("""
import pickle
import edgequake_async as eq
before = pickle.dumps([eq.ModelResponse(id="a"), eq.Timeout("late", "m", "openai")])
eq.install_as_litellm()
response, error = pickle.loads(before)
assert type(response) is eq.ModelResponse and response.id == "a"
assert type(error) is eq.Timeout
""")


def test_a_call_renames_what_was_loaded_before(tmp_path: Path) -> None:
    with FakeProvider() as fake:
        run(f"""
import sys, edgequake_async as eq
eq.ModelResponse, eq.CustomStreamWrapper
sys.modules["litellm"] = eq
import litellm
messages = [{{"role": "user", "content": "Hi"}}]
response = litellm.completion("openai/m", messages, api_base={fake.base_url!r}, api_key="k")
assert type(response).__module__ == "litellm.types.utils"
""")


def test_settings_through_any_name() -> None:
    run("""
import edgequake_async as eq
eq.install_as_litellm()
import litellm
from edgequake_async import config
litellm.openai_key = "sk-test"
litellm.telemetry = False
litellm.some_new_switch = 3
assert config.key_for("openai") == eq.openai_key == "sk-test"
assert eq.telemetry is False and eq.some_new_switch == 3
litellm.constants.MAX_CALLBACKS = 100
from litellm.constants import MAX_CALLBACKS
assert MAX_CALLBACKS == 100
""")


def test_what_requests_are_made_of() -> None:
    run("""
import edgequake_async as eq
eq.install_as_litellm()
import litellm
from litellm import ChatCompletionUserMessage, ChatCompletionToolParam, OpenAIMessageContent
from litellm.types.llms.openai import ChatCompletionToolParam as same
assert ChatCompletionToolParam is same
assert ChatCompletionUserMessage(role="user", content="Hi") == {"role": "user", "content": "Hi"}
assert litellm.telemetry is False and litellm.disable_aiohttp_transport is False
""")


def test_what_is_not_there_is_not_there() -> None:
    run("""
import edgequake_async as eq
eq.install_as_litellm()
try:
    import litellm.no_such_module
except ModuleNotFoundError as error:
    assert error.name == "litellm.no_such_module"
else:
    raise AssertionError
""")


def test_without_the_alias_litellm_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "litellm").mkdir()
    (tmp_path / "litellm" / "__init__.py").write_text("own = True\n")
    (tmp_path / "litellm" / "utils.py").write_text("own = True\n")
    program = """
import edgequake_async as eq
import litellm, litellm.utils
assert litellm.own and litellm.utils.own
try:
    eq.install_as_litellm()
except RuntimeError as error:
    assert "imported already" in str(error)
else:
    raise AssertionError
"""
    run(program, cwd=tmp_path)
    run(
        "import edgequake_async as eq; eq.install_as_litellm(); import litellm.utils; assert litellm is eq",
        cwd=tmp_path,
    )


def test_run_runs_a_script_and_a_module(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "import sys, beside\nfrom litellm.utils import Message\n"
        "if __name__ == '__main__':\n    print(Message.__module__, sys.argv[1:], beside.here)\n"
    )
    (tmp_path / "beside.py").write_text("here = 'yes'\n")
    expected = "litellm.types.utils ['--flag', 'x'] yes\n"
    assert run("", "-m", "edgequake_async", "run", str(script), "--flag", "x") == expected
    assert run("", "-m", "edgequake_async", "run", "-m", "program", "--flag", "x", cwd=tmp_path) == expected


def test_the_shim_wheel_is_litellm(tmp_path: Path) -> None:
    wheel = build_shim(tmp_path)
    assert wheel.name == f"litellm-{DEFAULT_VERSION}-py3-none-any.whl"
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        archive.extractall(site)
    run(
        f"""
import importlib.metadata, sys
sys.path.insert(0, {str(site)!r})
assert importlib.metadata.version("litellm") == {DEFAULT_VERSION!r}
from litellm.types.utils import ModelResponse
import litellm, edgequake_async
assert litellm is edgequake_async and ModelResponse is edgequake_async.ModelResponse
"""
    )


def test_pip_takes_the_shim_wheel(tmp_path: Path) -> None:
    wheel = build_shim(tmp_path, "1.80.0")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    done = subprocess.run([*command, str(tmp_path / "site"), str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "litellm-1.80.0.dist-info" / "RECORD").exists()
