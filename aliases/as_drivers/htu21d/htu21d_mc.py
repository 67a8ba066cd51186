from twincore.drivers.htu21d import HTU21D
