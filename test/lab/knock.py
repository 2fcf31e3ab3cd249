# Sends datagrams to port 9, where nobody listens yet, until one is refused: from then on both hosts know each other's hardware addresses.
import socket
import sys

s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.3)
s.connect((sys.argv[1], 9))
while True:
    try:
        s.send(b"?")
        s.recv(9)
    except TimeoutError:
        continue
    except ConnectionRefusedError:
        break
