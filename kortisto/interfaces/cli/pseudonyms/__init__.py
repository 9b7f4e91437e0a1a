"""Make a copy of the database fit for tests: nobody in it is anybody (GDP-3)."""
