"""Code that tests and the programs of the Makefile share: examples, servers, clients, comparisons."""
