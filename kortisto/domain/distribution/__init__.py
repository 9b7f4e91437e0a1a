"""Which items may stand where: limits of floating, rotating collections, dispatches."""
