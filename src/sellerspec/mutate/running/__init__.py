"""Run a connector's suite under mutations, and judge what it shows."""
