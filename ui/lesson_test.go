package ui_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model/lesson"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/sheet"
)

// course is a course of one lesson.
type course struct {
	source string
	kept   *lesson.Record // how far it was taken before
	saved  []lesson.Record
	fails  error // what opening and saving come to
	rows   []sheet.Lesson
}

// smallLesson is the course of testdata/lesson.md.
func smallLesson(t testing.TB) *course {
	t.Helper()
	src, err := os.ReadFile("testdata/lesson.md")
	if err != nil {
		t.Fatal(err)
	}
	return &course{source: string(src)}
}

func (c *course) List() []sheet.Lesson {
	if c.rows != nil {
		return c.rows
	}
	return []sheet.Lesson{{Name: "small", Number: 1, Title: "Two pages", Summary: "Two pages are touched.", Minutes: 4}}
}

func (c *course) Open(name string) (*lesson.Taking, *lesson.Record, error) {
	if c.fails != nil {
		return nil, nil, c.fails
	}
	l, err := lesson.Parse(name+".md", []byte(c.source), lesson.Options{PageSize: pageSize})
	if err != nil {
		return nil, nil, err
	}
	return lesson.Take(l, lesson.Machine{PageSize: pageSize, Kernel: "6.18.0"}), c.kept, nil
}

func (c *course) Save(_ string, r lesson.Record) error {
	c.saved = append(c.saved, r)
	return c.fails
}

// happens runs what an Update has asked for, and what comes of it where that is of lessons. N and presenting start clocks that nobody
// waits for.
func (s *screen) happens(cmd tea.Cmd) {
	s.t.Helper()
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			s.happens(c)
		}
	default:
		if slices.Contains([]string{"ui.lessonMsg", "ui.lessonsMsg", "ui.unsavedMsg"}, fmt.Sprintf("%T", msg)) {
			s.send(msg)
			s.happens(s.cmd)
			s.settle()
		}
	}
}

// settle hands over what the lab has to tell until it has no more.
func (s *screen) settle() {
	for range 20 {
		s.lab.mu.Lock()
		n := len(s.lab.items)
		s.lab.mu.Unlock()
		if n == 0 {
			return
		}
		if s.pump(); !s.m.Ticks() {
			s.happens(s.cmd)
		}
	}
	s.t.Fatal("the lab does not come to an end")
}

// takes opens the lesson.
func (s *screen) takes() {
	s.t.Helper()
	s.happens(s.m.Opens("small"))
	if s.m.Lesson() == nil {
		s.t.Fatalf("no lesson is open, it says %q:\n%s", s.said(), s.text())
	}
	s.lab.submitted = nil
}

// on presses keys in a lesson, and lets all happen that they lead to.
func (s *screen) on(keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		if s.send(keyPress(s.t, key)); !s.m.Ticks() || key == "L" {
			s.happens(s.cmd)
		}
		s.settle()
	}
}

// stepsOn presses space until the lesson waits at another stop.
func (s *screen) stepsOn() {
	s.t.Helper()
	for at := s.m.Lesson().At; s.m.Lesson().At == at; {
		was := s.text()
		if s.on("space"); s.text() == was {
			s.t.Fatalf("space does nothing at stop %d:\n%s", at, was)
		}
	}
}

func lessonScreen(t testing.TB, w, h int, c *course, opts ui.Options) *screen {
	t.Helper()
	opts.Lessons, opts.ReducedMotion = c, true
	s := newScreen(t, w, h, opts)
	s.takes()
	return s
}

// commands are the commands that were submitted, without what the lesson asks.
func (s *screen) commands() string {
	var all []string
	for _, c := range s.lab.submitted {
		if c.Verb() != "ask" {
			all = append(all, c.String())
		}
	}
	s.lab.submitted = nil
	return strings.Join(all, ", ")
}

// shows holds that texts are on the screen, or for those that begin with ! that they are not.
func (s *screen) shows(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		text, not := strings.CutPrefix(text, "!")
		if not {
			text = strings.TrimPrefix(text, "!")
		}
		if strings.Contains(s.text(), text) == not {
			s.t.Errorf("want %q (not: %t) on the screen:\n%s", text, not, s.text())
		}
	}
}

