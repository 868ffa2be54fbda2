"""Mutation tests of a connector: its own suite runs again while one thing is changed at the marketplace."""
