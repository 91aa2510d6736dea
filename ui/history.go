package ui

import "incore/model"

// history is what the meters remember of the samples before.
type history struct{}

// add takes note of an item; s is the state with it.
func (h *history) add(it model.Item, s *model.State) {}

// drawLatency draws how long accesses took, minor and major faults apart.
func (m *Model) drawLatency() {}
