"""`network`: a WLAN that comes up after a while."""


def test_it_connects_after_a_while(run):
    ran = run("""
import network, time
wlan = network.WLAN(network.STA_IF)
print(wlan.active(), network.WLAN(network.STA_IF) is wlan, network.WLAN(network.AP_IF) is wlan)
try:
    wlan.connect('net', 'key')
except OSError as e:
    print(e)
wlan.active(True)
wlan.connect('net', 'key')
print(wlan.isconnected(), wlan.status() == network.STAT_CONNECTING, wlan.ifconfig()[0])
start = time.ticks_ms()
while not wlan.isconnected():
    time.sleep_ms(100)
print(time.ticks_diff(time.ticks_ms(), start) // 100, wlan.status() == network.STAT_GOT_IP, wlan.config('ssid'))
print(len(wlan.ifconfig()), wlan.ifconfig()[0].count('.'), len(wlan.config('mac')), wlan.scan()[0][0])
wlan.disconnect()
print(wlan.isconnected(), wlan.status('rssi'))
try:
    wlan.config('colour')
except ValueError as e:
    print(e)
network.hostname('mine')
print(network.hostname())
""")
    assert ran.lines == [
        "False True False",
        "the interface is not active: call active(True) first",
        "False True 0.0.0.0",
        "10 True net",
        "4 3 6 b'desktop'",
        "False -50",
        "unknown config param 'colour': there is channel, hostname, mac, pm, ssid",
        "mine",
    ]


def test_each_board_has_its_own(run):
    source = "import network\nw = network.WLAN()\nprint(w.active())\nw.active(True)"
    assert run(source).text == run(source).text == "False\n"
