"""Batches of requests, under litellm's name for them; ``main`` has the functions."""
