package settings

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"incore/model"
)

// mostPadded is up to which column the comments are brought in line.
const mostPadded = 40

// TOML returns the settings as a file that Read takes, with a comment on each of where it comes from. ascii keeps it to
// ASCII.
func (s Settings) TOML(ascii bool) string {
	var lines [Keys]string
	width := 0
	for k, v := range s.values {
		lines[k] = rules[k].name + " = " + v.Text
		if !rules[k].onOff {
			lines[k] = rules[k].name + " = " + quoted(v.Text, ascii)
		}
		if n := utf8.RuneCountInString(lines[k]); n <= mostPadded {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for k, v := range s.values {
		pad := max(0, width-utf8.RuneCountInString(lines[k]))
		fmt.Fprintf(&b, "%s%*s  # %s\n", lines[k], pad, "", v.Where())
	}
	return b.String()
}

// quoted returns a text as TOML has it in quotes. What does not show is written as an escape.
func quoted(s string, ascii bool) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case !model.Invisible(r) && (r < 0x80 || !ascii):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// valueJSON is a setting on the wire.
type valueJSON struct {
	Name   string `json:"name"`
	Value  any    `json:"value"` // a text, or true or false
	Source string `json:"source"`
	Where  string `json:"where,omitempty"`
	Line   int    `json:"line,omitempty"`
	Col    int    `json:"col,omitempty"`
}

// MarshalJSON implements json.Marshaler. It is a list, in the order of the keys.
func (s Settings) MarshalJSON() ([]byte, error) {
	var list []valueJSON
	for k, v := range s.values {
		j := valueJSON{rules[k].name, v.Text, v.Source.String(), v.Name, v.Line, v.Col}
		if rules[k].onOff {
			j.Value = v.Text == yes
		}
		list = append(list, j)
	}
	return json.Marshal(list)
}
