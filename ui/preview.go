package ui

import "incore/model"

// preview is what the command that is being typed, or chosen in a menu, would do.
type preview struct{}

// reach is the pages of a region that it would reach, in order; nil where it would reach none
// or nothing is being typed.
func (m *Model) reach(at place) []model.Range { return nil }
