package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"incore/ui/cli"
	"incore/ui/course"
)

// What the last line has in a lesson, and in the list of them.
const (
	lessonLine  = "space go on"
	lessonsLine = "enter take it"
)

func has(text string) func(now, was *sight) bool {
	return func(now, _ *sight) bool { return now.has(text) }
}

func hasNot(text string) func(now, was *sight) bool {
	return func(now, _ *sight) bool { return !now.has(text) }
}

// atStop holds that the lesson is at a stop of lesson 6.
func atStop(n int) func(now, was *sight) bool { return has(fmt.Sprintf("%d of 11", n)) }

// lessonsSteps are the keys of the list of lessons, and the way to it from the help.
var lessonsSteps = []keyStep{
	{binding: "grid L", want: "0 of 22 done", keys: lessonsLine, sees: has("▌  1  Virtual")},
	{binding: "lessons down", sees: has("▌  2")},
	{binding: "lessons up", sees: has("▌  1")},
	{binding: "lessons end", sees: has("▌ 22")},
	{binding: "lessons home", sees: has("▌  1")},
	{binding: "lessons pgdown", sees: has("▌ 11")},
	{binding: "lessons pgup", sees: has("▌  1")},
	{binding: "lessons f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), keys: lessonsLine},
	{binding: "lessons ?", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), keys: lessonsLine},
	{binding: "lessons esc", want: "REGION a", keys: gridLine},
	{send: "?", want: "HELP", keys: helpLine},
	{send: "8", sees: has("▌ 8 ")},
	{binding: "help L", want: "0 of 22 done", keys: lessonsLine, sees: has("▌  4")},
	{send: bytesOf("down") + bytesOf("down"), sees: has("▌  6")},
	{binding: "lessons enter", want: "A program keeps two keys", keys: lessonLine, sees: atStop(1)},
}

// lessonSteps are the keys of a lesson and of the line for a show of hands.
var lessonSteps = []keyStep{
	{send: "L", keys: lessonsLine},
	{send: strings.Repeat(bytesOf("down"), 5), want: "Two keys lie side by side."}, // lesson 6
	{send: "\r", want: "space runs it", keys: lessonLine, sees: atStop(1)},
	{binding: "lesson N", want: "0:30. Ask: who has called mlock"},
	{send: "N", want: "space runs it", sees: hasNot("Ask: who has called")},
	{binding: "lesson space", want: "The region has 4 pages.", sees: atStop(2)},
	{binding: "lesson pgdown", want: "What do you say?", sees: hasNot("more ↓")},
	{binding: "lesson pgup", want: "The region has 4 pages.", sees: has("more ↓")},
	{send: " ", want: "What do you say?", sees: hasNot("more ↓")},
	{binding: "lesson 1", want: "(you said)"},
	{binding: "lesson #", want: "hands"},
	{send: "12 3", sees: answered(" hands ", "12 3", 4)},
	{binding: "hands left", sees: answered(" hands ", "12 3", 3)},
	{binding: "hands right", sees: answered(" hands ", "12 3", 4)},
	{binding: "hands home", sees: answered(" hands ", "12 3", 0)},
	{binding: "hands delete", sees: answered(" hands ", "2 3", 0)},
	{binding: "hands end", sees: answered(" hands ", "2 3", 3)},
	{binding: "hands backspace", sees: answered(" hands ", "2", 2)},
	{binding: "hands ctrl+w", sees: answered(" hands ", "", 0)},
	{send: "12" + bytesOf("home"), sees: answered(" hands ", "12", 0)},
	{binding: "hands ctrl+k", sees: answered(" hands ", "", 0)},
	{send: "12", sees: answered(" hands ", "12", 2)},
	{binding: "hands ctrl+u", sees: answered(" hands ", "", 0)},
	{binding: "hands f1", want: "HELP", keys: helpLine},
	{send: bytesOf("esc"), sees: answered(" hands ", "", 0)},
	{binding: "hands esc", want: "(you said)", keys: lessonLine},
	{send: "#", want: "hands"},
	{send: "1 5 0 2", sees: answered(" hands ", "1 5 0 2", 7)},
	{binding: "hands enter", want: "(5 hands)", keys: lessonLine},
	{send: " ", want: "(5 hands, the kernel says)", sees: atStop(3)},
	{send: "w", want: "esc undo"},
	{binding: "lesson R", want: "esc leave", sees: atStop(3)},
	{binding: "lesson backspace", sees: atStop(2)},
	{send: ":reset\r", want: "esc undo"},
	{send: bytesOf("esc"), want: "esc leave"},
	{binding: "lesson esc", want: "esc again leaves the lesson"},
	{send: bytesOf("esc"), want: "L opens a lesson again.", keys: gridLine},
}

var moreRows = regexp.MustCompile(`[0-9]+ more ↓`)

// reads scrolls to the end of the text.
func (m *terminal) reads() {
	m.t.Helper()
	for more := "?"; more != ""; {
		if more = moreRows.FindString(m.screen()); more != "" {
			m.keys(" ")
			m.waitUntil("the rest of the text", func(screen string) bool { return moreRows.FindString(screen) != more })
		}
	}
}

// says answers a question.
func (m *terminal) says(option string) {
	m.t.Helper()
	m.reads()
	m.keys(option)
	m.waitFor("You say " + option)
}

// goesOn presses space until the lesson of so many stops waits at another one.
func (m *terminal) goesOn(of int) {
	m.t.Helper()
	at := func(screen string) (n int) {
		for i := range of {
			if strings.Contains(screen, fmt.Sprintf(" %d of %d", i+1, of)) {
				n = i + 1
			}
		}
		return n
	}
	begin := at(m.screen())
	m.reads()
	m.keys(" ")
	m.waitUntil("the step's end", func(screen string) bool { return at(screen) == begin+1 })
}

