package model_test

import (
	"testing"

	"incore/model"
)

// Every number below n comes once.
func TestOrder(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 7, 64, 100, 1000, 4096} {
		p, seen := model.NewOrder(n), make([]bool, n)
		inOrder := 0
		for i := range n {
			x := p.At(i)
			if seen[x] {
				t.Fatalf("%d of %d comes twice", x, n)
			}
			seen[x] = true
			if x == i {
				inOrder++
			}
		}
		if n >= 64 && inOrder > int(n)/8 {
			t.Errorf("%d of %d stay where they are", inOrder, n)
		}
	}
}
