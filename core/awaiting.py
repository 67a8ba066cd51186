"""How C awaits a Wait or a Task: `awaiting.pyx`, for CPython compiled. Elsewhere their own `__next__` does all there is."""
