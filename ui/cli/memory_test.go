package cli

import (
	"errors"
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

// What is only written in another way than sizes are is answered with the size that was meant.
func TestMemoryMeant(t *testing.T) {
	for text, want := range map[string]string{
		"512MB": "512M", "8GiB": "8G", "8 g": "8G", "512m": "512M", "1500mb": "1500M", "1.5G": "1536M", "0.5T": "512G",
		"x": "", "": "", "-5": "", "0": "", "0G": "", "9999999T": "", "1e400G": "", ".": "", "nanG": "", "1.5": "", "B": "", "IB": "",
	} {
		var m memorySize
		err, like := m.Set(text), meant("")
		if errors.As(err, &like); err == nil || string(like) != want {
			t.Errorf("%q: %v, meant is %q; want %q", text, err, like, want)
		}
		if want != "" && m.Set(want) != nil {
			t.Errorf("%q: %q is no size either", text, want)
		}
	}
}
