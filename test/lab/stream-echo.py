# Echoes what comes over TCP to port 7.
import socket

server = socket.create_server(("::", 7), family=socket.AF_INET6, dualstack_ipv6=True)
print("listening", flush=True)
while True:
    conn, _ = server.accept()
    while data := conn.recv(65536):
        conn.sendall(data)
