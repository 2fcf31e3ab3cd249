# Finds the MTU of the path to an echo on port 9 by datagrams that must not be fragmented: path-mtu.py ADDRESS BYTES, beginning with that many. Reports the MTUs that it was told of
# one after the other, and how many bytes came back at last.
import errno
import json
import socket
import sys

IP_MTU_DISCOVER, IP_MTU, IPV6_MTU_DISCOVER, IPV6_MTU, PROBE_DO = 10, 14, 23, 24, 2
address, size = sys.argv[1], int(sys.argv[2])
v6 = ":" in address
level = socket.IPPROTO_IPV6 if v6 else socket.IPPROTO_IP
headers = 48 if v6 else 28
s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(level, IPV6_MTU_DISCOVER if v6 else IP_MTU_DISCOVER, PROBE_DO)
s.settimeout(10)
s.connect((address, 9))
mtus = []
while True:
    try:
        s.send(bytes(size))
        print(json.dumps({"mtus": mtus, "bytes": len(s.recv(65536))}))
        break
    except OSError as error:
        if error.errno != errno.EMSGSIZE:
            raise
        mtus.append(s.getsockopt(level, IPV6_MTU if v6 else IP_MTU))
        size = mtus[-1] - headers
