from twincore.drivers.flashing import heartbeat
