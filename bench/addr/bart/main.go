// Runs the workload of table.bench.ts on github.com/gaissmai/bart, and prints what it measured as JSON.
//
// The workload, in little endian: how many prefixes, how many queries a mix, how many rounds; each prefix as 16 bytes and its length;
// for each mix its queries as 16 bytes each. A version 4 address stands in the first four bytes; the argument says the version.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"runtime"
	"sort"
	"syscall"

	"github.com/gaissmai/bart"
)

const mixes = 3

type table interface {
	Insert(netip.Prefix, int)
	Delete(netip.Prefix)
	Get(netip.Prefix) (int, bool)
	Lookup(netip.Addr) (int, bool)
}

type result struct {
	Bytes   float64   `json:"bytes"`
	Insert  float64   `json:"insert"`
	Get     float64   `json:"get"`
	Delete  float64   `json:"delete"`
	Lookups []float64 `json:"lookups"`
	Sums    []int     `json:"sums"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	v4 := os.Args[1] == "4"
	var head [3]uint32
	must(binary.Read(in, binary.LittleEndian, &head))
	prefixes := make([]netip.Prefix, head[0])
	for i := range prefixes {
		addr := readAddr(in, v4)
		var bits uint32
		must(binary.Read(in, binary.LittleEndian, &bits))
		prefixes[i] = netip.PrefixFrom(addr, int(bits))
	}
	var queries [mixes][]netip.Addr
	for mix := range queries {
		queries[mix] = make([]netip.Addr, head[1])
		for i := range queries[mix] {
			queries[mix][i] = readAddr(in, v4)
		}
	}
	results := map[string]result{
		"bart.Table": measure(func() table { return new(bart.Table[int]) }, prefixes, queries, int(head[2])),
		"bart.Fast":  measure(func() table { return new(bart.Fast[int]) }, prefixes, queries, int(head[2])),
	}
	must(json.NewEncoder(os.Stdout).Encode(results))
}

func measure(create func() table, prefixes []netip.Prefix, queries [mixes][]netip.Addr, rounds int) result {
	var r result
	before := heap()
	t := create()
	r.Insert = nanos(len(prefixes), func() {
		for i, prefix := range prefixes {
			t.Insert(prefix, i)
		}
	})
	r.Bytes = float64(heap()-before) / float64(len(prefixes))
	sum := 0
	r.Get = nanos(len(prefixes), func() {
		for _, prefix := range prefixes {
			value, _ := t.Get(prefix)
			sum += value
		}
	})
	for _, addrs := range queries {
		nanosOf := make([]float64, rounds+1)
		for round := range nanosOf {
			sum = 0
			nanosOf[round] = nanos(len(addrs), func() { sum = lookups(t, addrs) })
		}
		timed := nanosOf[1:]
		sort.Float64s(timed)
		r.Lookups = append(r.Lookups, timed[len(timed)/2])
		r.Sums = append(r.Sums, sum)
	}
	r.Delete = nanos(len(prefixes), func() {
		for _, prefix := range prefixes {
			t.Delete(prefix)
		}
	})
	return r
}

// The concrete types: a call through the interface would not be theirs to answer for.
func lookups(t table, addrs []netip.Addr) int {
	sum := 0
	switch t := t.(type) {
	case *bart.Table[int]:
		for _, addr := range addrs {
			value, _ := t.Lookup(addr)
			sum += value
		}
	case *bart.Fast[int]:
		for _, addr := range addrs {
			value, _ := t.Lookup(addr)
			sum += value
		}
	}
	return sum
}

func nanos(calls int, run func()) float64 {
	runtime.GC()
	before := cpu()
	run()
	return float64(cpu()-before) / float64(calls)
}

func cpu() int64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func readAddr(in io.Reader, v4 bool) netip.Addr {
	var bytes [16]byte
	_, err := io.ReadFull(in, bytes[:])
	must(err)
	if v4 {
		return netip.AddrFrom4([4]byte(bytes[:4]))
	}
	return netip.AddrFrom16(bytes)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
