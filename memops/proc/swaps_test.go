//go:build linux && (amd64 || arm64)

package proc_test

import (
	"slices"
	"testing"

	"incore/memops/proc"
)

func TestSwapAreas(t *testing.T) {
	const text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t2097148\t\t0\t\t100\n" +
		`/swap\040file                              file	1024		0		-2` + "\nodd\n"
	want := []string{"/dev/zram0 2.0G (partition)", "/swap file 1M (file)"}
	if got := proc.SwapAreas([]byte(text)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
