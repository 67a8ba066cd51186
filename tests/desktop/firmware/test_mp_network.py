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


def test_addresses_as_newer_programs_ask_for_them(run):
    ran = run("""
import network, time
wlan = network.WLAN()
wlan.active(True)
wlan.connect('net', 'key')
print(wlan.ipconfig('addr4')[0], wlan.ipconfig('has_dhcp4'))
time.sleep(2)
print(wlan.ipconfig('addr4') == wlan.ifconfig()[:2], wlan.ipconfig('dhcp4'), wlan.ipconfig('has_dhcp4'))
wlan.ipconfig(addr4='192.168.7.4/20', gw4='192.168.0.1')
print(wlan.ipconfig('addr4'), wlan.ipconfig('gw4'), wlan.ipconfig('dhcp4'))
wlan.ipconfig(addr4=('10.0.0.2', '255.0.0.0'))
print(wlan.ifconfig()[:3])
wlan.ipconfig(dhcp4=True)
print(wlan.ipconfig('has_dhcp4'), wlan.ipconfig('addr4')[0] != '10.0.0.2')
network.ipconfig(dns='1.1.1.1')
print(network.ipconfig('dns'), network.ipconfig('prefer'))
for wrong in (lambda: wlan.ipconfig('addr5'), lambda: wlan.ipconfig(mask=1), lambda: network.ipconfig(dn=1)):
    try:
        wrong()
    except ValueError as e:
        print(e)
""")
    assert ran.lines == [
        "0.0.0.0 False",
        "True True True",
        "('192.168.7.4', '255.255.240.0') 192.168.0.1 False",
        "('10.0.0.2', '255.0.0.0', '192.168.0.1')",
        "True True",
        "1.1.1.1 4",
        "unknown config param 'addr5': there is addr4, addr6, dhcp4, gw4, has_dhcp4",
        "unexpected key 'mask': there is addr4, gw4 and dhcp4",
        "unknown config param 'dn': there is dns, prefer",
    ]


def test_an_access_point_of_an_esp32(run):
    ran = run("""
import network, socket
ap = network.WLAN(network.AP_IF)
ap.config(essid='ESP', password='12345678', authmode=network.AUTH_WPA_WPA2_PSK)
print(ap.ifconfig()[0], ap.active(), ap.active(True))
while not ap.active():
    pass
print(ap.ifconfig()[0] != '0.0.0.0', ap.status() == network.STAT_GOT_IP, ap.isconnected(), ap.status('stations'))
server = socket.socket()
server.bind((ap.ifconfig()[0], 0))
server.close()
sta = network.WLAN(network.STA_IF)
sta.active(True)
print(sta.status() == network.STAT_IDLE == 1000, network.WLAN.SEC_WPA2 == network.AUTH_WPA2_PSK)
try:
    sta.status('stations')
except ValueError as e:
    print(e)
""", kind="esp32")
    assert ran.lines == [
        "0.0.0.0 False True",
        "True True False []",
        "True True",
        "unknown status param 'stations': there is 'rssi', and 'stations' of an access point",
    ]
