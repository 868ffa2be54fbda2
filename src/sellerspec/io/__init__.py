"""Bytes and files in, strictly: JSON, YAML, XLSX, pointers, package data, settings."""
