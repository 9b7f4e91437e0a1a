"""The population register with invented people: change service and single query.

``people.py`` invents them, ``register.py`` keeps them and what happens to them,
``wire.py`` says it as the real services do, ``server.py`` listens.
"""
