package calls

import (
	"maps"
	"slices"
)

// CallsExplained are the calls of the table.
func CallsExplained() []string { return slices.Collect(maps.Keys(calls)) }
