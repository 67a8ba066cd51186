"""What a type checker knows of `errors`: on CPython TimeoutError is the builtin."""

import builtins

TimeoutError = builtins.TimeoutError

class CancelledError(BaseException): ...
class WrongContextError(RuntimeError): ...
