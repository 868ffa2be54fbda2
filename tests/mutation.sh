#!/bin/sh
# What a mutant has to fail: first the examples (half a second), then the tests of the marketplaces.
export PYTHONPATH=src:tests PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
python tests/mutation.py tiki tnsl tokopedia || exit 1
exec python -m pytest -o addopts= -x -q -p no:cacheprovider \
    -k "not sparing and not word_by_word and not bears_any" \
    tests/test_tokopedia_sums.py tests/test_tiki_bounds.py \
    tests/test_marketplaces.py tests/test_tokopedia.py tests/test_tnsl.py tests/test_importing.py
