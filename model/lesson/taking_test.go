package lesson_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

// class is a lesson that is taken without a kernel: what runs is told of as a Lab would, and what is asked holds where hold says.
type class struct {
	t    *testing.T
	is   *lesson.Taking
	now  time.Duration
	hold map[string]bool // expects that hold
	deny map[string]bool // commands that are refused
	ran  []string        // what ran, but for what was asked
}

const taught = head + "Hello.\n\n" +
	"```incore\nmmap a 4\nexpect ok\n```\n\n" +
	"```incore\nexpect vmlck 0\nexpect rss > 0\n```\n\n" +
	"What then?\n\n- [ ] one\n      `expect vmlck 1`\n- [ ] two\n      `expect vmlck 2`\n- [ ] none\n      `expect ok` `expect vmlck 0`\n\n" +
	"```incore\nmlock a\n```\n\n" +
	"Which is better?\n\n- [ ] this\n- [x] that\n\n" +
	"```incore\nreset\nmmap b 4\n```\n\n" +
	"```goal without munlock\nexpect vmlck 4\nexpect ok\n```\n\n" +
	"<details><summary>Hint</summary>\n\nfirst\n\n</details>\n\n<details><summary>Hint</summary>\n\nsecond\n\n</details>\n\n" +
	"<!-- solution:\nmlock b[0..1]\nmlock b\n-->\n\nThe end.\n"