// A lesson from its beginning to its end: steps are seen before they run, a question waits, the answer stands beside the kernel's.
func TestLessonIsTaken(t *testing.T) {
	c := smallLesson(t)
	s := lessonScreen(t, 200, 60, c, ui.Options{})
	s.shows("Two pages", "A region is mapped", "❯ mmap a 8", "space runs it", "!Ask who has called", "1 of 6", "space go on")
	s.on("space")
	if got := s.commands(); got != "mmap a 8" {
		t.Errorf("space submits %q", got)
	}
	s.shows("✓ expect no a resident", "How many are then in", "1 to 3", "!(the kernel says)", "!count a resident 2")
	s.on("space")
	if got := s.commands(); got != "" || !s.failed() || !strings.Contains(s.said(), "1 to 3 answers") {
		t.Errorf("without an answer space submits %q and says %q", got, s.said())
	}
	s.on("4")
	if s.m.Lesson().Answer(s.m.Lesson().Stop().Question).Said >= 0 {
		t.Error("the fourth of three options is an answer")
	}
	s.on("1", "3")
	s.shows("you said", "!(the kernel says)")
	s.stepsOn()
	if got := s.commands(); got != "touch a[0..1]" {
		t.Errorf("space submits %q", got)
	}
	s.shows("✗  None. (you said)", "✓  Two. (the kernel says)", "You said 3, the kernel says 2.", "expect no a resident, but", "Two are. A page comes")
	s.on("1")
	s.stepsOn()
	s.shows("✓  Absent. (you said, so it is)", "You said what the kernel says.", "Left out here: needs swap", "❯ reset")
	s.stepsOn()
	if got := s.commands(); got != "mlock a[0], reset, mmap b 8, expect ok" {
		t.Errorf("the steps submit %q", got)
	}
	s.shows("✓ expect ok", "Goal  without mlock2", "· expect count b locked 2 (now: ", "Your turn")
	s.on("space")
	if !s.failed() || !strings.Contains(s.said(), "not reached yet") {
		t.Errorf("space at a goal says %q", s.said())
	}
	s.typed("mlock b[0..1]")
	s.shows("✓ expect count b locked 2", "Reached with 1 command.")
	s.stepsOn()
	s.shows("The end of the lesson.", "1 of 2 questions right at the first", "1 of 1 goal")
	if r := c.saved[len(c.saved)-1]; !r.Over || r.Score.Right != 1 || r.Score.Reached != 1 {
		t.Errorf("saved is %+v", r)
	}
	s.on("esc")
	s.shows("!The end of the lesson")
	if s.m.Lesson() != nil {
		t.Error("esc at the end does not leave the lesson")
	}
}

// typed types a command and runs it.
func (s *screen) typed(line string) {
	s.t.Helper()
	s.on(":")
	s.typeText(line)
	s.on("enter")
}

// A room answers by hands.
func TestLessonHands(t *testing.T) {
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("#")
	if s.m.Mode() != "grid" || s.said() != "There is no question now." {
		t.Errorf("# without a question: mode %s, %q", s.m.Mode(), s.said())
	}
	s.on("space", "#")
	for typed, said := range map[string]string{"12 3": "3 numbers, one an option; these are 2", "1 2 x": `"x" is no number of hands`, "1 2 -3": `"-3" is no`, "1 2 99999999": "is no number of hands", "": "these are 0"} {
		s.typeText(typed)
		s.on("enter")
		s.shows(said)
		if s.m.Mode() != "hands" {
			t.Fatalf("%q is taken", typed)
		}
		s.on("ctrl+u")
	}
	s.typeText("12, 3 0")
	s.on("enter")
	s.shows("12 hands", "3 hands")
	s.stepsOn()
	s.shows("12 hands", "3 hands, the kernel says", "The kernel says 2.")
	s.on("backspace", "#", "esc")
	if s.m.Mode() != "grid" {
		t.Errorf("mode %s after esc", s.m.Mode())
	}
}

