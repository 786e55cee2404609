"""One call to a given URL, with whatever the environment says: ``one_call.py URL``. Prints the answer or the error."""

from __future__ import annotations

import sys

import edgequake_async as eq

try:
    response = eq.completion("openai/fake", [{"role": "user", "content": "hi"}], api_base=sys.argv[1], api_key="k")
    print("answer:", response.choices[0].message.content)
except eq.EQError as error:
    print(f"{type(error).__name__}: {error}")
