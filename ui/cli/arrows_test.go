package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pkg is what "go list" says of a package.
type pkg struct {
	ImportPath string
	Imports    []string // direct
	Deps       []string // all
}

// pureStd is the part of the standard library that model may import: what neither
// asks the system nor changes anything outside the program.
var pureStd = []string{
	"bytes", "cmp", "context", "encoding", "encoding/hex", "encoding/json", "errors", "fmt", "hash/maphash", "io", "iter", "maps", "math",
	"math/bits", "math/rand/v2", "regexp", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/utf16", "unicode/utf8",
}

// modelRooms are what the rooms of the model may know of each other, by their names: nothing else, and
// the nouns none of them.
var modelRooms = map[string][]string{
	"lang":    {"incore/model"},
	"calls":   {"incore/model", "incore/model/lang"},
	"csource": {"incore/model", "incore/model/lang"},
	"wire":    {"incore/model", "incore/model/lang"},
	"lesson":  {"incore/model", "incore/model/lang"},
}

// markdownRooms are those that read Markdown with goldmark: the parser of lessons, and what draws their text.
var markdownRooms = []string{"incore/model/lesson", "incore/ui/teach"}

// memopsRooms are what the rooms of memops may know of ours, by their names. memops itself, whose name is "", knows
// all of them but the doctor, which stands above it.
var memopsRooms = map[string][]string{
	"": {
		"incore/model", "incore/model/lang", "incore/model/calls", "incore/memops/faults", "incore/memops/kernel", "incore/memops/malloc",
		"incore/memops/order", "incore/memops/proc", "incore/memops/sampler", "incore/memops/strace", "incore/memops/subject",
	},
	"doctor": {
		"incore/model", "incore/model/lang", "incore/model/calls", "incore/memops", "incore/memops/kernel", "incore/memops/proc",
		"incore/memops/strace", "incore/memops/subject",
	},
	"faults":  {"incore/model"},
	"kernel":  {"incore/model", "incore/model/lang", "incore/model/calls", "incore/memops/proc"},
	"job":     {},
	"malloc":  {},
	"order":   {},
	"proc":    {"incore/model"},
	"sampler": {"incore/model", "incore/memops/kernel", "incore/memops/order", "incore/memops/proc", "incore/memops/subject"},
	"strace":  {"incore/model"},
	"subject": {},
}

// screenRooms are what of ours the rooms of the screen may know.
var screenRooms = map[string][]string{
	"canvas":            {},
	"canvas/canvastest": {"incore/ui/canvas"}, // what tests are written with
	"terminal":          {"incore/ui/canvas"},
	"look":              {"incore/ui/canvas", "incore/model", "incore/model/lang", "incore/assets"},
	"scene":             {"incore/ui/canvas", "incore/ui/look", "incore/model"},
	"panel": {"incore/ui/canvas", "incore/ui/look", "incore/ui/scene", "incore/model", "incore/model/calls",
		"incore/model/lang"},
	"sheet": {"incore/ui/canvas", "incore/ui/look", "incore/ui/scene", "incore/ui/panel", "incore/model",
		"incore/model/calls", "incore/model/csource", "incore/model/lang", "incore/assets"},
	"settings": {"incore/model", "incore/model/lang"},
	"plain": {"incore/ui/manual", "incore/model", "incore/model/calls", "incore/model/lang", "incore/model/lesson", "incore/model/wire",
		"incore/assets"},
	"jump":   {"incore/ui/panel", "incore/ui/scene", "incore/model", "incore/model/lang"},
	"course": {"incore/model", "incore/model/lang", "incore/model/lesson", "incore/assets", "incore/ui/notes"},
	"notes":  {"incore/ui/canvas", "incore/ui/look", "incore/ui/teach", "incore/model"},
	"teach":  {"incore/ui/canvas", "incore/ui/look", "incore/ui/scene", "incore/model", "incore/model/lang", "incore/model/lesson"},
}

// goldmark is the parser of Markdown.
const goldmark = "github.com/yuin/goldmark"

// styled are the packages that import Lip Gloss. What draws cells from frame to frame is none of them: it has the styles
// resolved.
var styled = []string{"incore/ui/look", "incore/ui/manual", "incore/ui/cli"}

// TestArrows holds the directions in which the packages may depend on each other.
func TestArrows(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		t.Run(goos, func(t *testing.T) {
			for _, p := range listPackages(t, goos) {
				for _, wrong := range wrongArrows(p) {
					t.Error(wrong)
				}
			}
		})
	}
}

