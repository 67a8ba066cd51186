from twincore.drivers.syncom import SynCom


class SynComError(Exception):
    """Raised by nothing: upstream's raises it, and catches it itself."""
