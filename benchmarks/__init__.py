"""Benchmarks: twincore beside its peers, measured in the same run. `python -m benchmarks --help` says how.

`workloads/` holds what is measured, a module a subject; `products.py` and `bridges.py` how each product is run and
used; `measure.py` is one measurement in one fresh process; `runner.py` starts those in turn; `verdict.py` holds the
figures to the targets; `report.py` prints it all.
"""
