"""What a type checker knows of `reactions`."""

from .contact import Contact

class Reacting(Contact): ...
