"""Which mutations there are: derived from responses that a suite received, and listed behaviours."""
