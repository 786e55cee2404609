"""The same calls through litellm and through this package, on one fake provider, compared field by field."""
