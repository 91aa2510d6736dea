package ui

// callView is one call of the log, opened.
type callView struct{}

func callKeys() []binding { return nil }

func (m *Model) drawCallView() {}
