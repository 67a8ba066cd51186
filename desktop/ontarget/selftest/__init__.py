"""Tests of twincore that a user can run anywhere: `twincore test --on PLACE`. One file for each layer."""
