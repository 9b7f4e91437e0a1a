"""The published benchmark: ``make bench`` writes docs/benchmark.md.

Start reading in __main__.py. Each module measures one kind of work on the demo
consortium of the scale asked for, through the same code that serves people.
"""
