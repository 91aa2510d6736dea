package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"incore/ui/cli"
)

// foreign are words of libraries, of Go, and of code that was handed the wrong thing: no message
// for a user has them.
var foreign = []string{
	"strconv", "invalid syntax", "invalid argument", "parsing \"", "pflag", "cobra", "shorthand", "bad flag syntax", "needs an argument",
	"arg(s)", "looking for beginning", "JSON input", "unexpected EOF", "%!", "0x0", "<nil>", "runtime error", ": :", "  ",
}

// refuse holds that a command line is refused: exit code 2, nothing printed, nothing started,
// one line of incore's own words. It returns the line.
func refuse(t *testing.T, args ...string) string {
	t.Helper()
	f := newFakeApp(t, newFakeLab(nil), "")
	f.Terminal = true
	code := f.Main(args)
	line := f.errs.String()
	if code != cli.ExitUsage || f.out.String() != "" || len(f.opened) > 0 {
		t.Errorf("incore %q: exit code %d, printed %q, %d subjects were started; it said %q", args, code, f.out.String(), len(f.opened), line)
	}
	if !strings.HasPrefix(line, "incore: ") || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
		t.Errorf("incore %q: %q is not one line", args, line)
	}
	for _, word := range foreign {
		if strings.Contains(line, word) {
			t.Errorf("incore %q: %q in %q", args, word, line)
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(line, "incore: "), "\n")
}

