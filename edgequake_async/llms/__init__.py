"""Where litellm keeps its providers; here only what programs import from there."""
