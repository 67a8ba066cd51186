from twincore.drivers.i2c_link import Channel
from twincore.drivers.i2c_link_responder import Responder
