// Answers the inputs of the differential test, one line each, with what Go's net/netip says of them.
//
// Address: "-" if it is none, else its attributes as letters, a colon and its canonical text.
// Prefix: "-" if it is none, else 1 or 0 (does it hold the address), and the masked prefix.
package main

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

func address(text string) string {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return "-"
	}
	letters := ""
	for _, attribute := range []struct {
		letter string
		holds  bool
	}{
		{"L", addr.IsLoopback()},
		{"K", addr.IsLinkLocalUnicast()},
		{"M", addr.IsMulticast()},
		{"U", addr.IsUnspecified()},
		{"P", addr.IsPrivate()},
		{"4", addr.Is4In6()},
		{"i", addr.IsInterfaceLocalMulticast()},
		{"k", addr.IsLinkLocalMulticast()},
	} {
		if attribute.holds {
			letters += attribute.letter
		}
	}
	return letters + ":" + addr.String()
}

func prefix(text, other string) string {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return "-"
	}
	inside := 0
	if addr, err := netip.ParseAddr(other); err == nil && prefix.Contains(addr) {
		inside = 1
	}
	return fmt.Sprintf("%d %s", inside, prefix.Masked())
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		fields := strings.Split(in.Text(), "\t")
		if fields[0] == "A" {
			fmt.Fprintln(out, address(fields[1]))
		} else {
			fmt.Fprintln(out, prefix(fields[1], fields[2]))
		}
	}
}