// wrongArrows says which of a package's dependencies it may not have.
func wrongArrows(p pkg) (wrong []string) {
	refuse := func(why string, deps []string, bad func(string) bool) {
		for _, d := range deps {
			if bad(d) {
				wrong = append(wrong, p.ImportPath+" -> "+d+": "+why)
			}
		}
	}
	switch {
	case p.ImportPath == "incore/model/modeltest": // what tests are written with
		refuse("it makes up states of the model alone", p.Deps, func(d string) bool { return within(d, "incore") && !within(d, "incore/model") })
	case within(p.ImportPath, "incore/model"):
		room := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "incore/model"), "/")
		refuse("model is pure", p.Imports, func(d string) bool {
			return !slices.Contains(pureStd, d) && !slices.Contains(modelRooms[room], d) && !within(d, goldmark)
		})
	case p.ImportPath == "incore/memops/malloc":
		refuse("malloc makes no call", p.Imports, func(d string) bool { return !slices.Contains(pureStd, d) })
	case within(p.ImportPath, "incore/memops"):
		refuse("memops knows no screen", p.Deps, func(d string) bool { return within(d, "incore/ui") || within(d, "incore/assets") })
		room := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "incore/memops"), "/")
		may, known := memopsRooms[room]
		if !known {
			wrong = append(wrong, p.ImportPath+" is a room of which nobody said what it may know")
		}
		refuse("each room of memops knows those that are said above", p.Imports, func(d string) bool {
			return within(d, "incore") && !slices.Contains(may, d)
		})
	case within(p.ImportPath, "incore/assets"):
		refuse("assets are files alone", p.Imports, func(d string) bool { return within(d, "incore") })
	case p.ImportPath == "incore/ui/manual":
		refuse("the manual is text alone", p.Imports, func(d string) bool {
			return !slices.Contains(pureStd, d) && !within(d, "charm.land/lipgloss/v2")
		})
	case p.ImportPath == "incore/ui/settings":
		refuse("settings open no file", p.Imports, func(d string) bool {
			return !slices.Contains(pureStd, d) && !slices.Contains(screenRooms["settings"], d) && !within(d, "github.com/pelletier/go-toml/v2")
		})
	case within(p.ImportPath, "incore/ui/cli"):
	case within(p.ImportPath, "incore/ui"):
		if room := strings.TrimPrefix(p.ImportPath, "incore/ui/"); room != p.ImportPath {
			refuse("rooms of the screen know what stands below them alone", p.Imports, func(d string) bool {
				return within(d, "incore") && !slices.Contains(screenRooms[room], d)
			})
		}
		refuse("the screen knows no kernel", p.Deps, func(d string) bool { return within(d, "incore/memops") })
		refuse("the screen is handed a model.Lab", p.Deps, func(d string) bool { return within(d, "incore/ui/cli") })
	default:
		refuse("only ui/cli puts the parts together", p.Imports, func(d string) bool {
			return within(d, "incore") && d != "incore/ui/cli"
		})
	}
	if !slices.Contains(markdownRooms, p.ImportPath) {
		refuse("lessons alone are read as Markdown by goldmark", p.Imports, func(d string) bool { return within(d, goldmark) })
	}
	if !slices.Contains(styled, p.ImportPath) {
		refuse("styles are resolved to cells in ui/look", p.Imports, func(d string) bool { return within(d, "charm.land/lipgloss") })
	}
	for _, test := range []string{"incore/model/modeltest", "incore/ui/canvas/canvastest"} {
		if p.ImportPath != test {
			refuse("it is for tests", p.Imports, func(d string) bool { return d == test })
		}
	}
	if !within(p.ImportPath, "incore/memops") {
		refuse("only memops talks to the kernel", p.Imports, func(d string) bool {
			return d == "unsafe" || within(d, "golang.org/x/sys")
		})
	}
	return wrong
}

// within reports whether a package is dir or beneath it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// calledIncore is the path of a package as it is where the module is called incore.
func calledIncore(path, module string) string {
	if within(path, module) {
		return "incore" + strings.TrimPrefix(path, module)
	}
	return path
}

func listPackages(t *testing.T, goos string) []pkg {
	t.Helper()
	module, err := exec.Command("go", "list", "-m").Output()
	if err != nil {
		t.Skipf("no go command to ask: %v", err)
	}
	path := strings.TrimSpace(string(module))
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", path+"/...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", cmd, err, exit.Stderr)
	} else if err != nil {
		t.Skipf("no go command to ask: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = calledIncore(p.ImportPath, path)
		for _, list := range [][]string{p.Imports, p.Deps} {
			for i := range list {
				list[i] = calledIncore(list[i], path)
			}
		}
		pkgs = append(pkgs, p)
	}
	for _, want := range []string{"incore", "incore/assets", "incore/model", "incore/model/lang", "incore/memops", "incore/ui", "incore/ui/canvas", "incore/ui/look", "incore/ui/scene", "incore/ui/panel", "incore/ui/sheet", "incore/ui/settings", "incore/ui/plain", "incore/ui/cli"} {
		if !slices.ContainsFunc(pkgs, func(p pkg) bool { return p.ImportPath == want }) {
			t.Errorf("go list did not tell of %s", want)
		}
	}
	return pkgs
}

