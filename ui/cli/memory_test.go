package cli

import (
	"os"
	"testing"
)

func TestMemorySize(t *testing.T) {
	for _, tt := range []struct {
		text string
		want memorySize // 0: an error
	}{
		{"512M", 512 << 20},
		{"8G", 8 << 30},
		{"4096B", 4096},
		{"3", memorySize(3 * os.Getpagesize())},
		{"0", 0},
		{"", 0},
		{"lots", 0},
		{"-1G", 0},
		{"1G locked", 0},
		{"9999999T", 0},
		{"#", 0},
	} {
		var got memorySize
		err := got.Set(tt.text)
		if got != tt.want || (err == nil) != (tt.want != 0) {
			t.Errorf("%q is %d, %v; want %d", tt.text, got, err, tt.want)
		}
	}
}
