"""A mailbox that shows the mail of a demo: ``kortisto simulate mailbox``.

Kortisto writes mail into a folder when it is told to; nothing leaves the machine.
"""
