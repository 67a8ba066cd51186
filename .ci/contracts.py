"""Write docs/contracts.md: who may call what, from the docstrings of everything that crosses contexts."""

import inspect
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "contracts.md"
HEAD = """# Who may call what

One table for each class that crosses contexts, as its docstring has it (written by `.ci/contracts.py`). A task is one
of twincore's loops, or of asyncio or uvloop; a thread is one that runs no loop, and on a board the second core.
"""


INTERNAL = set(  # methods that others of twincore call, not users
    """answer begin can_get can_put child_done claim drop getters is_turn_over joiners latest next_number number outcome
    pass_on published push put_or_wait putters readable ready report_error run stopped streak take try_get try_get_many
    try_put try_put_many value writable""".split()
)


def contract(found):
    """The docstring of a class if it has a table; one that refers to its base's has that, too."""
    texts = [inspect.getdoc(kind) or "" for kind in found.__mro__ if "twincore" in kind.__module__]
    return "\n".join(texts) if any("| who may call |" in text for text in texts) else None


def crossing():
    """(folder, name, docstring) of all that has a contract."""
    from twincore import core, drivers, offload, primitives, threadsafe

    for package in (core, threadsafe, primitives, drivers, offload):
        folder = package.__name__.rpartition(".")[2]
        for name in sorted(public(package)):
            found = getattr(package, name)
            doc = inspect.getdoc(found)
            if callable(found) and doc and "| who may call |" in doc:
                yield folder, name, doc


def public(package):
    """Its names, those that are loaded when they are first used as well."""
    from twincore import core
    from twincore.core.lazy_names import LAZY

    names = {name for name in dir(package) if not name.startswith("_")} | set(getattr(package, "_MODULES", ()))
    return names | {entry.partition("=")[0] for entry in LAZY.split() if package is core}


def page():
    parts = [HEAD]
    for folder, name, doc in crossing():
        parts.append(f"## {folder}.{name}\n\n{doc.strip()}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page())