func lessonEnv(t *testing.T) (env []string, state, run string) {
	dir := t.TempDir()
	state, run = filepath.Join(dir, "state"), filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"XDG_STATE_HOME=" + state, "XDG_RUNTIME_DIR=" + run, "HOME=" + dir}, state, run
}

// sockets are the files of an XDG_RUNTIME_DIR.
func sockets(t *testing.T, run string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(run, "incore"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A lesson by keys on the real kernel: one wrong answer, a step back, left and gone on with, a goal by the student's own commands, one
// with its hints and solution; and the report of it.
func TestE2ELesson(t *testing.T) {
	env, state, run := lessonEnv(t)
	report := filepath.Join(t.TempDir(), "report.json")
	begin := func() *terminal {
		return startTerminal(t, 160, 45, env, "incore", "lesson", "--reduced-motion", "--report", report, "6")
	}
	m := begin()
	m.waitFor("A program keeps two keys", "1 of 11", "space runs it")
	subject := m.subject()
	m.goesOn(11)
	m.says("1")
	m.goesOn(11)
	m.waitFor("(you said)", "(the kernel says)", "You said 1, the kernel says 2.")
	m.keys(bytesOf("backspace"))
	m.waitFor("2 of 11")
	m.says("2")
	m.goesOn(11)
	m.goesOn(11) // the second lock
	m.waitFor("4 of 11")
	if names := sockets(t, run); len(names) != 1 || !strings.HasPrefix(names[0], "06-two-secrets-") {
		t.Errorf("in XDG_RUNTIME_DIR there is %q", names)
	}
	m.keys("q")
	m.waitFor("q again")
	m.keys("q")
	if code := m.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
	checkGone(t, subject)
	if names := sockets(t, run); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
	if r := readReport(t, report); r.Complete || len(r.Questions) != 3 || r.Questions[0].First != 1 || r.Questions[0].Last != 2 || r.Questions[0].Tries != 2 || r.Questions[0].Right || r.Score.Right != 0 {
		t.Errorf("the report is %+v", r)
	}
	if _, err := os.Stat(filepath.Join(state, "incore", "lessons.json")); err != nil {
		t.Error(err)
	}

	m = begin()
	m.waitFor("goes on where you left it", "4 of 11")
	m.walk([]keyStep{{send: "H", want: "There is no goal to be reached now."}})
	m.says("1")
	m.goesOn(11)
	m.waitFor("(you said, the kernel says)")
	m.says("3")
	m.goesOn(11)
	m.waitFor("(you said, the kernel says)")
	m.goesOn(11)
	m.goesOn(11)
	m.waitFor("Goal", "8 of 11")
	for _, line := range []string{"mlock key+0,32", "mlock key[1]", "munlock key+0,32"} {
		m.command(line)
	}
	m.waitFor("Reached with 3 commands.")
	m.goesOn(11)
	m.goesOn(11)
	m.waitFor("H a hint")
	m.keys("H")
	m.waitFor("Write down the keys")
	m.keys("H")
	m.waitFor("H the solution")
	m.keys("H")
	m.waitFor("Reached, by the solution.")
	m.keys(">") // goes on from a goal, too
	m.waitFor("The end of the lesson.", "2 of 3 questions right", "1 of 2 goals")
	m.keys("L")
	m.waitFor("open now")
	m.keys("\x03")
	if code := m.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	r := readReport(t, report)
	if !r.Complete || r.Score != (course.ReportScore{Right: 2, Questions: 3, Reached: 1, Goals: 2}) || r.Kernel == "" || r.Seconds <= 0 ||
		!r.Goals[0].Reached || r.Goals[0].Commands != 3 || !r.Goals[1].Solution || r.Goals[1].Hints != 2 {
		t.Errorf("the report is %+v", r)
	}
	if names := sockets(t, run); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
}

func readReport(t *testing.T, file string) (r course.Report) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil || r.Incore != "report" || r.Lesson != "06-two-secrets" || len(r.SHA256) != 64 {
		t.Fatalf("%v in %s", err, b)
	}
	return r
}

// The notes on a second terminal follow the lesson, and say when it has ended. A lesson that is ended by a signal leaves no socket.
func TestE2ELessonNotes(t *testing.T) {
	env, _, run := lessonEnv(t)
	m := startTerminal(t, 100, 30, env, "incore", "lesson", "--reduced-motion", "6")
	m.waitFor("A program keeps two keys", "space runs it")
	subject := m.subject()
	second := startTerminal(t, 80, 24, env, "incore", "lesson", "--notes", "6")
	second.waitFor("1 of 11", "Two secrets on one page", "0:30", "Ask: who has called mlock", "mmap key 4", "q quits")
	any := startTerminal(t, 80, 24, env, "incore", "lesson", "--notes")
	any.waitFor("1 of 11")
	m.goesOn(11)
	second.waitFor("2 of 11", "Show of hands", "mlock key+0,32")
	any.keys("q")
	if code := any.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	any.checkRestored()
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = m.cmd.Process.Signal(syscall.SIGTERM) // as a terminal that goes hangs up more than once; fails where it has ended, which is well
	m.waitExit()
	checkGone(t, subject)
	second.waitFor("The lesson has ended.")
	second.keys("q")
	if code := second.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	second.checkRestored()
	if names := sockets(t, run); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
	none := startTerminal(t, 80, 24, env, "incore", "lesson", "--notes", "6")
	if code := none.waitExit(); code != cli.ExitFailed || !strings.Contains(none.output(), "no incore of yours shows that lesson") {
		t.Errorf("exit code is %d, and it says %q", code, none.output())
	}
}
