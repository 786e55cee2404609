"""Types of single providers, where programs import them from."""
