//go:build linux && (amd64 || arm64)

package memops

import ("testing";"os";"strings")

func TestZZReplay(t *testing.T) {
	l := opened(t, Options{})
	w := &walker{lab: l, machine: machineOf(t, l), tally: map[string]int{}, thorough: true}
	b, _ := os.ReadFile(os.Getenv("ZZ"))
	var lines []string
	for _, s := range strings.Split(string(b), "\n") { if s != "" && !strings.HasPrefix(s, "#") && !strings.Contains(s,"expect") { lines = append(lines, s) } }
	d := w.replay(lines)
	if d != nil { t.Log(d.text(w.script(d))) }
	p := w.ref.procs["main"]
	for n, r := range p.regions { pg := p.pages[r.base]; t.Logf("%s %+v %+v", n, r, pg) }
}
