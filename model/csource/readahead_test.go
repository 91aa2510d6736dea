package csource

import (
	"strings"
	"testing"

	"incore/model"
)

// What incore adds of MADV_RANDOM is true of both kernels where the file may be executed, and names no version elsewhere.
func TestOnePageAFault(t *testing.T) {
	for p := range model.ProtRead | model.ProtWrite | model.ProtExec + 1 {
		exec := p&model.ProtExec != 0
		if says := onePageAFault(p); strings.Contains(says, "Linux 6.17") != exec {
			t.Errorf("%v: %s", p, says)
		}
	}
}