// TestCommandLineRefused has the words of every kind of mistake, with the nearest right thing.
func TestCommandLineRefused(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{"key.incore": "mmap a 4\n", "empty.incore": "# nothing\n", "talk.json": "mmap a 4\n", "short.json": "{", "my.toml": "\ntheme = 'defalt'\n", "short.toml": "theme = 'short.json'"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const size = "--memory wants a size from 1 byte to 8 EiB, as 512M or 8G"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--json=maybe", "key.incore"}, `--json wants true or false, not "maybe"; --json alone is true`},
		{[]string{"run", "--json=", "key.incore"}, `--json wants true or false, not ""; --json alone is true`},
		{[]string{"doctor", "--json=2"}, `--json wants true or false, not "2"; --json alone is true`},
		{[]string{"--help=yes"}, `--help wants true or false, not "yes"; --help alone is true`},
		{[]string{"run", "--jsn", "key.incore"}, "unknown flag --jsn; did you mean --json?"},
		{[]string{"--colour", "never"}, "unknown flag --colour; did you mean --color?"},
		{[]string{"--json"}, "--json is a flag of incore check, incore config, incore doctor and incore run, not of incore"},
		{[]string{"run", "--theme", "default", "key.incore"}, "--theme is a flag of incore, incore config and incore lesson, not of incore run"},
		{[]string{"--nothing"}, "unknown flag --nothing; see incore --help"},
		{[]string{"run", "-q"}, "unknown flag -q; see incore run --help"},
		{[]string{"--ascii", "-Z"}, "unknown flag -Z; see incore --help"},
		{[]string{"--=x"}, `"--=x" is no flag; see incore --help`},
		{[]string{"---"}, `"---" is no flag; see incore --help`},
		{[]string{"--memory"}, size},
		{[]string{"--memory="}, size + `, not ""`},
		{[]string{"--memory", "0"}, size + `, not "0"`},
		{[]string{"--memory", "-5"}, size + `, not "-5"`},
		{[]string{"--memory", "lots"}, size + `, not "lots"`},
		{[]string{"--memory", "9999999T"}, size + `, not "9999999T"`},
		{[]string{"--memory", "512MB"}, size + `, not "512MB"; did you mean 512M?`},
		{[]string{"run", "--memory", "1.5G", "key.incore"}, size + `, not "1.5G"; did you mean 1536M?`},
		{[]string{"--memory", "1G", "--memory", "x"}, size + `, not "x"`},
		{[]string{"--color"}, "--color wants one of auto, always, never, 16"},
		{[]string{"--color", "blue"}, `--color wants one of auto, always, never, 16, not "blue"`},
		{[]string{"--color", "ALWAYS"}, `--color wants one of auto, always, never, 16, not "ALWAYS"; did you mean always?`},
		{[]string{"--background="}, `--background wants one of auto, dark, light, not ""`},
		{[]string{"--background", "dar"}, `--background wants one of auto, dark, light, not "dar"; did you mean dark?`},
		{[]string{"--theme"}, "--theme wants default, high-contrast or a file"},
		{[]string{"--theme="}, `--theme wants default, high-contrast or a file, not ""`},
		{[]string{"--theme", "nope"}, `no theme is called "nope": there are default, high-contrast, or a file`},
		{[]string{"--theme", "defalt"}, `no theme is called "defalt"; did you mean default?`},
		{[]string{"--theme", "."}, ".: is a directory"},
		{[]string{"--theme", "nope.json"}, "nope.json: no such file or directory"},
		{[]string{"--theme", "talk.json"}, "talk.json:1:1: a theme is JSON, an object in braces"},
		{[]string{"--theme", "short.json"}, "short.json:1:2: the theme ends before its last brace"},
		{[]string{"--config"}, "--config wants a file of settings, or none"},
		{[]string{"--config="}, `--config wants a file of settings, or none, not ""`},
		{[]string{"--config", "-"}, "--config takes a file: standard input is the keyboard"},
		{[]string{"--config", "nope.toml"}, "nope.toml: no such file or directory"},
		{[]string{"--config", "."}, ".: is a directory"},
		{[]string{"--config", "talk.json"}, "talk.json:1:6: this is not TOML: expected '=' after key"},
		{[]string{"--config", "my.toml"}, `my.toml:2:9: no theme is called "defalt"; did you mean default?`},
		{[]string{"--config", "short.toml"}, "short.toml:1:9: short.json:1:2: the theme ends before its last brace"},
		{[]string{"--plain", "--config", "my.toml"}, `my.toml:2:9: no theme is called "defalt"; did you mean default?`},
		{[]string{"config", "--config", "my.toml"}, `my.toml:2:9: no theme is called "defalt"; did you mean default?`},
		{[]string{"config", "--config", "nope.toml"}, "nope.toml: no such file or directory"},
		{[]string{"config", "--theme", "defalt"}, `no theme is called "defalt"; did you mean default?`},
		{[]string{"config", "x"}, `config takes no arguments, and "x" is one; see incore config --help`},
		{[]string{"run", "--config", "none", "key.incore"}, "--config is a flag of incore, incore config and incore lesson, not of incore run"},
		{[]string{"--commands"}, "--commands wants a file of commands"},
		{[]string{"--commands="}, `--commands wants a file of commands, not ""`},
		{[]string{"--commands", "-"}, "--commands takes a file: standard input is the keyboard"},
		{[]string{"--commands", "nope"}, "nope: no such file or directory"},
		{[]string{"--commands", "empty.incore"}, "empty.incore: there is no command in the file"},
		{[]string{"--plain", "--commands", "key.incore"}, "--commands is for the screen; without one: incore run key.incore"},
		{[]string{""}, `unknown command ""; see incore --help`},
		{[]string{"rnu"}, `unknown command "rnu"; did you mean incore run?`},
		{[]string{"nothing"}, `unknown command "nothing"; see incore --help`},
		{[]string{"--", "nothing"}, `unknown command "nothing"; see incore --help`},
		{[]string{"key.incore"}, `unknown command "key.incore"; to run that file: incore run key.incore`},
		{[]string{"a\nb\x1b[31m"}, `unknown command "a\nb\x1b[31m"; see incore --help`},
		{[]string{"run"}, "run takes one file, or - for standard input: incore run FILE"},
		{[]string{"run", "a", "b"}, "run takes one file, or - for standard input: incore run FILE"},
		{[]string{"run", ""}, "the name of the file is empty: incore run FILE"},
		{[]string{"run", "."}, ".: is a directory"},
		{[]string{"run", "--", "-x"}, "-x: no such file or directory"},
		{[]string{"doctor", "x"}, `doctor takes no arguments, and "x" is one; see incore doctor --help`},
		{[]string{"man", "x", "y"}, `man takes one topic, and "y" is another one; see incore man --help`},
		{[]string{"help", "x"}, `no help on "x"; incore help lists what there is`},
		{[]string{"help", "langage"}, `no help on "langage"; did you mean incore help language?`},
		{[]string{"help", "mlok"}, `no help on "mlok"; did you mean incore help mlock?`},
		{[]string{"help", "language", "json"}, `no help on "language json"; incore help lists what there is`},
		{[]string{"man", "jsn"}, `no manual page on "jsn"; did you mean incore man json?`},
		{[]string{"man", "nothing"}, `no manual page on "nothing": there are screen, keys, language, json, exit, environment, lesson-format, plain, settings, themes`},
		{[]string{"help", ""}, `no help on ""; incore help lists what there is`},
		{[]string{"help", "run", "x"}, `no help on "run x"; incore help lists what there is`},
		{[]string{"completion"}, "completion takes the name of a shell: bash, zsh, fish or powershell"},
		{[]string{"completion", "bsh"}, `no completion for "bsh"; did you mean incore completion bash?`},
		{[]string{"completion", "nushell"}, `no completion for "nushell": there are bash, fish, powershell, zsh`},
		{[]string{"completion", "bash", "x"}, `completion bash takes no arguments, and "x" is one; see incore completion bash --help`},
	} {
		if got := refuse(t, tt.args...); got != tt.want {
			t.Errorf("incore %q:\n got %s\nwant %s", tt.args, got, tt.want)
		}
	}
}

// TestEveryFlagRefuses gives every flag of every command values that it does not take, none where it
// needs one, and names that are nearly its own.
func TestEveryFlagRefuses(t *testing.T) {
	f := newFakeApp(t, newFakeLab(nil), "")
	root := f.Commands()
	root.InitDefaultHelpCmd()
	tried := 0
	eachCommand(root, func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		cmd.InitDefaultVersionFlag()
		cmd.Flags().AddFlagSet(cmd.InheritedFlags())
		path := strings.Fields(cmd.CommandPath())[1:]
		with := func(words ...string) []string { return append(slices.Clone(path), words...) }
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			tried++
			name := "--" + flag.Name
			if line := refuse(t, with(name+"=")...); !strings.HasPrefix(line, name+" wants ") {
				t.Errorf("%s= is answered with %q", name, line)
			}
			if flag.NoOptDefVal == "" {
				if line := refuse(t, with(name)...); !strings.HasPrefix(line, name+" wants ") {
					t.Errorf("%s alone is answered with %q", name, line)
				}
			}
			for _, wrong := range []string{"maybe", "-1", "\x1b[2J", strings.Repeat("9", 400)} {
				refuse(t, with(name+"="+wrong)...)
			}
			refuse(t, with(name+"x")...)
		})
	})
	if tried < 30 {
		t.Errorf("%d flags were tried", tried)
	}
}
