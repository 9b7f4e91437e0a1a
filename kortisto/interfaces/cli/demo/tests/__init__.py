"""Tests of the demo consortium."""
