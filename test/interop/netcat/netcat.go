// A netcat over Go's net: netcat dial|listen tcp|udp|unix|unixgram|unixpacket ADDRESS.
// A line of stdin is a packet; packets go to stdout as they are.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	role, network, address := os.Args[1], os.Args[2], os.Args[3]
	switch {
	case role == "dial":
		join(network, dial(network, address))
	case network == "udp" || network == "unixgram":
		serve(network, address)
	default:
		listener := must(net.Listen(network, address))
		fmt.Fprintln(os.Stderr, "listening on", listener.Addr())
		join(network, must(listener.Accept()))
	}
}

func dial(network, address string) net.Conn {
	if network != "unixgram" {
		return must(net.Dial(network, address))
	}
	local := &net.UnixAddr{Name: fmt.Sprintf("@netwright-go-%d", os.Getpid()), Net: network}
	return must(net.DialUnix(network, local, &net.UnixAddr{Name: address, Net: network}))
}

func join(network string, conn net.Conn) {
	done := make(chan struct{})
	go func() {
		if network == "tcp" || network == "unix" {
			must(io.Copy(conn, os.Stdin))
		} else {
			lines(func(line []byte) { must(conn.Write(line)) })
		}
		half, ok := conn.(interface{ CloseWrite() error })
		if network == "udp" || network == "unixgram" || !ok {
			os.Exit(0)
		}
		// The peer of a unixpacket may be gone by now.
		_ = half.CloseWrite()
		close(done)
	}()
	must(io.Copy(os.Stdout, conn))
	<-done
}

func serve(network, address string) {
	conn := must(net.ListenPacket(network, address))
	fmt.Fprintln(os.Stderr, "listening on", conn.LocalAddr())
	buffer := make([]byte, 65536)
	n, peer, err := conn.ReadFrom(buffer)
	must(os.Stdout.Write(buffer[:must(n, err)]))
	go func() {
		for {
			n, _, err := conn.ReadFrom(buffer)
			must(os.Stdout.Write(buffer[:must(n, err)]))
		}
	}()
	lines(func(line []byte) { must(conn.WriteTo(line, peer)) })
}

func lines(send func([]byte)) {
	reader := bufio.NewReader(os.Stdin)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			send(line)
		}
		if err != nil {
			return
		}
	}
}
