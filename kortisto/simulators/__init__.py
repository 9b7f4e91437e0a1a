"""Stand-ins for services of others, to try Kortisto without them.

They ship with Kortisto: the demo and developers start them with ``kortisto simulate``.
They speak the wire format of the real service and know nothing of Kortisto, so that a
misunderstanding in our client is not repeated here.
"""
