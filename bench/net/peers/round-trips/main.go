// Echoes "ping" between two sockets of one kind in this process, and prints the CPU time of one round trip in microseconds: round-trips KIND COUNT DIRECTORY.
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const bufferBytes = 1024

func main() {
	kind, directory := os.Args[1], os.Args[3]
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	client := pair(kind, directory)
	roundTrips(client, count/4)
	before := cpuMicros()
	roundTrips(client, count)
	fmt.Println((cpuMicros() - before) / float64(count))
}

func pair(kind, directory string) net.Conn {
	switch kind {
	case "udp", "unixgram":
		return datagrams(kind, directory)
	}
	address := filepath.Join(directory, "server")
	if kind == "tcp" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen(kind, address)
	check(err)
	go func() {
		conn, err := listener.Accept()
		check(err)
		echo(conn)
	}()
	client, err := net.Dial(kind, listener.Addr().String())
	check(err)
	return client
}

func datagrams(kind, directory string) net.Conn {
	address, own := "127.0.0.1:0", ""
	if kind == "unixgram" {
		address, own = filepath.Join(directory, "server"), filepath.Join(directory, "client")
	}
	server, err := net.ListenPacket(kind, address)
	check(err)
	go echoPackets(server)
	if kind == "udp" {
		client, err := net.Dial(kind, server.LocalAddr().String())
		check(err)
		return client
	}
	client, err := net.DialUnix(kind, &net.UnixAddr{Name: own, Net: kind}, &net.UnixAddr{Name: address, Net: kind})
	check(err)
	return client
}

func echo(conn net.Conn) {
	buffer := make([]byte, bufferBytes)
	for {
		n, err := conn.Read(buffer)
		check(err)
		_, err = conn.Write(buffer[:n])
		check(err)
	}
}

func echoPackets(server net.PacketConn) {
	buffer := make([]byte, bufferBytes)
	for {
		n, from, err := server.ReadFrom(buffer)
		check(err)
		_, err = server.WriteTo(buffer[:n], from)
		check(err)
	}
}

func roundTrips(client net.Conn, count int) {
	buffer := make([]byte, bufferBytes)
	for i := 0; i < count; i++ {
		_, err := client.Write([]byte("ping"))
		check(err)
		_, err = client.Read(buffer)
		check(err)
	}
}

func cpuMicros() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1000
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
