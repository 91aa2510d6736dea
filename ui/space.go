package ui

// space is the view of the address space of a process.
type space struct{}

func spaceKeys() []binding { return nil }

func (m *Model) drawSpace() {}
