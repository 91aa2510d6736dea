package csource

import (
	"fmt"
	"time"

	"incore/model/lang"
)

// sessionVerbs are the verbs that make no call. C has something like two of them.
var sessionVerbs = []verb{
	{
		name: "say",
		write: writes(func(p *cProgram, c lang.Say) {
			p.header("stdio.h")
			p.line("puts(" + cString(c.Text) + ");")
		}),
		tells: true,
	},
	{
		name: "wait",
		write: writes(func(p *cProgram, c lang.Wait) {
			p.gnu = true
			p.header("time.h")
			p.line(fmt.Sprintf("nanosleep(&(struct timespec){%d, %d}, NULL);", c.For/time.Second, c.For%time.Second))
		}),
		tells: true,
	},
	{name: "speed"}, {name: "look"}, {name: "reset"}, {name: "in"}, {name: "expect"},
}
