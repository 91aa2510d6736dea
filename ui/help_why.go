package ui

// whyNothingToLeave says why esc has nothing to do.
func whyNothingToLeave(m *Model) string {
	if m.mode != modeGrid || m.Focus.Selecting || m.State.Running.Command != nil {
		return ""
	}
	return "Nothing is open, selected or running: q quits."
}

// whyNoOlderCall says why there is no older call to go to, whyNoNewerCall no newer one.
func whyNoOlderCall(m *Model) string {
	switch n := len(m.log.Calls); {
	case n == 0:
		return "No call has been made yet."
	case m.log.Back >= n-1:
		return "This is the oldest call."
	}
	return ""
}

func whyNoNewerCall(m *Model) string {
	switch {
	case len(m.log.Calls) == 0:
		return "No call has been made yet."
	case m.log.Back <= 0:
		return "This is the newest call."
	}
	return ""
}

// whyNoCall says why there is no call to open.
func whyNoCall(m *Model) string {
	if m.log.Selected() < 0 {
		return "There is no call yet."
	}
	return ""
}
