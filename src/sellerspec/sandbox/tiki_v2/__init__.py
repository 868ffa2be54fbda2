"""Tiki's Open API in the sandbox."""
