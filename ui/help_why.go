package ui

// whyOneRegion says why there is no other region to go to.
func whyOneRegion(m *scene) string {
	if why := whyNoRegions(m); why != "" {
		return why
	}
	n := 0
	for _, row := range m.list {
		if row.region >= 0 {
			n++
		}
	}
	if n == 1 && m.region() != nil {
		return "There is one region: press m to map another."
	}
	return ""
}

// whyNothingToLeave says why esc has nothing to do.
func whyNothingToLeave(m *Model) string {
	if m.mode != modeGrid || m.view.selecting || m.state.Running.Command != nil {
		return ""
	}
	return "Nothing is open, selected or running: q quits."
}

// whyNoOlderCall says why there is no older call to go to, whyNoNewerCall no newer one.
func whyNoOlderCall(m *Model) string {
	switch n := len(m.log.calls); {
	case n == 0:
		return "No call has been made yet."
	case m.log.back >= n-1:
		return "This is the oldest call."
	}
	return ""
}

func whyNoNewerCall(m *Model) string {
	switch {
	case len(m.log.calls) == 0:
		return "No call has been made yet."
	case m.log.back <= 0:
		return "This is the newest call."
	}
	return ""
}
