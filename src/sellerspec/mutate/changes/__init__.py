"""What a mutation does to a sandbox."""