// While a step runs nothing opens that is about its question, which is behind by then.
func TestLessonHandsWhileItRuns(t *testing.T) {
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("space", "2")
	s.send(keyPress(t, "space")) // and the lab has not told of it
	for _, key := range []string{"#", "1", "backspace", "space", "R", "esc"} {
		s.send(keyPress(t, key))
	}
	s.typeText("1 2 3")
	s.send(keyPress(t, "enter"))
	s.settle()
	if s.m.Lesson().At != 2 {
		t.Errorf("the lesson is at stop %d", s.m.Lesson().At)
	}
	// The line is open when the lesson comes to another stop.
	s = lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("space", "#")
	s.m.Lesson().SayRoom([]int{1, 2, 3})
	for _, c := range s.m.Lesson().Go() {
		s.lab.Submit(c)
	}
	s.settle()
	s.typeText("1 2 3")
	s.on("enter")
	s.on("esc")
}

// A key that is pressed before the question is on the screen answers nothing, and space does not run what was not seen.
func TestLessonKeysBeforeItIsDrawn(t *testing.T) {
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.send(keyPress(t, "space"))
	items := s.lab.items
	s.lab.items = nil
	holds["not drawn yet"](s)
	s.tell(items...)
	s.shows("How many are then in") // what was asked for is drawn at once
	s.on("2")
	s.shows("(you said)")
	s.on("space", "backspace")
	for _, c := range s.m.Lesson().Back() { // another hand than the screen's
		s.lab.Submit(c)
	}
	holds["not drawn yet"](s)
	s.settle()
	if s.m.Lesson().At != 0 || !strings.Contains(s.text(), "How many are then in") {
		t.Fatalf("the lesson is at stop %d:\n%s", s.m.Lesson().At, s.text())
	}
	s.send(keyPress(t, "space"))
	if s.commands(); s.m.Lesson().Running() {
		t.Error("a step runs that was not seen")
	}
	s.redraw()
	s.on("space")
}

func TestLessonGoesBack(t *testing.T) {
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("backspace")
	if s.commands() != "" || s.said() != "This is the beginning of the lesson." {
		t.Errorf("backspace at the beginning says %q", s.said())
	}
	s.on("space", "2")
	s.stepsOn()
	s.commands()
	s.on("backspace")
	if got := s.commands(); got != "reset, mmap a 8" || s.m.Lesson().At != 1 {
		t.Errorf("backspace submits %q and comes to stop %d", got, s.m.Lesson().At)
	}
	s.shows("How many are then in", "!Two are. A page comes")
	s.on("backspace")
	if got := s.commands(); got != "reset" || s.m.Lesson().At != 0 {
		t.Errorf("backspace submits %q and comes to stop %d", got, s.m.Lesson().At)
	}
	// The same answers can be given again, and the first one counts.
	s.on("space", "1")
	s.stepsOn()
	if sc := s.m.Lesson().Score(); sc.Right != 1 {
		t.Errorf("the score is %+v", sc)
	}
	s.commands()
	s.on("R")
	if got := s.commands(); got != "reset, mmap a 8, touch a[0..1]" || s.m.Lesson().At != 2 {
		t.Errorf("R submits %q and comes to stop %d", got, s.m.Lesson().At)
	}
}

// What is tried beside the lesson is undone by esc, and by the next step.
func TestLessonOwnCommands(t *testing.T) {
	for _, key := range []string{"esc", "space"} {
		s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
		s.on("space", "2")
		s.typed("touch a[5]")
		s.shows("esc undo")
		s.commands()
		s.on(key)
		want := map[string]string{"esc": "reset, mmap a 8", "space": "reset, mmap a 8, touch a[0..1]"}[key]
		if got := s.commands(); got != want {
			t.Errorf("%s submits %q, want %q", key, got, want)
		}
	}
	// A key of the grid works meanwhile, and what only looks leaves nothing to be undone.
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("space", "c", "right", "z")
	s.shows("esc leave", "!esc undo")
	s.on("w")
	s.shows("esc undo")
}