// TestSmallRooms holds that a folder has no more than 40 source files, and that the two types that everything comes
// together in have no more methods than one can know: of ui.Model 120, of memops.Lab 80.
func TestSmallRooms(t *testing.T) {
	files := map[string]int{}
	methods := map[string]int{}
	method := regexp.MustCompile(`(?m)^func \(\w+ \*?(Model|Lab)\) `)
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		files[dir]++
		text, err := os.ReadFile(path)
		for _, m := range method.FindAllSubmatch(text, -1) {
			methods[dir+"."+string(m[1])]++
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Skip("the sources are not here: ", err)
	}
	if len(files) < len(memopsRooms)+len(modelRooms) {
		t.Fatalf("%d folders", len(files))
	}
	for dir, n := range files {
		if n > 40 {
			t.Errorf("%s has %d source files", dir, n)
		}
	}
	for name, most := range map[string]int{"../../ui.Model": 120, "../../memops.Lab": 80} {
		if n := methods[name]; n == 0 || n > most {
			t.Errorf("%s has %d methods", name, n)
		}
	}
}

// TestArrowsPointsAtWrongOnes holds that the test above can fail.
func TestArrowsPointsAtWrongOnes(t *testing.T) {
	for _, p := range []pkg{
		{ImportPath: "incore/model", Imports: []string{"os"}},
		{ImportPath: "incore/model", Imports: []string{"incore/model/lang"}},
		{ImportPath: "incore/model/lang", Imports: []string{"incore/model/calls"}},
		{ImportPath: "incore/model/csource", Imports: []string{"incore/model/calls"}},
		{ImportPath: "incore/model/wire", Imports: []string{"incore/model/csource"}},
		{ImportPath: "incore/model/calls", Imports: []string{"time", "os"}},
		{ImportPath: "incore/model/modeltest", Deps: []string{"incore/memops"}},
		{ImportPath: "incore/ui", Imports: []string{"incore/model/modeltest"}},
		{ImportPath: "incore/model/journal", Imports: []string{"incore/memops"}},
		{ImportPath: "incore/memops", Deps: []string{"incore/ui"}},
		{ImportPath: "incore/memops/malloc", Imports: []string{"golang.org/x/sys/unix"}},
		{ImportPath: "incore/memops", Deps: []string{"incore/assets"}},
		{ImportPath: "incore/memops", Imports: []string{"incore/memops/doctor"}},
		{ImportPath: "incore/memops/proc", Imports: []string{"incore/memops"}},
		{ImportPath: "incore/memops/proc", Imports: []string{"incore/model/lang"}},
		{ImportPath: "incore/memops/sampler", Imports: []string{"incore/model/lang"}},
		{ImportPath: "incore/memops/subject", Imports: []string{"incore/model"}},
		{ImportPath: "incore/memops/order", Imports: []string{"incore/memops/proc"}},
		{ImportPath: "incore/memops/journal"},
		{ImportPath: "incore/assets", Imports: []string{"incore/model"}},
		{ImportPath: "incore/ui", Deps: []string{"incore/memops/subject"}},
		{ImportPath: "incore/ui/manual", Imports: []string{"incore/ui"}},
		{ImportPath: "incore/ui/manual", Imports: []string{"os"}},
		{ImportPath: "incore/ui/canvas", Imports: []string{"incore/model"}},
		{ImportPath: "incore/ui/canvas", Imports: []string{"charm.land/lipgloss/v2"}},
		{ImportPath: "incore/ui/terminal", Imports: []string{"incore/model"}},
		{ImportPath: "incore/ui", Imports: []string{"incore/ui/canvas/canvastest"}},
		{ImportPath: "incore/ui/panel", Imports: []string{"charm.land/lipgloss/v2/table"}},
		{ImportPath: "incore/ui/look", Imports: []string{"incore/ui"}},
		{ImportPath: "incore/ui/scene", Imports: []string{"incore/ui/panel"}},
		{ImportPath: "incore/ui/panel", Imports: []string{"incore/ui"}},
		{ImportPath: "incore/ui/panel", Imports: []string{"incore/ui/sheet"}},
		{ImportPath: "incore/ui/sheet", Imports: []string{"incore/ui"}},
		{ImportPath: "incore/ui/settings", Imports: []string{"incore/ui/look"}},
		{ImportPath: "incore/ui/settings", Imports: []string{"os"}},
		{ImportPath: "incore/ui/plain", Imports: []string{"incore/ui"}},
		{ImportPath: "incore/ui/plain", Imports: []string{"incore/ui/cli"}},
		{ImportPath: "incore/ui/plain", Imports: []string{"incore/ui/canvas"}},
		{ImportPath: "incore/ui/grid", Imports: []string{"unsafe"}},
		{ImportPath: "incore/ui/cli", Imports: []string{"golang.org/x/sys/unix"}},
		{ImportPath: "incore", Imports: []string{"incore/model"}},
	} {
		if len(wrongArrows(p)) == 0 {
			t.Errorf("%+v passed", p)
		}
	}
}
