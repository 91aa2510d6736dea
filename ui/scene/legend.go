package scene

import (
	"incore/ui/look"
)

// Explain appends to items what the legend says of what is seen.
func (s *Scene) Explain(l *look.Legend, items []look.Item, seen *look.Seen) []look.Item {
	l.Look, l.Lens, l.Tight, l.Narrow = s.Look, s.Focus.Lens, s.Plan.Cell.Pitch == s.Plan.Cell.W, s.Plan.Scale.Zoom >= ZoomDense
	l.Counts = nil
	if r := s.Region(); r != nil && s.Focus.Lens == look.State {
		l.Counts = &s.TallyOf(s.Focus.Current, r, len(s.Focus.Here().Tally.Strip)).Sums
	}
	return l.Items(items, seen)
}