func TestLessonGoal(t *testing.T) {
	at := func(t *testing.T) *screen {
		s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
		s.on("space", "2")
		s.stepsOn()
		s.on("1")
		s.stepsOn()
		s.stepsOn()
		s.commands()
		return s
	}
	t.Run("hints", func(t *testing.T) {
		s := at(t)
		s.on("H")
		s.shows("Hint", "One call can name two pages.", "H a hint")
		s.on("H")
		s.shows("mlock b[0..1]", "H the solution")
		s.on("H")
		if got := s.commands(); got != "mlock b[0..1]" {
			t.Errorf("the solution submits %q", got)
		}
		s.shows("Solution", "Reached, by the solution.", "space goes on")
		s.on("H")
		if s.said() != "The solution has been shown." {
			t.Errorf("H once more says %q", s.said())
		}
		s.stepsOn()
		s.shows("0 of 1 goal reached")
	})
	t.Run("spoiled", func(t *testing.T) {
		s := at(t)
		s.typed("mlock2 b[0..1] onfault")
		s.shows("mlock2 is not allowed for this goal", "!Reached with")
		s.on("esc")
		if got := s.commands(); got != "mlock2 b[0..1] onfault, reset, mmap b 8" {
			t.Errorf("esc submits %q", got)
		}
		s.shows("!is not allowed")
		s.typed("mlock b[3..4]")
		s.shows("Reached with 2 commands.")
	})
	t.Run("skipped", func(t *testing.T) {
		s := at(t)
		s.on(">")
		s.shows("The end of the lesson.", "0 of 1 goal reached")
		s.on("space")
		if !strings.Contains(s.said(), "the end of the lesson") {
			t.Errorf("space at the end says %q", s.said())
		}
	})
	t.Run("not at one", func(t *testing.T) {
		s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
		for _, key := range []string{"H", ">"} {
			s.on(key)
			if s.said() != "There is no goal to be reached now." || s.commands() != "" {
				t.Errorf("%s says %q", key, s.said())
			}
		}
	})
}

// A lesson goes on where it was left. What of the record is not of this lesson is left out.
func TestLessonResumes(t *testing.T) {
	c := smallLesson(t)
	s := lessonScreen(t, 200, 60, c, ui.Options{})
	s.on("space", "3")
	s.stepsOn()
	s.on("esc", "esc")
	kept := c.saved[len(c.saved)-1]
	if kept.At != 2 || len(kept.Answers) != 1 {
		t.Fatalf("kept is %+v", kept)
	}
	c.kept = &kept
	s = lessonScreen(t, 200, 60, c, ui.Options{})
	if s.m.Lesson().At != 2 || !strings.Contains(s.said(), "where you left it") {
		t.Errorf("the lesson begins at stop %d and says %q", s.m.Lesson().At, s.said())
	}
	s.shows("Which word is right")
	for _, bad := range []lesson.Record{{At: 99, Of: 5}, {At: -1, Of: 5}, {At: 2, Of: 4}, {At: 2, Of: 5, Answers: []lesson.Answered{{Question: 7, Said: 40}, {Said: 99}, {Room: []int{1}}}}} {
		c.kept = &bad
		lessonScreen(t, 200, 60, c, ui.Options{}).on("space", "1", "space")
	}
}

func TestLessonNotes(t *testing.T) {
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("N")
	s.shows("| 1:00. Ask who has called", "0:00  1 of 6")
	s.on("N")
	s.shows("!Ask who has called", "!0:00")
}

// esc first ends what goes on in the grid, then the lesson, and that it says before.
func TestLessonIsLeft(t *testing.T) {
	s := lessonScreen(t, 200, 60, smallLesson(t), ui.Options{})
	s.on("space", "v", "esc", "esc")
	if s.m.Lesson() == nil || s.said() != "esc again leaves the lesson." {
		t.Errorf("one esc says %q", s.said())
	}
	s.on("left", "esc")
	if s.m.Lesson() == nil {
		t.Skip("a key between two esc: left all the same")
	}
	s.on("esc")
	if s.m.Lesson() != nil || s.m.Mode() != "grid" {
		t.Error("two esc do not leave the lesson")
	}
	s.on("space")
	if !s.m.Paused() {
		t.Error("after the lesson space does not hold the picture")
	}
}

