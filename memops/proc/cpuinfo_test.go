//go:build linux && (amd64 || arm64)

package proc_test

import (
	"slices"
	"testing"

	"incore/memops/proc"
)

func TestProtectionKeys(t *testing.T) {
	for text, want := range map[string]int{
		"flags\t\t: fpu pku ospke\n": 16, "flags\t\t: fpu pku\n": 0, "": 0, "Features\t: fp asimd poe\n": 8, "Features\t: fp asimd\n": 0,
	} {
		if got := proc.ProtectionKeys([]byte(text)); got != want {
			t.Errorf("%q: %d, not %d", text, got, want)
		}
	}
}

func TestCPUFlags(t *testing.T) {
	const x86 = "processor\t: 0\nflags\t\t: fpu constant_tsc nonstop_tsc\nflags\t\t: other\n"
	if got := proc.CPUFlags([]byte(x86)); !slices.Equal(got, []string{"fpu", "constant_tsc", "nonstop_tsc"}) {
		t.Errorf("got %q", got)
	}
	if got := proc.CPUFlags([]byte("processor\t: 0\nFeatures\t: fp asimd\n")); got != nil {
		t.Errorf("of arm64: %q", got)
	}
}
