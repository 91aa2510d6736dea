package lang

import (
	"strings"

	"incore/model"
)

// maxName is the longest name of a region, in characters.
const maxName = 32

func checkName(w token) *ParseError {
	switch n := nameLen(w.text); {
	case n == 0 || n < len(w.text):
		hint := strings.ToLower(w.text)
		if h := nameLen(hint); h == 0 || h < len(hint) {
			hint = ""
		}
		return w.wrong("a name is a small letter, then small letters, digits and _", hint)
	case n > maxName:
		return w.wrong("a name has at most 32 characters", "")
	}
	return nil
}

// nameLen is the length of the name that s begins with: [a-z][a-z0-9_]*.
func nameLen(s string) int {
	for i, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '_') {
			continue
		}
		return i
	}
	return len(s)
}

// name is a name; what says of what, and names which of the session's it may be.
func name(what string, names Names) kind[string] {
	return kind[string]{
		Kind:  Kind{Form: FormName, Usage: "NAME", What: what, Names: names},
		read:  func(w token) (string, *ParseError) { return w.text, checkName(w) },
		write: func(s string) string { return s },
	}
}

// regionName is the name of a region that fits; fits is nil where every one does.
func regionName(what string, fits func(*model.Region) bool) kind[string] {
	k := name(what, OfRegion)
	k.Fits = fits
	return k
}

// childName is a name for a process that is to be.
func childName() kind[string] {
	k := name("a name for the child", NewProcess)
	k.read = func(w token) (string, *ParseError) {
		if w.text == model.Main {
			return "", w.wrong("that is the first process's name", "")
		}
		return w.text, checkName(w)
	}
	return k
}

// path is the name of a file, as it is written. A NUL cannot be in it, since lex takes no
// control character, and ~ means a file of that name.
func path() kind[string] {
	return kind[string]{
		Kind: Kind{Form: FormPath, Usage: "PATH", What: "a path after file", Names: OfFile},
		read: func(w token) (string, *ParseError) {
			if w.text == "" {
				return "", w.wrong("an empty path names no file", "")
			}
			return w.text, nil
		},
		write: func(s string) string { return Quote(model.Visible(s)) },
	}
}
