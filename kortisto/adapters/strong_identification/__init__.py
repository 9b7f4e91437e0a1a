"""Strong identification by OpenID Connect. Start at ``oidc.py``.

The decision is docs/decisions/0016-strong-identification.md.
"""
