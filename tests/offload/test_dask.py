"""A pool on a cluster of Dask: a real one, of two processes, one of which is killed in the middle of a job."""

import pickle
import threading

import pytest

import far_work
from support import run, submodule

distributed = pytest.importorskip("distributed", reason="needs twincore[dask]")

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def client():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client


@pytest.fixture
def pool(core, offload, client):
    pool = offload.Pool(4, "cluster", executor=client)
    yield pool
    run(core, pool.close, 10)


async def awaiting(job):
    return await job


def call(core, pool, fn, *args):
    return run(core, lambda: awaiting(pool.assign(fn, *args)), limit=60)


def test_jobs_are_done_by_the_workers_of_a_cluster(core, pool, client):
    async def main():
        return await core.gather(*[pool.assign(far_work.pid, n) for n in range(20)])

    workers = set(client.run(far_work.pid).values())
    assert set(run(core, main, limit=60)) <= workers
    assert pool.statistics()["done"] == 20


def test_lambdas_and_nested_functions_travel_by_value(core, pool):
    factor = 3
    assert call(core, pool, lambda n: n * factor, 4) == 12
    assert call(core, pool, far_work.give_lambda)() is None


def test_an_executor_of_a_client_is_as_good(core, offload, client):
    async def main():
        async with offload.Pool(1, executor=client.get_executor()) as pool:
            return await pool.assign(far_work.give, 4)

    assert run(core, main, limit=60) == 4
    assert client.status == "running"  # it is the caller's to close


def test_errors_come_as_from_a_process(core, offload, pool):
    with pytest.raises(ValueError, match="no") as caught:
        call(core, pool, far_work.fail, ValueError, "no")
    assert "in fail" in str(caught.value.__cause__)
    with pytest.raises(submodule(offload, "executors_cpython").RemoteError, match="Unpicklable: the text"):
        call(core, pool, far_work.fail_by_name, "Unpicklable", "the text")
    with pytest.raises(RuntimeError, match="fail raised StopIteration"):
        call(core, pool, far_work.fail, StopIteration)
    with pytest.raises(SystemExit):
        call(core, pool, far_work.fail, SystemExit, 3)
    with pytest.raises(pickle.PicklingError, match="argument 1 of give"):
        call(core, pool, far_work.give, threading.Lock())
    with pytest.raises(ValueError, match="can't reach a function in another process"):
        pool.assign(far_work.pid).options(on_cancel="signal")


def test_a_job_whose_worker_is_killed_is_run_again(core, pool, tmp_path):
    assert call(core, pool, far_work.die_the_first_time, str(tmp_path / "file")) == "ran again"


def test_a_job_that_kills_every_worker_is_told_as_lost(core, offload, client, pool):
    client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
    try:
        with pytest.raises(submodule(offload, "executors_cpython").JobLost, match="was lost with its") as caught:
            call(core, pool, far_work.die)
    finally:
        client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 3))
    assert type(caught.value.__cause__).__name__ == "KilledWorker"
    assert call(core, pool, far_work.give, 4) == 4


def test_by_its_name_the_pool_makes_a_cluster_and_ends_it(core, offload):
    async def main():
        async with offload.Pool(1, executor="dask") as pool:
            return await pool.assign(far_work.pid)

    pid = run(core, main, limit=60)
    assert far_work.has_ended(pid)
