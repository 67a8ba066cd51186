import time

from machine import Pin, dht_readinto

buf = bytearray(5)
for number in (14, 15, 16, 15):
    try:
        dht_readinto(Pin(number), buf)
        print(list(buf), sum(buf[:4]) & 0xFF == buf[4])
    except OSError as e:
        print("no answer", e.errno)
    time.sleep_ms(100)
