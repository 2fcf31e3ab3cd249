// Sends every UDP packet back: what the relays of the benchmark stand before. Usage: bun packet-echo.ts PORT
await Bun.udpSocket({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  socket: {
    data: (socket, data, port, address) => void socket.send(data, port, address),
  },
});
