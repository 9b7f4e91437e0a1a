"""Home delivery: who is served at home on which round, and their baskets."""
