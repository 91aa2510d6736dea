package settings_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"incore/model"
	"incore/ui/settings"
)

// FuzzConfig holds of every file: it is read or refused in one line that can be shown, as the library itself reads it, and
// what was read is written so that it is read again.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{all, "\ufeff" + all, "zoom = big", "theme = \"\\u001b\"", "theme.a.b = 1", "[[zoom]]", "zoom = [[[", "reduced_motion = {a = [1,", "# \xff", "'", "=", "theme = '''\n'''", "color = 16\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := settings.Defaults().Read("c.toml", bytes.NewReader(data))
		if err != nil {
			if line := err.Error(); line != model.Visible(line) || !strings.HasPrefix(line, "c.toml:") || len(line) > 1000 {
				t.Errorf("the error is %q", line)
			}
			if s != settings.Defaults() {
				t.Error("of a broken file something holds")
			}
			return
		}
		var whole map[string]any
		if err := toml.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &whole); err != nil {
			t.Fatalf("it was taken, and is not TOML: %v", err)
		}
		for k := range settings.Keys {
			v, said := whole[k.String()]
			if b, ok := v.(bool); ok {
				v = map[bool]string{true: "true", false: "false"}[b]
			}
			if got := s.Of(k); said != (got.Source == settings.File) || said && v != got.Text {
				t.Errorf("%s is %v, and read as %+v", k, v, got)
			}
		}
		for _, ascii := range []bool{false, true} {
			text := s.TOML(ascii)
			if lines := strings.ReplaceAll(text, "\n", ""); lines != model.Visible(lines) {
				t.Errorf("written as %q", text)
			}
			again, err := settings.Defaults().Read("c.toml", strings.NewReader(text))
			if err != nil {
				t.Fatalf("%s cannot be read: %v", text, err)
			}
			for k := range settings.Keys {
				if s.Text(k) != again.Text(k) {
					t.Errorf("%s is %q, written and read %q", k, s.Text(k), again.Text(k))
				}
			}
		}
	})
}
