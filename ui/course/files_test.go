package course

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

const least = "---\ntitle: T\nsummary: S.\nminutes: 1\n---\n\nSo?\n\n- [x] this\n- [ ] that\n\n```incore\nmmap a 1\n```\n\n```goal\nexpect vmlck 1\n```\n\n<!-- solution:\nmlock a\n-->\n"

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, file, want string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil || string(b) != want {
		t.Errorf("%s holds %q, %v; want %q", file, b, err, want)
	}
}

// alone holds that a directory has no other files, such as what was written before it took another's place.
func alone(t *testing.T, dir string, want ...string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != len(want) {
		t.Fatalf("%v, %v; want %q", list, err, want)
	}
	for i, e := range list {
		if e.Name() != want[i] {
			t.Errorf("%s, want %s", e.Name(), want[i])
		}
	}
}

func TestFind(t *testing.T) {
	for _, word := range []string{"06-two-secrets", "two-secrets", "06", "6", "two-secret"} {
		b, err := Find(word, nil)
		if err != nil || len(b) != 1 || b[0].Name != "06-two-secrets" || !b[0].Builtin || b[0].Number() != 6 {
			t.Errorf("%s: %d lessons, %v", word, len(b), err)
		}
	}
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "one.md", least)
	write(t, "fork", least)
	write(t, "course/b.md", least)
	write(t, "course/a.md", least)
	write(t, "course/README.md", "# no lesson\n")
	write(t, "course/notes.txt", least)
	write(t, "course/dir.md/x", "")
	write(t, "course[1]/c.md", least)
	write(t, "none/README.md", "# no lesson\n")
	write(t, "large.md", "---\n"+strings.Repeat("\n", lesson.MaxFile))
	for word, want := range map[string][]string{
		"one.md": {"one.md"}, "./fork": {"./fork"}, "course": {"course/a.md", "course/b.md"}, "./course/": {"course/a.md", "course/b.md"},
		"course[1]": {"course[1]/c.md"}, dir + "/one.md": {dir + "/one.md"},
	} {
		b, err := Find(word, nil)
		var names []string
		for _, b := range b {
			if names = append(names, filepath.ToSlash(b.Name)); b.Builtin || string(b.Source) != least {
				t.Errorf("%s: %+v", word, b)
			}
		}
		if err != nil || strings.Join(names, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %q, %v; want %q", word, names, err, want)
		}
	}
	if b, err := Find("-", strings.NewReader(least)); err != nil || string(b[0].Source) != least || b[0].Name != "standard input" {
		t.Error(b, err)
	}
	for word, want := range map[string]string{
		"none.md":              "none.md: ",
		"none":                 "none: no lessons in it: no *.md that begins with a front matter",
		"large.md":             "large.md: the lesson is larger than 1 MiB",
		"two-secret":           "", // a part of one name
		"tow-secrets":          `no such lesson: "tow-secrets"; did you mean two-secrets?`,
		"999":                  `no such lesson: "999"; incore lesson lists them`,
		"../../../etc/passwd0": "../../../etc/passwd0: ",
		"a\x1b[31m":            `no such lesson: "a\x1b[31m"; incore lesson lists them`,
		"":                     `no such lesson: ""`,
	} {
		b, err := Find(word, nil)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", word, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %s", word, b, err, want)
		}
	}
	if _, err := Find("999", nil); !errors.Is(err, ErrNoLesson) {
		t.Error(err)
	}
	if runtime.GOOS == "linux" {
		if _, err := Find("/dev/zero", nil); err == nil || err.Error() != "/dev/zero: not a regular file" {
			t.Error(err)
		}
	}
	if _, err := Find("-", endless{}); err == nil || err.Error() != "standard input: the lesson is larger than 1 MiB" {
		t.Error(err)
	}
}

// endless is a file without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestProgress(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "incore")
	p, err := OpenProgress(dir)
	if err != nil {
		t.Fatal(err)
	}
	book := Book{Name: "06-two-secrets", Builtin: true, Source: []byte("text")}
	if _, ok := p.Of(book, 0); ok {
		t.Error("something is kept of a lesson that nobody has taken")
	}
	r := lesson.Record{At: 2, Of: 5, Time: time.Minute, Answers: []lesson.Answered{{Said: 1, Room: []int{1, 2}}}}
	for range 2 {
		if err := p.Keep(book, 3, r); err != nil {
			t.Fatal(err)
		}
	}
	alone(t, dir, "lessons.json")
	if info, err := os.Stat(filepath.Join(dir, "lessons.json")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	p, err = OpenProgress(dir)
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := p.Of(book, 3); !ok || k.Done || k.Record.At != 2 || k.Record.Answers[0].Room[1] != 2 {
		t.Errorf("%+v, %v", k, ok)
	}
	if _, ok := p.Of(book, 4); ok {
		t.Error("it is of another seed")
	}
	if _, ok := p.Of(Book{Name: book.Name, Builtin: true, Source: []byte("another")}, 3); ok {
		t.Error("it is of another text")
	}
	if _, ok := p.Of(Book{Name: book.Name, Source: book.Source}, 3); ok {
		t.Error("it is of a file with the name of a lesson of the course")
	}
	if err := p.Keep(book, 3, lesson.Record{Over: true}); err != nil {
		t.Fatal(err)
	}
	if err := p.Keep(book, 3, r); err != nil { // begun once more
		t.Fatal(err)
	}
	if k, _ := p.Of(book, 3); !k.Done {
		t.Error("it was done once")
	}
}

