"""Tools for agents: a server of the Model Context Protocol over stdin and stdout.

`server` is the one door to the SDK. `tool` is what it serves: a function from arguments to a JSON object,
whose schema is in `schemas/sellerspec/mcp-tools.json`. `folders` bounds what is read and written, `results`
what is returned.
"""
