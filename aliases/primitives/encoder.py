from twincore.primitives.encoder import Encoder
