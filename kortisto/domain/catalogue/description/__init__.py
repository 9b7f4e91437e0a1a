"""The parts of `describe`: what a MARC record says, field by field. No Django here."""
