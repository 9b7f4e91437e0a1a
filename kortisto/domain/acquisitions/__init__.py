"""What the libraries are to buy: for now what patrons suggest (ACQ-3, S33)."""
