package lang

import (
	"strings"
	"time"
	"unicode"

	"incore/model"
)

// The commands of the session as a whole.
type (
	// Reset ends the subject and starts a fresh one.
	Reset struct{}
	// Say shows Text.
	Say struct{ Text string }
	// Wait does nothing for the duration For, which is MaxWait at most.
	Wait struct{ For time.Duration }
	// Look says what the screen shows from now on. Without a screen it does nothing.
	Look struct {
		Lens string       // one of LensNames, or "" for the one that is looked through
		Zoom string       // one of ZoomNames, or "" for the one that is
		T    model.Target // pages that the cursor goes to, of the process that looks; the zero value is where it is
	}
	// Speed sets the pace of touches that name none to Rate.
	Speed struct{ Rate Rate }
)

// LensNames are what [Look] can look through, in the order of the screen's lenses.
var LensNames = []string{"residency", "protection", "touches", "sharing", "age"}

// The zooms of [Look].
const (
	ZoomAuto      = "auto" // chosen by the room there is
	ZoomBig       = "big"
	ZoomChips     = "chips"
	ZoomDense     = "dense"
	ZoomAggregate = "aggregate" // a column is many pages
	ZoomFit       = "fit"       // all of the region
)

// ZoomNames are the zooms of [Look].
var ZoomNames = []string{ZoomAuto, ZoomBig, ZoomChips, ZoomDense, ZoomAggregate, ZoomFit}

var sessionVerbs = []verb{
	ofSession(row("End the subject and start a fresh one, without regions.", Reset{})),
	ofSession(row("Show a text.", Say{}, text())),
	ofSession(row("Do nothing for a while: 2s, 500ms.", Wait{},
		need(duration("500ms", "1s", "5s"), func(c *Wait) *time.Duration { return &c.For }))),
	ofSession(row("Set the pace of touches that name none: 200/s.", Speed{},
		need(rate("10/s", "100/s", "1000/s"), func(c *Speed) *Rate { return &c.Rate }))),
	row("Set what the screen shows: the lens, the zoom, the page of the cursor. Without a screen it does nothing.", Look{},
		lookOptions(),
		may(target(), func(c *Look) *model.Target { return &c.T })),
	row("Check the last call or the state against the kernel.", Expect{}, checks()),
}

func lookOptions() part[Look] {
	return options("",
		keyed("lens", "lens", oneOf[string]("a", "lens", LensNames), func(c *Look, v string) { c.Lens = v },
			func(c *Look) (string, bool) { return c.Lens, c.Lens != "" }),
		keyed("zoom", "zoom", oneOf[string]("a", "zoom", ZoomNames), func(c *Look, v string) { c.Zoom = v },
			func(c *Look) (string, bool) { return c.Zoom, c.Zoom != "" }),
	)
}

// text is all the words that follow. Those that need no quotes are written without.
func text() part[Say] {
	k := Kind{Form: FormText, Usage: "TEXT", What: "a text"}
	return part[Say]{
		Part: Part{Kind: k, Usage: k.Usage},
		read: func(p *parser, c *Say) *ParseError {
			w, err := p.next(&k)
			if err != nil {
				return err
			}
			all := []string{w.text}
			for w, ok := p.more(); ok; w, ok = p.more() {
				all = append(all, w.text)
			}
			c.Text = strings.Join(all, " ")
			return nil
		},
		write: func(w *words, c *Say) {
			text := model.Visible(c.Text)
			plain := !strings.ContainsAny(text, `'"\#`) &&
				strings.IndexFunc(text, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) < 0
			if plain && text != "" && text == strings.Join(strings.Fields(text), " ") {
				w.add(text)
				return
			}
			w.add(Quote(text))
		},
	}
}

// Remark implements [model.Remark].
func (Say) Remark() bool { return true }

// Remark implements [model.Remark].
func (Wait) Remark() bool { return true }

// Remark implements [model.Remark].
func (Look) Remark() bool { return true }

// Verb and String implement [model.Command].

func (Reset) Verb() string  { return "reset" }
func (Say) Verb() string    { return "say" }
func (Wait) Verb() string   { return "wait" }
func (Look) Verb() string   { return "look" }
func (Speed) Verb() string  { return "speed" }
func (Expect) Verb() string { return "expect" }

func (c Reset) String() string  { return printed(c) }
func (c Say) String() string    { return printed(c) }
func (c Wait) String() string   { return printed(c) }
func (c Look) String() string   { return printed(c) }
func (c Speed) String() string  { return printed(c) }
func (c Expect) String() string { return printed(c) }
