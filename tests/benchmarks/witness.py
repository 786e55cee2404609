"""litellm as a second witness: `python tests/benchmarks/witness.py [wire-format ...] [--show KIND]`.

Replays the recorded chats of the wire corpus on loopback to litellm and to this package, each in a process of its own,
and prints where the two differ, by kind, and which of them says what an independent reading of the recording says.
What is compared is the reading of answers: the recorded question is asked where it is in OpenAI's form.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import venvs
import witnessing
from run import CACHE, environment
from witness_child import DETAILS

sys.path.insert(0, str(venvs.REPOSITORY))
from edgequake_async.testing import FakeProvider
from tests.corpus import (
    reading,
    reading_anthropic,
    reading_cohere,
    reading_converse,
    reading_gemini,
    reading_ollama,
    recordings,
)
from tests.corpus.recordings import Exchange
from tests.corpus.replay import RECORDED, Replay

KEY = "witness-key-0123456789"
PLAIN = [{"role": "user", "content": "This answer was recorded."}]
OURS, THEIRS = "edgequake_async", "litellm"
BEDROCK = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": KEY, "aws_region_name": "us-east-1"}
LIMIT = 600
"""Characters of each value that --show prints."""


@dataclass(frozen=True)
class Wire:
    """How a wire format is asked for: prefixes of the model's name, and the name litellm has for the address."""

    read: Callable[[Exchange], Any]
    ours: str
    theirs: str
    address: str = "api_base"
    endpoint: str = ""


WIRES = {
    "openai-chat": Wire(reading.read, "openai/", "openai/"),
    "anthropic-messages": Wire(reading_anthropic.read, "anthropic/", "anthropic/"),
    "gemini": Wire(reading_gemini.read, "gemini/", "gemini/"),
    "bedrock-converse": Wire(reading_converse.read, "bedrock/", "bedrock/converse/", "aws_bedrock_runtime_endpoint"),
    "cohere-v2": Wire(reading_cohere.read, "cohere_chat/", "cohere_chat/"),
    "ollama": Wire(reading_ollama.read, "ollama_chat/", "ollama_chat/", endpoint="api.chat"),
}
ELSEWHERE = {
    "bedrock-invoke": "litellm picks the protocol by the model's name, which some recorders dropped",
    "openai-responses": "not a chat completion",
    "openai-completions": "not a chat completion",
    "cohere-v1": "both clients speak v2",
    "gemini-interactions": "litellm's chat has no such endpoint",
}
"""Wire formats of chats at which the two are not compared, and why."""


def exchanges(name: str) -> list[Exchange]:
    wanted = WIRES[name].endpoint
    return [each for each in recordings.native(name) if not wanted or each.endpoint == wanted]


def question(exchange: Exchange, wire: Wire, base: str, client: str) -> dict[str, Any]:
    """A line for witness_child.py: the same call for both, but for names of addresses."""
    asked = (exchange.asked or {}) if exchange.wire_format == "openai-chat" else {}
    messages = asked.get("messages")
    call = {
        "messages": messages if isinstance(messages, list) and messages else PLAIN,
        "api_key": KEY,
        "num_retries": 0,
        **({"tools": asked["tools"]} if asked.get("tools") else {}),
        **({"stream_options": {"include_usage": True}} if exchange.stream else {}),
    }
    if client == THEIRS:
        bedrock = BEDROCK if wire.ours == "bedrock/" else {}
        call |= {"model": wire.theirs + exchange.model, wire.address: base, "max_retries": 0, **bedrock}
        if bedrock:
            del call["api_key"]
    else:
        call |= {"model": wire.ours + exchange.model, "api_base": base}
    return {"id": exchange.id, "stream": exchange.stream, "call": call}


