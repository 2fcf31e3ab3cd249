# Sends numbered datagrams to port 9: send.py ADDRESS COUNT BYTES PAUSE_MS. A pause of 0 sends them as fast as it can.
import socket
import sys
import time

address, count, size, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
s.connect((address, 9))
for i in range(count):
    s.send(i.to_bytes(4, "big") + bytes(size - 4))
    if pause > 0:
        time.sleep(pause / 1000)
