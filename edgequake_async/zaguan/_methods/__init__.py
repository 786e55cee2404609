"""The methods of the Zaguan clients, by area: one async method per endpoint, over ``_transport.BaseClient``."""
