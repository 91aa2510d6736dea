package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// oneOf is a word of a set: an advice, a mode. article is that of noun.
func oneOf[V ~string](article, noun string, set []string) kind[V] {
	all := strings.Join(set, "|")
	return kind[V]{
		Kind: Kind{Form: FormWord, Usage: all, What: article + " " + noun + ", " + all, Words: set},
		read: func(w token) (V, *ParseError) {
			if !slices.Contains(set, w.text) {
				return "", w.wrong("no such "+noun, Nearest(w.text, set))
			}
			return V(w.text), nil
		},
		write: func(v V) string { return model.Visible(string(v)) },
	}
}

// called is a kind with another word for it in lines of usage.
func called[V any](usage string, k kind[V]) kind[V] {
	k.Usage = usage
	return k
}

// protection is one of the protections that the language writes.
func protection() kind[model.Prot] {
	names := protNames()
	words := oneOf[string]("a", "protection", names)
	return kind[model.Prot]{
		Kind: words.Kind,
		read: func(w token) (model.Prot, *ParseError) {
			if _, err := words.read(w); err != nil {
				return 0, err
			}
			return prots[slices.Index(names, w.text)], nil
		},
		write: model.Prot.String,
	}
}

// eitherOr is one of two words, of which the second means true. What is wrong with another
// word says msg.
func eitherOr(no, yes, what, msg string) kind[bool] {
	set := []string{no, yes}
	return kind[bool]{
		Kind: Kind{Form: FormWord, Usage: no + "|" + yes, What: what, Words: set},
		read: func(w token) (bool, *ParseError) {
			if !slices.Contains(set, w.text) {
				return false, w.wrong(msg, Nearest(w.text, set))
			}
			return w.text == yes, nil
		},
		write: func(v bool) string {
			if v {
				return yes
			}
			return no
		},
	}
}

// prots are the protections that mmap and mprotect take, by their bits.
var prots = []model.Prot{
	model.ProtNone, model.ProtRead, model.ProtWrite, model.ProtExec, model.ProtRead | model.ProtWrite, model.ProtRead | model.ProtExec,
	model.ProtWrite | model.ProtExec, model.ProtRead | model.ProtWrite | model.ProtExec,
}

// Protections lists the protections that mmap and mprotect take; the caller may
// change the slice.
func Protections() []model.Prot { return slices.Clone(prots) }

func protNames() []string {
	out := make([]string, len(prots))
	for i, p := range prots {
		out[i] = p.String()
	}
	return out
}
