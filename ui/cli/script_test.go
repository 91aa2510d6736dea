package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"incore/ui/cli"
)

// TestMain makes this test binary the program itself where a test runs incore.
// The race detector would let each of the hundreds of programs sleep for a second before it ends.
func TestMain(m *testing.M) {
	if _, set := os.LookupEnv("GORACE"); !set {
		if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
			panic(err)
		}
	}
	if strings.Contains(filepath.Base(os.Args[0]), ".test") { // and not a program that a test runs
		// Whatever settings a developer has, tests are about the defaults.
		if err := os.Setenv("XDG_CONFIG_HOME", "/nonexistent"); err != nil {
			panic(err)
		}
	}
	testscript.Main(m, map[string]func(){
		"incore-panics": func() { os.Exit(panicMain()) },
		"incore-busy":   func() { os.Exit(busyMain(nil)) },
		"busy-old":      func() { os.Exit(busyMain(oldScreen)) },
		"incore-old":    func() { os.Exit(cli.MainOver(nil, oldScreen)) },
		"echo":          func() { os.Exit(echoMain()) },
		"still":         func() { os.Exit(stillMain()) },
		"incore":        func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScript runs testdata/script/*.txtar. The condition [live] holds where a subject
// can be started, [root] for the superuser, and the command jsonlines holds that a file is JSON Lines and
// prints the type of each.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C.UTF-8")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv("KIB16", strconv.Itoa(16*os.Getpagesize()/1024)) // 64 where pages are of 4 KiB
			e.Setenv("ESCAPE", "\x1b[2J")
			return os.WriteFile(filepath.Join(e.WorkDir, "binary"), []byte("\x01\x02\x00\xff"), 0o600)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "live":
				if why := noSubject(); why != nil {
					t.Logf("no live subject: %v", why)
					return false, nil
				}
				return true, nil
			case "root":
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"jsonlines": jsonLines},
	})
}

// noSubject is why no subject can be started here, or nil.
var noSubject = sync.OnceValue(func() error {
	l, err := cli.OpenLive(context.Background(), cli.LabOptions{})
	if err != nil {
		return err
	}
	return l.Close()
})

func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: jsonlines FILE")
	}
	var types []string
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		var head struct{ Type string }
		ts.Check(json.Unmarshal([]byte(line), &head))
		types = append(types, head.Type)
	}
	fmt.Fprintln(ts.Stdout(), strings.Join(types, " "))
}