func take(t *testing.T, text string, m lesson.Machine) *class {
	t.Helper()
	l, err := lesson.Parse("a.md", []byte(text), lesson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &class{t: t, is: lesson.Take(l, m), hold: map[string]bool{}, deny: map[string]bool{}}
}

// run does what a Lab does, and a second passes with each command.
func (c *class) run(commands ...model.Command) {
	for len(commands) > 0 {
		command := commands[0]
		commands = commands[1:]
		c.now += time.Second
		for _, it := range c.tell(command) {
			commands = append(commands, c.is.Fold(it)...)
		}
	}
}

func (c *class) tell(command model.Command) []model.Item {
	check := func(e model.Command) model.Checked {
		return model.Checked{Time: c.now, Expect: e.String(), OK: c.hold[e.String()], Got: "it is otherwise"}
	}
	if ask, ok := command.(lang.Ask); ok {
		out := model.Asked{Time: c.now, ID: ask.ID}
		for _, set := range ask.Sets {
			s := model.AskedSet{Holds: true}
			for _, e := range set {
				s.Checks = append(s.Checks, check(e))
				s.Holds = s.Holds && c.hold[e.String()]
			}
			out.Sets = append(out.Sets, s)
		}
		return []model.Item{out}
	}
	c.ran = append(c.ran, command.String())
	if _, ok := lang.Inner(command).(lang.Expect); ok {
		return []model.Item{check(command)}
	}
	e := model.Event{Time: c.now, Command: command, Call: command.Verb()}
	if c.deny[command.String()] {
		e.Refused = "no"
	}
	return []model.Item{model.Running{Time: c.now, Command: command}, e, model.Event{Time: c.now, Aside: true, Command: command}}
}

// student runs lines of the student's own.
func (c *class) student(lines ...string) {
	c.t.Helper()
	for _, line := range lines {
		command, err := lang.Parse(line)
		if err != nil {
			c.t.Fatal(err)
		}
		c.run(command)
	}
}

// did holds what ran since it was asked the last time.
func (c *class) did(want ...string) {
	c.t.Helper()
	if !slices.Equal(c.ran, want) {
		c.t.Errorf("ran %q, want %q", c.ran, want)
	}
	c.ran = nil
}

func (c *class) wants(want string) {
	c.t.Helper()
	if got := c.is.Wants(); got != want {
		c.t.Errorf("it wants %q, want %q", got, want)
	}
}

func TestTakingALesson(t *testing.T) {
	c := take(t, taught, lesson.Machine{})
	c.is.Start(10 * time.Second)
	c.now = 10 * time.Second
	c.run(c.is.Begin()...)
	c.did("reset")
	c.wants("")
	if c.is.At != 0 || c.is.Over() || c.is.Running() || c.is.Own() || len(c.is.Stops) != 5 {
		t.Fatalf("at %d of %d, over %v, running %v, own %v", c.is.At, len(c.is.Stops), c.is.Over(), c.is.Running(), c.is.Own())
	}
	if c.is.Say(0) || c.is.SayRoom([]int{1}) || c.is.Solve() != nil || c.is.Skip() != nil || c.is.Back() != nil {
		t.Error("the first stop has neither question nor goal, nor one before it")
	}
	if _, ok := c.is.Hint(); ok {
		t.Error("a hint without a goal")
	}

	// The first step, whose expect holds; then facts, of which one does not.
	c.hold["expect ok"], c.hold["expect rss > 0"] = true, true
	commands := c.is.Go()
	if c.is.Go() != nil || c.is.Back() != nil || c.is.Again() != nil {
		t.Error("a second press while the first one's commands run")
	}
	c.wants("the step still runs")
	c.run(commands...)
	c.did("mmap a 4", "expect ok")
	step, facts := c.is.Stops[0].Step, c.is.Stops[1].Items[0].(*lesson.Facts)
	if v := c.is.Verdict(step); !v.Holds() || len(v.Checks) != 1 {
		t.Errorf("the step: %+v", v)
	}
	if v := c.is.Fact(facts); v.Holds() || len(v.Checks) != 2 || v.Checks[0].OK || !v.Checks[1].OK {
		t.Errorf("the facts: %+v", v)
	}

	// A question waits for its answer.
	c.wants("an answer comes first")
	if c.is.Go() != nil || c.is.Say(3) || c.is.Say(-1) || c.is.SayRoom([]int{1, 2}) || c.is.SayRoom([]int{1, 2, -1}) {
		t.Error("an answer that is none")
	}
	q := c.is.Stop().Question
	c.is.Now(c.now + 5*time.Second)
	if !c.is.Say(0) || !c.is.Say(1) {
		t.Error("an answer was not taken")
	}
	c.hold["expect vmlck 1"] = true
	c.run(c.is.Go()...)
	c.did("mlock a")
	if a := c.is.Answer(q); a.Said != 1 || a.First != 1 || a.Kernel != 0 || a.Tries != 1 || a.Right() || a.Took != 5*time.Second || len(a.Asked.Sets) != 3 {
		t.Errorf("%+v", a)
	}

	// An idea: the file says which one is true.
	idea := c.is.Stop().Question
	if !c.is.SayRoom([]int{2, 5}) {
		t.Error("hands were not counted")
	}
	c.run(c.is.Go()...)
	c.did("reset", "mmap b 4")
	if a := c.is.Answer(idea); a.Kernel != 1 || !a.Right() || a.Said != -1 || a.First != 1 {
		t.Errorf("%+v", a)
	}

	// The goal: reached by what it allows, after the hints that were asked for.
	g := c.is.Stop().Goal
	c.wants("the goal is not reached yet")
	c.student("touch b", "say hello", "expect ok")
	for _, want := range []string{"first", "second", ""} {
		if got, ok := c.is.Hint(); got != want || ok != (want != "") {
			t.Errorf("the hint is %q", got)
		}
	}
	c.hold["expect vmlck 4"] = true
	c.student("mlock b")
	if a := c.is.Attempt(g); !a.Reached || a.AtStart || a.Commands != 2 || a.Hints != 2 || a.Solved || a.Spoiled != "" || a.Took <= 0 {
		t.Errorf("%+v", a)
	}
	c.wants("")
	c.run(c.is.Go()...)
	if !c.is.Over() || c.is.Go() != nil || c.is.Skip() != nil {
		t.Error("the lesson is not over")
	}
	if s := c.is.Score(); s != (lesson.Score{Questions: 2, Right: 1, Goals: 1, Reached: 1}) {
		t.Errorf("%+v", s)
	}
	if r := c.is.Record(); !r.Over || r.At != 4 || r.Of != 5 || r.Time != c.now-10*time.Second+5*time.Second && r.Time != c.now-10*time.Second {
		t.Errorf("%+v at %v", r, c.now)
	}
}

// TestTakingBack holds that a lesson goes back by running what led there, and that what was known stays known.
func TestTakingBack(t *testing.T) {
	c := take(t, taught, lesson.Machine{})
	c.run(c.is.Begin()...)
	c.run(c.is.Go()...)
	c.is.Say(2)
	c.run(c.is.Go()...)
	c.ran = nil
	q := c.is.Stops[1].Question
	c.run(c.is.Back()...)
	c.did("reset", "mmap a 4") // without its expect
	if c.is.At != 1 {
		t.Fatalf("at %d", c.is.At)
	}
	c.wants("an answer comes first") // the step has shown the old one
	if a := c.is.Answer(q); a.Said != 2 || a.Tries != 1 {
		t.Errorf("%+v", a)
	}
	c.is.Say(1)
	c.hold["expect vmlck 2"] = true
	c.run(c.is.Go()...)
	if a := c.is.Answer(q); a.Said != 1 || a.First != 2 || a.Tries != 2 || a.Kernel != 1 {
		t.Errorf("%+v", a)
	}

	// Free play, and back to where it was.
	c.ran = nil
	c.student("munmap a", "in main touch a")
	if !c.is.Own() {
		t.Error("the student has changed something")
	}
	c.ran = nil
	c.run(c.is.Again()...)
	c.did("reset", "mmap a 4", "mlock a")
	if c.is.Own() {
		t.Error("it is as it was")
	}

	// The next step after free play begins where the lesson stands. One that begins with reset needs nothing.
	c.student("munmap a")
	c.ran = nil
	c.is.Say(0)
	c.run(c.is.Go()...)
	c.did("reset", "mmap b 4")
	c.run(c.is.Back()...)
	c.run(c.is.Back()...)
	c.student("munmap a")
	c.is.Say(0)
	c.ran = nil
	c.run(c.is.Go()...)
	c.did("reset", "mmap a 4", "mlock a")

	// Two steps back from the goal: its own reset is the last.
	c.is.Say(0)
	c.run(c.is.Go()...)
	c.ran = nil
	c.student("mlock b")
	c.ran = nil
	c.run(c.is.Again()...)
	c.did("reset", "mmap b 4")
	if a := c.is.Attempt(c.is.Stop().Goal); a.Commands != 1 || a.Reached || a.AtStart {
		t.Errorf("%+v", a)
	}
}

func TestTakingGoals(t *testing.T) {
	toGoal := func(t *testing.T) (*class, *lesson.Goal) {
		c := take(t, taught, lesson.Machine{})
		c.run(c.is.Begin()...)
		for c.is.Stop().Goal == nil {
			c.is.Say(0)
			c.run(c.is.Go()...)
		}
		c.ran = nil
		c.hold["expect ok"] = true
		return c, c.is.Stop().Goal
	}
	t.Run("spoiled", func(t *testing.T) {
		c, g := toGoal(t)
		c.student("in main munlock b")
		c.hold["expect vmlck 4"] = true
		c.student("mlock b")
		if a := c.is.Attempt(g); a.Reached || a.Spoiled != "munlock" || a.Commands != 2 {
			t.Errorf("%+v", a)
		}
		c.wants("the goal is not reached yet")
		c.hold["expect vmlck 4"] = false
		c.run(c.is.Again()...) // and starts over
		c.hold["expect vmlck 4"] = true
		c.student("mlock b")
		if a := c.is.Attempt(g); !a.Reached || a.Spoiled != "" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("at the start", func(t *testing.T) {
		c := take(t, taught, lesson.Machine{})
		c.run(c.is.Begin()...)
		c.hold["expect ok"], c.hold["expect vmlck 4"] = true, true
		for c.is.Stop().Goal == nil {
			c.is.Say(0)
			c.run(c.is.Go()...)
		}
		if a := c.is.Attempt(c.is.Stop().Goal); !a.AtStart || a.Reached {
			t.Errorf("%+v", a)
		}
	})
	t.Run("the solution", func(t *testing.T) {
		c, g := toGoal(t)
		commands := c.is.Solve()
		c.run(commands[0])
		c.hold["expect vmlck 4"] = true
		c.run(commands[1:]...)
		c.did("mlock b[0..1]", "mlock b")
		if a := c.is.Attempt(g); !a.Reached || !a.Solved || a.Commands != 2 {
			t.Errorf("%+v", a)
		}
		if s := c.is.Score(); s.Reached != 0 || s.Goals != 1 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("skipped", func(t *testing.T) {
		c, _ := toGoal(t)
		c.run(c.is.Skip()...)
		if !c.is.Over() {
			t.Error("it is not over")
		}
		if s := c.is.Score(); s.Reached != 0 || s.Goals != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// What is refused is told of, and does not hold.
func TestTakingRefused(t *testing.T) {
	c := take(t, taught, lesson.Machine{})
	c.hold["expect ok"], c.deny["mmap a 4"] = true, true
	c.run(c.is.Begin()...)
	c.run(c.is.Go()...)
	v := c.is.Verdict(c.is.Stops[0].Step)
	if v.Holds() || len(v.Refused) != 1 || v.Refused[0].Why != "no" || v.Refused[0].Line.Number != 10 {
		t.Errorf("%+v", v)
	}
}

// A need that is not met takes the part along, and those beneath it.
func TestTakingNeeds(t *testing.T) {
	text := head + "# One\n\n" + step + "\n## Two\n\nSo?\n\n" + options + "\n```incore needs swap\ntouch a\n```\n\n### Beneath\n\n" + step +
		"\n## Three\n\n" + step + whole
	for _, c := range []struct {
		m     lesson.Machine
		steps int
		skips string
	}{
		{lesson.Machine{Swap: true}, 4, ""},
		{lesson.Machine{}, 2, "13 Two needs swap, of which this machine has none"},
	} {
		is := take(t, text, c.m).is
		var skips []string
		steps := 0
		for _, s := range is.Stops {
			if s.Step != nil {
				steps++
			}
			for _, it := range s.Items {
				if k, ok := it.(lesson.Skipped); ok {
					skips = append(skips, fmt.Sprint(k.Line, " ", k.Title, " ", k.Why))
				}
			}
		}
		if steps != c.steps || strings.Join(skips, "; ") != c.skips {
			t.Errorf("%d steps, skipped %q", steps, skips)
		}
	}
}

// TestLacks holds what each need is met by.
func TestLacks(t *testing.T) {
	none := lesson.Machine{PageSize: 4096, Kernel: "5.15.0", Limits: model.Limits{MemlockSoft: 8192}}
	all := lesson.Machine{
		Root: true, PageSize: 65536, Kernel: "6.18.1", Limits: model.Limits{MemlockSoft: model.Unlimited, IPCLock: true}, Swap: true, THP: true,
		MemCgroup: true, PagemapScan: true, ZeroPage: true, ProtKeys: true, SecretMemory: true,
	}
	for need, want := range map[string][2]string{
		"root":         {"needs root", ""},
		"no root":      {"", "needs no root"},
		"cap_ipc_lock": {"needs CAP_IPC_LOCK", ""},
		"swap":         {"needs swap, of which this machine has none", ""},
		"thp":          {"needs transparent huge pages, which are off here", ""},
		"memcg":        {"needs the right to make a memory cgroup", ""},
		"pagemap_scan": {"needs PAGEMAP_SCAN, of Linux 6.7", ""},
		"zero_page":    {"needs a kernel that maps its page of zeros for a read", ""},
		"pkeys":        {"needs a processor with protection keys", ""},
		"secretmem":    {"needs memfd_secret, which is off here", ""},
		"linux 6.13":   {"needs Linux 6.13; this is 5.15.0", ""},
		"linux 5.15":   {"", ""},
		"memlock 2":    {"", ""},
		"memlock 3":    {"needs 3 to be locked; RLIMIT_MEMLOCK is 8K", ""},
		"memlock 8K":   {"", ""},
		"page 4K":      {"", "needs pages of 4K; here they are of 65536 bytes"},
	} {
		l, err := lesson.Parse("a.md", []byte(strings.Replace(head, "title", "needs: "+need+"\ntitle", 1)+whole), lesson.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if l.Needs[0].String() != need || len(l.Needed()) != 1 {
			t.Errorf("%q is %q", need, l.Needs)
		}
		if got := [2]string{none.LacksAny(l.Needs), all.LacksAny(l.Needs)}; got != want {
			t.Errorf("%s: %q, want %q", need, got, want)
		}
	}
}

func TestRecord(t *testing.T) {
	c := take(t, taught, lesson.Machine{})
	c.run(c.is.Begin()...)
	c.run(c.is.Go()...)
	c.is.SayRoom([]int{3, 1, 0})
	c.hold["expect vmlck 1"] = true
	c.run(c.is.Go()...)
	c.is.Say(1)
	c.run(c.is.Go()...)
	c.is.Hint()
	c.student("touch b")
	was := c.is.Record()

	b, err := json.Marshal(was)
	if err != nil {
		t.Fatal(err)
	}
	var read lesson.Record
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	again := take(t, taught, lesson.Machine{})
	again.is.Start(100 * time.Second)
	again.now = 100 * time.Second
	again.run(again.is.Resume(read)...)
	again.did("reset", "mmap b 4")
	now := again.is.Record()
	if now.Time <= was.Time || now.Time > was.Time+10*time.Second {
		t.Errorf("it took %v, and before %v", now.Time, was.Time)
	}
	now.Time = was.Time
	if fmt.Sprint(now) != fmt.Sprint(was) {
		t.Errorf("it goes on at\n%+v, and ended at\n%+v", now, was)
	}
}

// TestResumeOfAnother holds that a record that is not of the lesson is no harm, whatever it says.
func TestResumeOfAnother(t *testing.T) {
	for _, r := range []lesson.Record{
		{},
		{At: -1, Of: 5},
		{At: 5, Of: 5},
		{At: 3, Of: 4},
		{At: 1 << 40, Of: 1 << 40, Time: -time.Hour},
		{At: 2, Of: 5, Answers: []lesson.Answered{{Question: 0, Said: 3}, {Question: 7}, {Question: -1}, {Question: 1, Said: -2}}},
		{At: 2, Of: 5, Answers: []lesson.Answered{{Question: 0, Room: []int{1}}, {Question: 0, Said: 0, First: 9}, {Question: 0, Kernel: -7}}},
		{At: 3, Of: 5, Answers: []lesson.Answered{{Question: 0, Said: -1, First: -1, Kernel: -1, Tries: -4, Took: -5, Room: []int{-1, 0, 2}}}},
		{At: 3, Of: 5, Goals: []lesson.Attempted{{Goal: 0, Hints: 99, Commands: -1}, {Goal: 4}, {Goal: -1}}},
		{At: 3, Of: 5, Goals: []lesson.Attempted{{Goal: 0, Hints: -9}}},
		{At: 4, Of: 5, Over: true},
	} {
		c := take(t, taught, lesson.Machine{})
		c.run(c.is.Resume(r)...)
		for range 10 {
			c.is.Hint()
			c.is.Say(0)
			_ = c.is.Record()
			c.run(c.is.Go()...)
			c.run(c.is.Skip()...)
		}
		if !c.is.Over() {
			t.Errorf("%+v: it stands at %d", r, c.is.At)
		}
		if rec := c.is.Record(); rec.Time < 0 || rec.Score.Right > rec.Score.Questions {
			t.Errorf("%+v: %+v", r, rec)
		}
	}
}

// TestValues holds that a seed draws the same values in every version of the program, and inside their ranges.
func TestValues(t *testing.T) {
	text := strings.Replace(head, "---\n\n", "vars:\n  n: 4 in 4..12\n  at: 100 in 32..2000\n  one: 3 in 3..3\n  edge: 2 * page - 16\n  rest: at-n*2 + one\n---\n\n", 1) + whole
	for seed, want := range map[uint64]string{
		0: "4 100 3 8176 95", 1: "12 920 3 8176 899", 2: "5 448 3 8176 441", 20: "10 1304 3 8176 1287", 1<<64 - 1: "10 896 3 8176 879",
	} {
		l, err := lesson.Parse("a.md", []byte(text), lesson.Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range l.Vars {
			got = append(got, fmt.Sprint(v.Value))
			if v.Own != []int64{4, 100, 3, 8176, 95}[len(got)-1] {
				t.Errorf("%s is %d in the file", v.Name, v.Own)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("seed %d draws %q, want %q", seed, got, want)
		}
	}
	l, err := lesson.Parse("a.md", []byte(text), lesson.Options{PageSize: 65536})
	if err != nil || l.Vars[3].Value != 2*65536-16 {
		t.Error(l, err)
	}
}
