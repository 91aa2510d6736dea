package lang

import (
	"slices"
	"strconv"
	"strings"

	"incore/model"
)

// signal is the name of a signal; those of first are offered first.
func signal(first ...string) kind[string] {
	words := slices.Clone(first)
	for _, s := range signals {
		if !slices.Contains(first, s) {
			words = append(words, s)
		}
	}
	example := append(slices.Clone(first), "SIGTERM")[0]
	return kind[string]{
		Kind:  Kind{Form: FormWord, Usage: "SIGNAL", What: "the name of a signal, such as " + example, Words: words},
		read:  signalNamed,
		write: model.Visible,
	}
}

// heldSignal is a signal that an access to memory can be answered with.
func heldSignal() kind[string] {
	return kind[string]{
		Kind: Kind{
			Form: FormWord, Usage: strings.Join(HeldSignals, "|"), What: "a signal, " + strings.Join(HeldSignals, " or "), Words: HeldSignals,
		},
		read: func(w token) (string, *ParseError) {
			if slices.Contains(HeldSignals, w.text) {
				return w.text, nil
			}
			hint := signalMeant(w.text)
			if !slices.Contains(HeldSignals, hint) || slices.Contains(signals, w.text) {
				hint = ""
			}
			return "", w.wrong("signal is about SIGSEGV and SIGBUS alone", hint)
		},
		write: model.Visible,
	}
}

func signalNamed(w token) (string, *ParseError) {
	if !slices.Contains(signals, w.text) {
		return "", w.wrong("no such signal", signalMeant(strings.TrimPrefix(w.text, "-")))
	}
	return w.text, nil
}

// signalMeant guesses at the signal that is meant by what kill(1) takes: 9, -9, TERM.
func signalMeant(s string) string {
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(signals) {
		return signals[n-1]
	}
	if name := "SIG" + strings.ToUpper(s); slices.Contains(signals, name) {
		return name
	}
	return Nearest(s, signals)
}

// capability is one that is dropped, behind a minus.
func capability() kind[string] {
	words := []string{"-ipc_lock"} // what locking depends on, first
	for _, c := range capabilities {
		if c != "ipc_lock" {
			words = append(words, "-"+c)
		}
	}
	return kind[string]{
		Kind: Kind{Form: FormWord, Usage: "-CAPABILITY", What: "a capability behind a minus, such as -ipc_lock", Words: words},
		read: func(w token) (string, *ParseError) {
			name, minus := strings.CutPrefix(w.text, "-")
			known := slices.Contains(capabilities, name)
			if minus && known {
				return name, nil
			}
			hint := Nearest(strings.TrimPrefix(strings.ToLower(name), "cap_"), capabilities)
			if hint != "" {
				hint = "-" + hint
			}
			if known {
				return "", w.wrong("a capability is dropped, with a minus before it", hint)
			}
			return "", w.wrong("no such capability", hint)
		},
		write: func(s string) string { return "-" + model.Visible(s) },
	}
}