// In a lesson space goes on, also from a pause.
func TestLessonEndsAPause(t *testing.T) {
	c := smallLesson(t)
	s := newScreen(t, 120, 40, ui.Options{Lessons: c, ReducedMotion: true}, "mmap a 4")
	s.press("space")
	s.takes()
	if s.m.Paused() {
		t.Error("the lesson begins in a pause")
	}
}

// The list of lessons.
func TestLessonList(t *testing.T) {
	c := smallLesson(t)
	for i := range 22 {
		c.rows = append(c.rows, sheet.Lesson{Name: fmt.Sprint(i), Number: i + 1, Title: "Title " + fmt.Sprint(i+1), Summary: strings.Repeat("word ", 40), Minutes: 10, Done: i < 3, At: 4 * (i % 2), Of: 9})
	}
	c.rows[9].Lacks = "needs swap, of which this machine has none"
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{Lessons: c, ReducedMotion: true})
		s.on("L")
		if s.m.Mode() != "lessons" {
			t.Fatalf("%v: L opens %s", size, s.m.Mode())
		}
		s.shows("Title 4 ", "3 of 22 done")
		s.on("end")
		s.shows("Title 22")
		s.on("home", "down", "pgdown", "up")
		s.shows("Title 11")
		s.on("esc")
		golden(t, fmt.Sprintf("lessons-%dx%d", size.w, size.h), func() string { s.on("L"); return s.text() }())
	}
	s := newScreen(t, 100, 30, ui.Options{Lessons: smallLesson(t), ReducedMotion: true})
	s.on("L", "enter")
	s.shows("A region is mapped")
	s.on("L")
	s.shows("open now")
	s = newScreen(t, 100, 30, ui.Options{})
	if s.on("L"); s.said() != "There are no lessons here." {
		t.Errorf("L says %q", s.said())
	}
}

func TestLessonThatCannotBeOpened(t *testing.T) {
	c := smallLesson(t)
	c.fails = fmt.Errorf("small.md:3:1: %s", strings.Repeat("a long reason ", 20))
	s := newScreen(t, 80, 24, ui.Options{Lessons: c, ReducedMotion: true})
	s.happens(s.m.Opens("small"))
	if s.m.Lesson() != nil || !s.failed() || !strings.Contains(s.said(), "small.md:3:1") {
		t.Errorf("it says %q", s.said())
	}
	c = smallLesson(t)
	s = lessonScreen(t, 80, 24, c, ui.Options{})
	c.fails = fmt.Errorf("no space left on device")
	s.send(keyPress(t, "space"))
	s.settle()
	s.send(keyPress(t, "1"))
	s.happens(s.cmd)
	s.shows("cannot be kept: no space left")
}

// The kernel that agrees with none of the options, or with two.
func TestLessonThatDoesNotHold(t *testing.T) {
	for _, expect := range []string{"expect count a resident 7", "expect count a resident 2"} {
		c := smallLesson(t)
		c.source = strings.Replace(c.source, "`expect count a resident 2`", "`expect count a resident 3`", 1)
		c.source = strings.Replace(c.source, "`expect no a resident`\n\n", "`"+expect+"`\n\n", 1)
		if expect == "expect count a resident 2" { // two that hold
			c.source = strings.Replace(c.source, "`expect count a resident 3`", "`expect rss > 0` `expect count a resident 2`", 1)
		}
		s := lessonScreen(t, 200, 60, c, ui.Options{})
		s.on("space", "1")
		s.stepsOn()
		s.shows("The kernel says none of these, or several")
	}
}

