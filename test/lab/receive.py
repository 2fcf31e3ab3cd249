# Receives numbered datagrams on port 9 until one that says "end", and reports them: the numbers in the order in which they came, and the time between the first and the
# last by the system's own stamps.
import json
import socket
import struct

SO_TIMESTAMPNS = 35
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
s.bind(("::", 9))
print("listening", flush=True)
numbers, stamps = [], []
while True:
    data, ancillary, _, _ = s.recvmsg(65536, 128)
    if data == b"end":
        break
    seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
    numbers.append(int.from_bytes(data[:4], "big"))
    stamps.append(seconds + nanoseconds / 1e9)
print(json.dumps({"numbers": numbers, "seconds": stamps[-1] - stamps[0] if stamps else 0}), flush=True)
