"""OpenID Connect, for whoever relies on another's log-in. Start at ``flow.py``."""
