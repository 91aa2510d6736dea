package cli

import (
	"errors"
	"math"
	"os"
	"strings"

	"incore/model"
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
	if strings.ContainsAny(s, " \t") {
		return errors.New("want one size, as 512M or 8G")
	}
	c, err := model.Parse("mmap any " + s)
	if err != nil {
		return errors.New("want a size, as 512M or 8G")
	}
	n := c.(model.Mmap).Size.Bytes(int64(os.Getpagesize()))
	if n == 0 || n > math.MaxInt64 {
		return errors.New("want a size between 1 byte and 8 EiB")
	}
	*m = memorySize(n)
	return nil
}
