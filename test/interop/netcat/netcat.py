"""A netcat over Python's sockets: netcat.py dial|listen tcp|udp|unix|unixgram|unixpacket ADDRESS.

A line of stdin is a packet; packets go to stdout as they are."""
import os
import socket
import sys
import threading

role, network, address = sys.argv[1:]
family, kind = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
    "unixgram": (socket.AF_UNIX, socket.SOCK_DGRAM),
    "unixpacket": (socket.AF_UNIX, socket.SOCK_SEQPACKET),
}[network]
is_ip = family == socket.AF_INET
is_stream = kind == socket.SOCK_STREAM
is_datagram = kind == socket.SOCK_DGRAM
place = address
if is_ip:
    host, port = address.rsplit(":", 1)
    place = (host, int(port))

sock = socket.socket(family, kind)
peer = None
if role == "dial":
    if network == "unixgram":
        sock.bind("")
    sock.connect(place)
else:
    sock.bind(place)
    if not is_datagram:
        sock.listen()
    where = "%s:%d" % sock.getsockname() if is_ip else address
    print("listening on", where, file=sys.stderr, flush=True)
    if is_datagram:
        first, peer = sock.recvfrom(65536)
        os.write(1, first)
    else:
        sock = sock.accept()[0]


def send(data):
    if peer is not None:
        sock.sendto(data, peer)
    elif is_stream:
        sock.sendall(data)
    else:
        sock.send(data)


def forth():
    if is_stream:
        while data := os.read(0, 65536):
            send(data)
    else:
        for line in sys.stdin.buffer:
            send(line)
    if is_datagram:
        os._exit(0)
    sock.shutdown(socket.SHUT_WR)


sender = threading.Thread(target=forth)
sender.start()
while True:
    data = sock.recv(65536)
    if not data and not is_datagram:
        break
    while data:
        data = data[os.write(1, data) :]
sender.join()
