//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"strings"
	"testing"

	"incore/assets"
	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
	"incore/model/lang"
)

// toldScripts are the scripts of the help, and that of the README where it lies beside.
func toldScripts(t *testing.T) map[string]string {
	t.Helper()
	scripts := map[string]string{}
	for _, p := range assets.Help() {
		_, script, _ := strings.Cut(p.Text, "```incore\n")
		scripts[p.Name], _, _ = strings.Cut(script, "```")
	}
	if text, err := os.ReadFile("../README.md"); err == nil {
		_, part, _ := strings.Cut(string(text), "This is `key.incore`:\n")
		var script strings.Builder
		for line := range strings.Lines(strings.TrimLeft(part, "\n")) {
			code, ok := strings.CutPrefix(line, "    ")
			if !ok {
				break
			}
			script.WriteString(code)
		}
		if scripts["README"] = script.String(); script.Len() == 0 {
			t.Error("the README has no key.incore")
		}
	}
	return scripts
}

// What help and README tell to try comes out alike, whether huge pages come unasked or where they are advised. That all
// of it holds, but for what the README shows to fail, is held where the program runs it.
func TestToldScriptsUnderBothTHP(t *testing.T) {
	outcome := map[string]map[string]string{}
	for _, when := range []string{"madvise", "always"} {
		t.Run(when, func(t *testing.T) {
			thp(t, when)
			outcome[when] = map[string]string{}
			for name, text := range toldScripts(t) {
				if strings.Contains(text, " zero") && !kernel.Probe().ZeroPage {
					t.Logf("%s: left out, for this kernel maps no zero page", name)
					continue
				}
				lines, err := lang.ParseScript(name, strings.NewReader(text))
				if err != nil || len(lines) == 0 {
					t.Fatalf("%s: %d lines, %v", name, len(lines), err)
				}
				l := opened(t, memops.Options{})
				for _, line := range lines {
					for _, item := range l.Do(t.Context(), line.Command) {
						c, ok := item.(model.Checked)
						if ok && c.OK {
							outcome[when][name] += line.Text + "; "
						} else if ok && name != "README" {
							t.Errorf("%s, line %d: %s: %s", name, line.Number, line.Text, c.Got)
						}
					}
				}
				l.Close()
			}
		})
	}
	for name, held := range outcome["madvise"] {
		if also, ok := outcome["always"][name]; ok && also != held {
			t.Errorf("%s: with madvise these hold: %s\nwith always these: %s", name, held, also)
		}
	}
}
