"""gather: await several at once. For tasks of one loop."""

from .children import Gathering


async def gather(*aws, return_exceptions=False):
    """Await all of `aws`, tasks or coroutines, at once; return the list of their results in the order given.

    The first exception is raised to the caller at once and the others run on; with `return_exceptions` it takes its
    result's place in the list instead. Cancelling the gather cancels all that have not ended.
    """
    gathering = Gathering(aws, return_exceptions)
    done = False
    try:
        await gathering
        done = True
    finally:
        gathering.leave(not done)
    if gathering.error is not None:
        raise gathering.error
    return gathering.outcomes()
