"""Log-in of staff by OpenID Connect, at Entra ID and the like: ``services.py``."""
