"""The offline desk: lend and take back while there is no connection (CIR-60).

``snapshot`` is what a workstation takes with it, ``merging`` takes what it did. The
desk decides nothing: the same actions as ever do, at the time when it happened.
"""
