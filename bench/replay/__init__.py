"""Two years of loans and holds replayed: who gets which copy, by several policies.

The wishes are the loans of the demo's most lent titles, by whom, where and for how long
they were. They crowd towards a day on which each title came out, and of its copies so
many are kept as were busy nearly all the time: long queues, as HLD-20 speaks of them.
What nobody can know is drawn with a seed, the same for every policy: who reserves and
who looks on the shelf, how soon a copy is collected, where it is returned. Vans,
opening days and rules are those of the demo. Vans have room enough here; a copy that
nobody waits for goes home.

Our policy is the real planner: ``fulfilment.rules.assign`` by day and at the desk,
``fulfilment.solving.cheapest`` at night. The others stand beside it, as they
are documented.

Start reading in report.py.
"""
