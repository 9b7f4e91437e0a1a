"""Which copy goes to whom: the plan of the shelves, and the lists to fetch by."""
