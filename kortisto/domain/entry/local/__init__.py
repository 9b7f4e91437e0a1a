"""What a door's machine keeps on its own disk, for the time when no database answers.

``store`` is the copy of what decisions look at, ``keeper`` keeps it new, ``offline``
decides from it, ``waiting`` holds attempts until they can be delivered.
"""
