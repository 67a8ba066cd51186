"""Fuzzers: whatever comes from outside, what reads it raises nothing but what it says, and does not hang.

    python -m tests.fuzz nmea --inputs 100000     one; `python tests/fuzz` does the same
    python -m tests.fuzz parsers                  the six parsers; `all`: with what else there is

| module | what reads, and what it reads |
|---|---|
| `nmea` | NMEA: a line |
| `pmtk` | GPS: an answer of a MediaTek receiver, and pieces of its stream |
| `nec` | NEC_IR: times of marks and spaces |
| `i2c_link` | Initiator and Responder: what comes over the bus |
| `syncom` | SynCom: bits |
| `cron` | cron: its arguments |
| `channel` | HeartbeatServer: lines of a client |
| `i2c_session` | Initiator and Responder: what the other end does to bus and wires, in time. Slow |

Each has `check(data)`, which takes one input of any bytes, and `made(rng)`, which makes one that is often near what is
meant. With atheris coverage leads, in a process of its own (`guided`), with every fourth input a new one of `made`;
where it is not there, or with `--seeded`, inputs are those of `made`.
"""
