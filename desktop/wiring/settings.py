"""A table of a configuration file, read key by key: what is wrong is told with the file, the key and what there is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

_REQUIRED: Any = object()


class BadSetting(ValueError):
    """A file, or an option, makes no sense; the text is one line: where, what was wrong, what there is."""


def nearest(word: str, known: Iterable[str]) -> str:
    """What there is, in words, the nearest to `word` first if one is near."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}there is {', '.join(known) or 'none'}"


class Settings:
    """The keys of one table. Each is taken once; `finish` complains of those that nobody took.

    Args: file, as the messages name it; path, the table's own key, "" for the whole file; folder, what relative paths
    count from.
    """

    def __init__(self, file: str, path: str, values: Mapping[str, Any], folder: Path) -> None:
        self.file = file
        self.folder = folder
        self._path = path
        self._values = dict(values)
        self._known: list[str] = []

    def key(self, key: str) -> str:
        """The key with the table's own before it."""
        return f"{self._path}.{key}" if self._path and key else self._path or key

    def fail(self, key: str, what: str) -> NoReturn:
        """Raise BadSetting of `key`."""
        where = self.key(key)
        raise BadSetting(f"{self.file}: {where}: {what}" if where else f"{self.file}: {what}") from None

    def take(self, key: str, default: Any = _REQUIRED) -> Any:
        """The value as it stands."""
        self._known.append(key)
        if key in self._values:
            return self._values.pop(key)
        if default is _REQUIRED:
            near = difflib.get_close_matches(key, self._values, n=1)
            self.fail("", f"{key} is missing" + (f": did you mean it by {near[0]}?" if near else ""))
        return default

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: Any = _REQUIRED) -> Any:
        return self._of(key, default, str, "a text in quotes")

    def flag(self, key: str, default: Any = _REQUIRED) -> Any:
        return self._of(key, default, bool, "true or false")

    def _of(self, key: str, default: Any, kind: type, what: str) -> Any:
        value = self.take(key, default)
        if value is not default and not isinstance(value, kind):
            self.fail(key, f"it is {what}, not {value!r}")
        return value

    def number(self, key: str, default: Any = _REQUIRED, low: float | None = None, high: float | None = None) -> Any:
        """A number, from `low` to `high`."""
        value = self.take(key, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, f"it is a number, not {value!r}")
        if (low is not None and value < low) or (high is not None and value > high):
            limits = f"{low} or more" if high is None else f"{high} or less" if low is None else f"{low} to {high}"
            self.fail(key, f"it is {limits}, not {value!r}")
        return value

    def whole(self, key: str, default: Any = _REQUIRED, low: int | None = None, high: int | None = None) -> Any:
        """A number without a fraction."""
        value = self.number(key, default, low, high)
        if value is not default and not isinstance(value, int):
            self.fail(key, f"it is a whole number, not {value!r}")
        return value

    def choice(self, key: str, known: Iterable[str], default: Any = _REQUIRED) -> Any:
        """One of the words `known`."""
        value = self.text(key, default)
        known = list(known)
        if value is not default and value not in known:
            self.fail(key, f"no {value!r}: {nearest(value, known)}")
        return value

    def path(self, key: str, default: Any = _REQUIRED) -> Any:
        """A file that is there, as a Path."""
        value = self.text(key, default)
        if value is default:
            return value
        file = self.folder / value
        if not file.is_file():
            here = [entry.name for entry in self.folder.iterdir() if entry.is_file()] if self.folder.is_dir() else []
            near = difflib.get_close_matches(value, here, n=1)
            hint = f": did you mean {near[0]}?" if near else f" in {self.folder}"
            self.fail(key, f"there is no file {value}{hint}")
        return file

    def items(self, key: str) -> list[Any]:
        """A list, empty when it is not there."""
        value: list[Any] = self._of(key, [], list, "a list in [ ]")
        return value

    def table(self, key: str) -> Settings:
        """The table of that name, empty when it is not there."""
        value = self._of(key, {}, dict, "a table")
        return self.within(key, value)

    def tables(self, key: str) -> Iterator[tuple[str, Settings]]:
        """(name, table) of each table in the table of that name."""
        parent = self.table(key)
        for name in parent.names():
            value = parent.take(name)
            if not isinstance(value, dict):
                parent.fail(name, f"it is a table, not {value!r}")
            yield name, parent.within(name, value)

    def within(self, key: str, values: Mapping[str, Any]) -> Settings:
        """`values` as the table `key` of this one."""
        return Settings(self.file, self.key(key), values, self.folder)

    def names(self) -> list[str]:
        """The keys that nobody took so far."""
        return list(self._values)

    def finish(self) -> None:
        """Complain of a key that is not known here."""
        for key in self._values:
            self.fail("", f"no {key!r}: {nearest(key, dict.fromkeys(self._known))}")
