package lang

import "incore/model"

// The commands that lock pages.
type (
	// Mlock locks the pages of T.
	Mlock struct{ T model.Target }
	// Mlock2 locks the pages of T, with MLOCK_ONFAULT where OnFault is set.
	Mlock2 struct {
		T       model.Target
		OnFault bool
	}
	// Munlock unlocks the pages of T.
	Munlock struct{ T model.Target }
	// Mlockall locks the address space: Current what is mapped now (MCL_CURRENT), Future what will be
	// (MCL_FUTURE), OnFault each page not before it is touched (MCL_ONFAULT). mlockall(2) has the flags.
	Mlockall struct{ Current, Future, OnFault bool }
	// Munlockall unlocks the address space.
	Munlockall struct{}
)

var lockVerbs = []verb{
	row("Lock pages: bring them in now and keep them in.", Mlock{}, need(target(), func(c *Mlock) *model.Target { return &c.T })),
	row("Lock pages; with onfault each one as it is first touched.", Mlock2{},
		need(target(), func(c *Mlock2) *model.Target { return &c.T }),
		options("mlock2 takes no other flag than onfault", flag("onfault", func(c *Mlock2) *bool { return &c.OnFault }))),
	row("Unlock pages, whole ones, whoever else has a secret there.", Munlock{},
		need(target(), func(c *Munlock) *model.Target { return &c.T })),
	row("Lock all that is mapped (current), all that will be (future), or both.", Mlockall{},
		options("no such flag of mlockall",
			flag("current", func(c *Mlockall) *bool { return &c.Current }),
			flag("future", func(c *Mlockall) *bool { return &c.Future }),
			flag("onfault", func(c *Mlockall) *bool { return &c.OnFault }))),
	row("Unlock everything, and forget about future mappings.", Munlockall{}),
}

// Verb and String implement [model.Command].

func (Mlock) Verb() string      { return "mlock" }
func (Mlock2) Verb() string     { return "mlock2" }
func (Munlock) Verb() string    { return "munlock" }
func (Mlockall) Verb() string   { return "mlockall" }
func (Munlockall) Verb() string { return "munlockall" }

func (c Mlock) String() string      { return printed(c) }
func (c Mlock2) String() string     { return printed(c) }
func (c Munlock) String() string    { return printed(c) }
func (c Mlockall) String() string   { return printed(c) }
func (c Munlockall) String() string { return printed(c) }
