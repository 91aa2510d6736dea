package course

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"incore/memops"
	"incore/model/lesson"
)

// What the lessons of the tests are put together from. Lines of a body count from 6.
const (
	head  = "---\ntitle: T\nsummary: S.\nminutes: 1\n---\n"
	whole = "\n```incore\nreset\nmmap z 4\n```\n\n```goal\nexpect all z resident\n```\n\n<!-- solution:\ntouch z\n-->\n"
)

func onKernel(ctx context.Context) (Lab, error) {
	l, err := memops.Open(ctx, memops.Options{Sharing: true})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// live skips a test where no subject can be started.
func live(t *testing.T) {
	t.Helper()
	l, err := onKernel(t.Context())
	if err != nil {
		t.Skip("no subject can be started here: ", err)
	}
	l.Close()
}

func parsed(t *testing.T, text string, seed uint64) *lesson.Lesson {
	t.Helper()
	l, err := lesson.Parse("a.md", []byte(text), lesson.Options{Seed: seed, PageSize: int64(os.Getpagesize())})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// said is what the check of a lesson says: a line for each thing, and what is wrong beneath it.
func said(t *testing.T, text string, seed uint64, most time.Duration) string {
	t.Helper()
	var b strings.Builder
	err := check(t.Context(), onKernel, parsed(t, text, seed), most, func(r Result) {
		word := "ok"
		switch {
		case r.Skipped != "":
			word = "skipped, " + r.Skipped
		case !r.OK:
			word = "FAILED"
		}
		fmt.Fprintf(&b, "%d %s: %s\n", r.Line, r.Kind, word)
		for _, w := range r.Wrong {
			fmt.Fprintf(&b, "  %s\n", w)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const good = `
~~~incore
mmap a 4
touch a[0]
expect ok
~~~

~~~incore
expect no a locked
~~~

~~~grid
  a  *...
~~~

How many?

- [ ] None.
      ~expect vmlck 0~ ~expect ok~
- [ ] One.
      ~expect vmlck 1~

~~~incore
mlock a[0]
~~~

~~~grid
main
  a  *...
     L
~~~

Which?

- [ ] this
- [x] that

~~~incore
munlock a
~~~
`

func md(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "~~~", "```"), "~", "`")
}

// TestCheckTellsWhatIsWrong holds, on the real kernel, that each kind of mistake fails with its line and in words, and that the
// rest of the lesson is checked all the same.
func TestCheckTellsWhatIsWrong(t *testing.T) {
	live(t)
	change := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("%q is not in it", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	for _, c := range []struct{ name, body, want string }{
		{"nothing", good, ""},
		{"expect of a step", change("expect ok", "expect minor 2"), "7 step: FAILED\n  a.md:10: expect minor 2: "},
		{"refused", change("touch a[0]", "touch b[0]"), "7 step: FAILED\n  a.md:9: touch b[0]: "},
		{"facts", change("expect no a locked", "expect no a unlocked"), "13 facts: FAILED\n  a.md:14: expect no a unlocked: "},
		{"facts of no region", change("expect no a locked", "expect no b locked"), "13 facts: FAILED\n  a.md:14: expect no b locked: "},
		{"picture", change("a  *...", "a  **.."), "17 picture: FAILED\n  a.md:18: the picture has [**..] []; it is [*...] []"},
		{"picture of another length", change("a  *...", "a  *.."), "17 picture: FAILED\n  a.md:18: the picture has [*..] []; it is [*...] []"},
		{"picture without its lock", change("     L\n", ""), "32 picture: FAILED\n  a.md:34: the picture has [*...] []; it is [*...] [L]"},
		{"picture of nothing", change("a  *...", "b  *..."), "17 picture: FAILED\n  a.md:18: the picture has b of main, and there is none"},
		{"picture of no process", change("main\n", "child\n"), "32 picture: FAILED\n  a.md:34: the picture has a of child, and there is none"},
		{"no picture", change("  a  *...", "  a  *x.."), "17 picture: FAILED\n  a.md:18: "},
		{"no option is true", change("expect vmlck 1", "expect vmlck 2"), "21 question: FAILED\n  a.md:21: no option of the question is true\n  a.md:24: option 1: expect vmlck 0: "},
		{"two options are true", change("expect vmlck 0", "expect vmlck > 0"), "21 question: FAILED\n  a.md:21: options 1 and 2 of the question are true"},
		{"option beside the point", change("expect vmlck 0", "expect no b locked"), "21 question: FAILED\n  a.md:24: option 1 cannot be asked: expect no b locked: "},
		{"option of no process", change("expect vmlck 0", "in child expect vmlck 0"), "21 question: FAILED\n  a.md:24: option 1 cannot be asked: in child expect vmlck 0: "},
		{"refused in the step that answers", change("mlock a[0]", "mlock b"), "28 step: FAILED\n  a.md:29: mlock b: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := said(t, head+md(c.body)+whole, 0, time.Minute)
			if !strings.Contains(got, c.want) {
				t.Errorf("it says\n%s\nwant within\n%s", got, c.want)
			}
			if c.want == "" && strings.Contains(got, "FAILED") {
				t.Errorf("it says\n%s", got)
			}
			if strings.Count(got, "goal: ok") != 1 {
				t.Errorf("the end was not checked:\n%s", got)
			}
		})
	}
}

func TestCheckGoals(t *testing.T) {
	live(t)
	for _, c := range []struct{ name, goal, solution, want string }{
		{"good", "expect all a resident", "touch a", "11 goal: ok\n"},
		{"at the start", "expect no a resident", "touch a", "11 goal: FAILED\n  a.md:11: the goal is reached before anything is done\n"},
		{"not reached", "expect all a resident\nexpect ok", "touch a[0]", "11 goal: FAILED\n  a.md:11: the solution does not reach the goal\n  a.md:12: expect all a resident: "},
		{"of a region to come", "expect all b resident", "mmap b 1\ntouch b", "11 goal: ok\n"},
		{"of a process to come", "in child expect all a resident", "touch a\nfork child", "11 goal: ok\n"},
		{"reached on the way", "expect vmlck 4", "mlock a\nmunlock a", "11 goal: ok\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := "\n```incore\nmmap a 4\n```\n\n```goal\n" + c.goal + "\n```\n\n<!-- solution:\n" + c.solution + "\n-->\n"
			if got := said(t, head+body, 0, time.Minute); !strings.Contains(got, c.want) {
				t.Errorf("it says\n%s\nwant within\n%s", got, c.want)
			}
		})
	}
}

// What a seed draws is told with what is wrong, and pictures are of the file's own values alone.
func TestCheckWithASeed(t *testing.T) {
	live(t)
	text := strings.Replace(head, "minutes: 1\n", "minutes: 1\nvars:\n  n: 4 in 4..1000\n", 1) +
		"\n```incore\nmmap a {{n}}\ntouch a\nexpect minor 4\n```\n\n```grid\n  a  ....\n```\n" + whole
	if got := said(t, text, 3, time.Minute); !strings.Contains(got, "9 step: FAILED\n  a.md:12: expect minor 4: ") || !strings.Contains(got, " (seed 3)\n") || strings.Contains(got, "picture") {
		t.Error(got)
	}
}

// TestCheckEnds holds that a lesson cannot keep a check for as long as it likes.
func TestCheckEnds(t *testing.T) {
	live(t)
	for name, commands := range map[string]string{
		"wait":        "wait 1h",
		"a slow loop": "mmap a 1T noreserve\ntouch a read at 1/s",
		"a long loop": "mmap a 16T noreserve\nmincore a\nmlock a\nmadvise a dontneed",
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			got := said(t, head+"\n```incore\n"+commands+"\n```\n"+whole, 0, time.Second)
			if strings.Contains(commands, "/s") || strings.HasPrefix(commands, "wait") {
				if want := "7 lesson: FAILED\n  a.md:7: the check has taken 1s, which is the most; it ends here\n"; got != want {
					t.Errorf("it says\n%s\nwant\n%s", got, want)
				}
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			t.Log(time.Since(began), got)
		})
	}
}

// lockSegmentsAlone waits until no other test of this user locks segments: the kernel counts those by the user, and the tests of memops
// lock some at a low limit.
func lockSegmentsAlone(t *testing.T) {
	t.Helper()
	dir, err := os.Open(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(dir.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestCheckLessons checks the lessons of the course with their own values and with 20 seeds.
func TestCheckLessons(t *testing.T) {
	live(t)
	seeds := uint64(20)
	if testing.Short() {
		seeds = 1
	}
	for _, b := range Builtin() {
		t.Run(b.Name, func(t *testing.T) {
			if strings.Contains(string(b.Source), "shmctl") {
				lockSegmentsAlone(t)
			}
			for seed := range seeds + 1 {
				checkBook(t, b, seed)
			}
		})
	}
}

func checkBook(t *testing.T, b Book, seed uint64) {
	t.Helper()
	l, err := lesson.Parse(b.Name, b.Source, lesson.Options{Seed: seed, PageSize: int64(os.Getpagesize())})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = Check(t.Context(), onKernel, l, func(r Result) {
		if n++; r.Skipped != "" && seed == 0 {
			t.Logf("line %d is skipped: %s", r.Line, r.Skipped)
		}
		for _, w := range r.Wrong {
			t.Error(w)
		}
	})
	if err != nil || n == 0 {
		t.Error(err, n)
	}
}

// TestCheckFollowsEachCommand holds that whatever a step does, what it came to is told of, and the expects behind it are counted.
func TestCheckFollowsEachCommand(t *testing.T) {
	live(t)
	for name, commands := range map[string]string{
		"words":              "say hello # and a comment\nwait 1ms\nlook zoom big\nspeed max\nsay 'with  blanks'",
		"reset":              "reset\nreset\nmmap a 4",
		"what is quoted":     "mmap  'a'  4\nmemset   a   0x41",
		"sizes":              "mmap b 4096B\nmmap c 4K\nmmap d 1M private anon rw",
		"a process":          "fork child\nin child mmap b 1\nin child fork grandchild\nin grandchild exit 3",
		"the end of one":     "fork child\nin child kill SIGKILL",
		"another program":    "mmap b 1\nexec",
		"its own end":        "exit 3",
		"a signal":           "mmap b 1 none\ntouch b",
		"a deadly one":       "signal SIGSEGV die\nmmap b 1 none\ntouch b",
		"refused":            "touch nothing",
		"of no process":      "in nobody touch a",
		"behind its end":     "kill SIGKILL\nmmap b 1",
		"heap":               "malloc b 100B\nfree b\nbrk +4\nmallopt mmap_threshold 64K",
		"a limit":            "setrlimit memlock 64K\nmlockall  current  future",
		"shared memory":      "shmget s 4\nshmat b of s\nshmdt b",
		"the same once more": "mmap b 1\nmmap b 1\ntouch b\ntouch b",
	} {
		t.Run(name, func(t *testing.T) {
			text := head + "\n```incore\n" + commands + "\nexpect ok\nexpect alive\n```\n\n```incore\nreset\nmmap q 1\nexpect ok\n```\n" + whole
			l, err := lesson.Parse("a.md", []byte(text), lesson.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			err = check(t.Context(), onKernel, l, time.Minute, func(r Result) {
				got = append(got, fmt.Sprintf("%d %s %v %q", r.Line, r.Kind, r.OK, r.Wrong))
			})
			if err != nil || len(got) != 4 || strings.Contains(strings.Join(got, "\n"), "not asked") || strings.Contains(got[1]+got[2]+got[3], "false") {
				t.Errorf("%v\n%s", err, strings.Join(got, "\n"))
			}
		})
	}
}
