"""A reverse proxy that judges the calls of a connector in any language.

It stands between a connector and the marketplace: it judges each request before it leaves, and each
response when it comes back. `messages` and `client` know HTTP, `upstream` is the way to the marketplace,
`judge` decides by a guard, `passing` is the path of one exchange, `records` and `writing` keep the results.
"""
