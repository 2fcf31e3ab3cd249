# Echoes datagrams on port 9 (no arguments), or reports the round trips to an echo: round-trips.py ADDRESS COUNT, in milliseconds.
import json
import socket
import sys
import time

s = socket.socket(socket.AF_INET6 if len(sys.argv) < 2 or ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
if len(sys.argv) < 2:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(("::", 9))
    print("listening", flush=True)
    while True:
        data, address = s.recvfrom(65536)
        s.sendto(data, address)
s.connect((sys.argv[1], 9))
trips = []
for i in range(int(sys.argv[2])):
    before = time.perf_counter()
    s.send(b"?")
    s.recv(100)
    trips.append((time.perf_counter() - before) * 1000)
print(json.dumps(trips))
