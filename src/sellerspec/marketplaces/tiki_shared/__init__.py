"""What the first generation of Tiki's API and the Open API both require of products.

Each function states one requirement in its docstring. A pack makes its own rule of it, with its id, its
source and what it knows about the refusal. The schemas that both use stand in `schemas/tiki-shared`.
"""
