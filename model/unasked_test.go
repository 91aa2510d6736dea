package model_test

import (
	"testing"

	"incore/model"
)

func TestUnaskedWords(t *testing.T) {
	for want, u := range map[string]model.Unasked{
		"":                           {},
		"unasked: 1 page read ahead": {ReadAhead: 1},
		"unasked: 255 pages read ahead, 15 pages mapped around":       {ReadAhead: 255, Mapped: 15},
		"unasked: 7 pages read ahead from swap, 1 page mapped around": {SwapCache: 7, Mapped: 1},
		"unasked: 511 pages more of a huge page":                      {Huge: 511},
	} {
		if got := u.Words(); got != want {
			t.Errorf("%+v: %q, want %q", u, got, want)
		}
	}
}
