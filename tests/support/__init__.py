"""What tests, and the programs of the Makefile, share: cases, servers, clients, and what compares runs."""