// TestProgressLeavesFilesAlone holds that a file that is not incore's stays as it is, and that the lesson can be taken anyway.
func TestProgressLeavesFilesAlone(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON": "hello", "other JSON": `{"incore":"report"}`, "a list": "[1]", "empty": "", "cut off": `{"incore":"lessons","lessons":{"a":{"sha`,
		"of another kind": `{"incore":"lessons","lessons":{"a":7}}`,
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "lessons.json")
		write(t, file, text)
		p, err := OpenProgress(dir)
		if err == nil || !strings.HasPrefix(err.Error(), file+": ") {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.Keep(Book{Name: "a", Builtin: true}, 0, lesson.Record{}); err != nil {
			t.Error(err)
		}
		holds(t, file, text)
		alone(t, dir, "lessons.json")
	}
	if p, err := OpenProgress(""); err != nil || p.Keep(Book{}, 0, lesson.Record{}) != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	p, err := OpenProgress(filepath.Join(dir, "file"))
	if err == nil {
		err = p.Keep(Book{Name: "a", Builtin: true}, 0, lesson.Record{})
		if err == nil {
			t.Error("it is kept beneath a file")
		}
	}
	holds(t, filepath.Join(dir, "file"), "")
	if err := os.Mkdir(filepath.Join(dir, "lessons.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenProgress(dir); err == nil {
		t.Error("a directory was read")
	}
}

// A file whose lesson is a null, or whose record says what cannot be, is taken for what it says; see lesson.Taking.Resume.
func TestProgressOfOthers(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "lessons.json"), `{"incore":"lessons","lessons":null,"more":1}`)
	p, err := OpenProgress(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Keep(Book{Name: "a", Builtin: true}, 0, lesson.Record{}); err != nil {
		t.Error(err)
	}
}

func TestStateDir(t *testing.T) {
	for _, c := range []struct{ xdg, home, want string }{
		{"/x", "/h", "/x/incore"}, {"", "/h", "/h/.local/state/incore"}, {"relative", "/h", "/h/.local/state/incore"}, {"", "", ""}, {"", "relative", ""},
	} {
		got := StateDir(func(name string) string { return map[string]string{"XDG_STATE_HOME": c.xdg, "HOME": c.home}[name] })
		if filepath.ToSlash(got) != c.want && runtime.GOOS != "windows" {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestReport(t *testing.T) {
	l, err := lesson.Parse("a.md", []byte(least), lesson.Options{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	is := lesson.Take(l, lesson.Machine{})
	fold := func(commands []model.Command) {
		for _, c := range commands {
			if ask, ok := c.(lang.Ask); ok {
				sets := make([]model.AskedSet, len(ask.Sets))
				is.Fold(model.Asked{Time: time.Second, ID: ask.ID, Sets: sets})
				continue
			}
			is.Fold(model.Event{Time: time.Second, Command: c})
		}
	}
	fold(is.Begin())
	is.Now(3 * time.Second)
	is.Say(0)
	fold(is.Go())
	book := Book{Name: "a.md", Source: []byte(least)}
	r := NewReport(book, is, model.State{Kernel: "6.1", User: "nobody"}, "v1", time.Unix(0, 0))
	if r.Complete || r.Seed != 4 || r.SHA256 != Sum(book.Source) || r.Score != (ReportScore{Right: 1, Questions: 1, Goals: 1}) || len(r.Goals) != 1 ||
		r.Questions[0].First != 1 || r.Questions[0].Last != 1 || r.Questions[0].Kernel != 1 || !r.Questions[0].Right || r.Goals[0].Reached {
		t.Errorf("%+v", r)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "r.json")
	for range 2 { // and in place of an older one
		if err := r.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	alone(t, dir, "r.json")
	write(t, file, "")
	if err := r.Write(file); err != nil {
		t.Error("an empty file: ", err)
	}
	for name, text := range map[string]string{
		"text": "my work\n", "other JSON": `{"a":1}`, "progress": `{"incore":"lessons"}`, "blanks and text": "\n\nx", "a number": "7",
		"a report and more": `{"incore":"report"} and more`,
	} {
		write(t, file, text)
		if err := r.Write(file); !errors.Is(err, ErrNoReport) {
			t.Errorf("%s: %v", name, err)
		}
		holds(t, file, text)
	}
	if err := r.Write(filepath.Join(dir, "none", "r.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := r.Write(dir); err == nil {
		t.Error("a directory was written over")
	}
	if runtime.GOOS == "linux" {
		// A device, by a link so that a mistake of ours costs the link alone.
		if err := os.Symlink("/dev/null", filepath.Join(dir, "null")); err != nil {
			t.Fatal(err)
		}
		if err := r.Write(filepath.Join(dir, "null")); !errors.Is(err, ErrNoReport) {
			t.Error("a device: ", err)
		}
		if to, err := os.Readlink(filepath.Join(dir, "null")); err != nil || to != "/dev/null" {
			t.Error(to, err)
		}
	}
}

// TestTemplate holds that a new lesson is one, whatever its file is called.
func TestTemplate(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"03-my-lesson", "a.md", "-", "é: #1", "a\u202eb", "\xff", `q"u\o`, "{{n}}", "[x] *a* `b`", "<b>", "a?", "#", "- a", "x\x1b[31m", "7", "TITLE"} {
		file, err := NewLesson(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := lesson.Parse("a.md", src, lesson.Options{})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if n := l.Count(); n.Questions == 0 || n.Goals == 0 || n.Steps == 0 || len(l.Warnings) > 0 {
			t.Errorf("%q: %+v %q", name, n, l.Warnings)
		}
		if _, err := NewLesson(filepath.Join(dir, name)); err == nil || !strings.HasSuffix(err.Error(), "is there already, and is left as it is") {
			t.Errorf("%q once more: %v", name, err)
		}
		holds(t, file, string(src))
	}
}
