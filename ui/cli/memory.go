package cli

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// memorySize is the value of --memory in bytes, written as sizes are in the command
// language; 0 where it was not given.
type memorySize int64

// String implements pflag.Value.
func (m *memorySize) String() string {
	if *m == 0 {
		return ""
	}
	return model.FormatBytes(int64(*m))
}

// Type implements pflag.Value.
func (m *memorySize) Type() string { return "size" }

// Set implements pflag.Value. It lets the language's own parser read the size.
func (m *memorySize) Set(s string) error {
	n, ok := parseMemory(s)
	if !ok {
		return memoryMeant(s)
	}
	*m = n
	return nil
}

func (m *memorySize) wants() string { return "a size from 1 byte to 8 EiB, as 512M or 8G" }

// parseMemory reads a size, which is one word; 0 is none.
func parseMemory(s string) (size memorySize, ok bool) {
	if strings.ContainsAny(s, " \t") {
		return 0, false
	}
	c, err := lang.Parse("mmap any " + s)
	if err != nil {
		return 0, false
	}
	n := c.(lang.Mmap).Size.Bytes(int64(os.Getpagesize()))
	return memorySize(n), n > 0 && n <= math.MaxInt64
}

// memoryMeant returns the error of what is no size, with the size where it is only written in
// another way, as 512MB, "8 gib" or 1.5G.
func memoryMeant(s string) error {
	t := strings.ToUpper(strings.Join(strings.Fields(s), ""))
	const units = "BKMGT"
	if unit := strings.TrimRight(t, "IB"); unit != "" && strings.ContainsAny(unit[len(unit)-1:], units[1:]) {
		t = unit
	}
	if n, err := strconv.ParseFloat(strings.TrimRight(t, units[1:]), 64); err == nil && strings.Contains(t, ".") {
		if i := strings.IndexByte(units, t[len(t)-1]); i > 0 {
			t = fmt.Sprintf("%.0f%c", n*1024, units[i-1]) // a fraction, in the next smaller unit
		}
	}
	if _, ok := parseMemory(t); ok {
		return meant(t)
	}
	return errors.New("no size")
}
