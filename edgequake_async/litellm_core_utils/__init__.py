"""Names that programs import from litellm's core, where they import them from."""