// Whatever a lesson's text has, it stays within its area, at every size and wherever the lesson is.
func TestLessonSizes(t *testing.T) {
	long := strings.Repeat("verylongword", 70)
	hostile := "漢字かな交じり文\n" + long + "\n**" + strings.Repeat("*x* ", 200) + "**\n`" + strings.Repeat("`` ", 40) + "` [l](http://" + long + ")\n| a | b |\n"
	for name, change := range map[string]func(string) string{
		"plain": func(s string) string { return s },
		"hostile": func(s string) string {
			s = strings.Replace(s, "A region is mapped.", hostile, 1)
			s = strings.Replace(s, "The region has", "> > > - 1. 漢字 "+long[:800]+"\n\n| a | b |\n| --- | --- |\n| "+long+" | 漢字 |\n\nThe region has", 1)
			s = strings.Replace(s, "] All of them", "] "+strings.Repeat("漢字 and so on, ", 45), 1)
			return strings.Replace(s, "One call can name", long+" 漢字", 1)
		},
	} {
		c := smallLesson(t)
		c.source = change(c.source)
		for _, opts := range []ui.Options{{}, {ASCII: true, Colors: canvas.NoColor}, {Presenter: true}} {
			for _, size := range []struct{ w, h int }{{20, 5}, {24, 8}, {39, 9}, {40, 12}, {60, 20}, {80, 24}, {100, 30}, {109, 22}, {110, 18}, {160, 45}, {200, 50}, {400, 120}} {
				s := lessonScreen(t, size.w, size.h, c, opts)
				for _, keys := range []string{"", "N", "space space space space space space space space space space space space", "2", "space", "pgdown", "pgup", "1 space", "backspace", "H H", "?", "esc", "L", "esc"} {
					s.on(strings.Fields(keys)...)
					for i, line := range strings.Split(s.text(), "\n") {
						if canvas.Width(line) > size.w || i > size.h {
							t.Fatalf("%s %v: row %d is %d columns wide:\n%s", name, size, i, canvas.Width(line), s.text())
						}
					}
				}
				s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
				s.send(tea.WindowSizeMsg{Width: size.w, Height: size.h})
			}
		}
	}
}

// Nothing of a lesson's text is drawn outside of where its text is, and nothing else within.
func TestLessonHasItsArea(t *testing.T) {
	for _, size := range []struct{ w, h int }{{60, 20}, {80, 24}, {100, 30}, {120, 35}, {160, 45}, {200, 50}, {400, 120}} {
		s := lessonScreen(t, size.w, size.h, smallLesson(t), ui.Options{})
		s.on("space", "2")
		a := s.part("lesson")
		if a.W < 20 || a.H < 3 || a.X+a.W > size.w || a.Y+a.H > size.h {
			t.Fatalf("%v: the text is at %+v", size, a)
		}
		for name, b := range s.m.Parts() {
			if name == "lesson" || b.Empty() {
				continue
			}
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%v: %s at %+v lies over the text at %+v", size, name, b, a)
			}
		}
	}
}

// A lesson at its stops, text and styles.
func TestLessonGolden(t *testing.T) {
	stops := []struct {
		name string
		keys []string
	}{
		{"begins", nil},
		{"asks", []string{"space"}},
		{"answers", []string{"space", "pgdown", "pgdown", "3", "space"}},
		{"goal", []string{"space", "pgdown", "pgdown", "2", "space", "pgdown", "pgdown", "1", "space", "pgdown", "pgdown", "space", "H"}},
	}
	check := func(name string, w, h int, opts ui.Options) {
		for _, st := range stops {
			t.Run(name+"-"+st.name, func(t *testing.T) {
				s := lessonScreen(t, w, h, smallLesson(t), opts)
				s.on(st.keys...)
				golden(t, "lesson-"+name+"-"+st.name, styled(&s.m.Canvas))
			})
		}
	}
	dark := ui.Options{Colors: canvas.TrueColor, Dark: on(true)}
	for _, size := range []struct{ w, h int }{{80, 24}, {100, 30}, {160, 45}, {200, 50}} {
		check(fmt.Sprintf("%dx%d", size.w, size.h), size.w, size.h, dark)
	}
	check("presenter-100x30", 100, 30, ui.Options{Colors: canvas.TrueColor, Dark: on(true), Presenter: true})
	check("none-100x30", 100, 30, ui.Options{Colors: canvas.NoColor, Dark: on(true)})
	check("ascii-100x30", 100, 30, ui.Options{Colors: canvas.TrueColor, Dark: on(true), ASCII: true})
}
