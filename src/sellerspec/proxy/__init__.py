"""A reverse proxy that checks the calls of a connector in any language.

It stands between a connector and the marketplace: it checks each request before it leaves, and each
response when it comes back. `messages` and `client` know HTTP, `upstream` is the way to the marketplace,
`checker` decides by a guard, `passing` is the path of one exchange, `records` and `writing` keep the results.
"""