def answers(python: str, client: str, questions: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """By id; one that the client died over is a crash."""
    # litellm asks a server on the internet for a vocabulary when it counts tokens; the answers do not need it.
    kept = environment() | {"HF_HUB_OFFLINE": "1"}
    kept["PYTHONPATH"] = os.pathsep.join([str(venvs.REPOSITORY), kept["PYTHONPATH"]]) if client == OURS else ""
    done = subprocess.run(
        [python, "-W", "ignore", str(Path(__file__).parent / "witness_child.py"), client],
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
        env=kept,
        check=False,
    )
    told = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
    if done.returncode:
        print(f"{client} ended with status {done.returncode}:\n{done.stderr[-2000:]}", file=sys.stderr)
    died = {"error": {"class": "died", "said": ""}, "choices": {}, "usage": None}
    return {each["id"]: told.get(each["id"], {"id": each["id"], **died}) for each in questions}


def recorded(exchange: Exchange, wire: Wire) -> dict[str, Any]:
    """The recording, in the form of witness_child.py's answers."""
    found = wire.read(exchange)
    failure, usage = found.failure, found.reply.usage
    choices = {
        str(index): {
            "content": answer.text,
            "reasoning": answer.reasoning,
            "calls": [[call.id, call.name, call.arguments] for call in answer.calls],
            "finish": answer.finish_reason,
        }
        for index, answer in found.reply.choices.items()
    }
    counts = usage and {name: usage.get(f"{name}_tokens") for name in witnessing.COUNTS}
    for name, (group, member) in DETAILS.items() if counts else ():
        counts[name] = (usage.get(group) or {}).get(member)
    return {
        "id": exchange.id,
        "error": {"class": failure.kind, "said": " ".join(failure.said)} if failure else None,
        "choices": choices,
        "usage": counts and {name: count for name, count in counts.items() if count},
    }


def compared(name: str, python: str) -> tuple[int, list[witnessing.Difference]]:
    """(exchanges asked, differences) of one wire format."""
    wire, chosen = WIRES[name], exchanges(name)
    given = {}
    with FakeProvider() as fake:
        replay = Replay(fake, chosen)
        for client, interpreter in ((OURS, sys.executable), (THEIRS, python)):
            lines = [question(each, wire, replay.base_url(each, RECORDED), client) for each in chosen]
            given[client] = answers(interpreter, client, lines)
    found = [
        difference
        for each in chosen
        for difference in witnessing.differences(given[OURS][each.id], given[THEIRS][each.id], recorded(each, wire))
    ]
    return len(chosen), found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wires", nargs="*", metavar="wire-format", help=f"default: {', '.join(WIRES)}")
    parser.add_argument("--show", choices=witnessing.KINDS, help="print every difference of this kind")
    parser.add_argument("--litellm-python", help="an interpreter with litellm installed; default: build one")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the virtual environments live")
    arguments = parser.parse_args()
    for name in sorted(set(arguments.wires) - WIRES.keys()):
        parser.error(f"{name} is not compared: {ELSEWHERE.get(name, 'no such wire format of chats')}")
    python = arguments.litellm_python or venvs.build("witness", arguments.cache)[0]
    print(f"litellm {venvs.version(python, 'litellm')} and this package, on the recorded chats\n")
    total, everything = 0, []
    for name in arguments.wires or WIRES:
        asked, found = compared(name, python)
        total, everything = total + asked, everything + found
        different = len({each.id for each in found})
        print(f"## {name}: {asked} asked, {asked - different} the same, {different} differ\n")
        print(witnessing.table(found), "\n")
        for each in found:
            if each.kind == arguments.show:
                print(f"- {each.id}")
                for side, said in (("ours", each.ours), ("litellm", each.theirs), ("recorded", each.recorded)):
                    print(f"  - {side}: {json.dumps(said, ensure_ascii=False)[:LIMIT]}")
    different = len({each.id for each in everything})
    print(f"## all: {total} asked, {total - different} the same, {different} differ\n")
    print(witnessing.table(everything))
    if not arguments.wires:
        print("\nNot compared:\n")
        print("\n".join(f"- {name}: {why}" for name, why in ELSEWHERE.items()))


if __name__ == "__main__":
    main()
