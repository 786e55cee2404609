"""Files at a provider, under litellm's name for them; ``main`` has the functions."""
