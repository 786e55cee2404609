"""Programs that others wrote against litellm, doing their real job over this package."""
