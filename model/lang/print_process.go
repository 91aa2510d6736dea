package lang

import (
	"strconv"

	"incore/model"
)

// String is the amount as it is written: 64K, unlimited.
func (a Amount) String() string {
	if a.Unlimited {
		return "unlimited"
	}
	return a.Size.String()
}

// The lines of the commands: each String implements fmt.Stringer.

func (c Mremap) String() string { return line("mremap", c.Name, c.Size.String()) }
func (c Mseal) String() string  { return line("mseal", c.T.String()) }

func (c PosixFadvise) String() string {
	return line("posix_fadvise", c.T.String(), model.Visible(string(c.Advice)))
}

func (c Msync) String() string { return line("msync", c.T.String(), model.Visible(string(c.Mode))) }

func (c Brk) String() string {
	if c.Down {
		return line("brk", "-"+c.Size.String())
	}
	return line("brk", "+"+c.Size.String())
}

func (c Malloc) String() string  { return line("malloc", c.Name, c.Size.String()) }
func (c Free) String() string    { return line("free", c.Name) }
func (c Mallopt) String() string { return line("mallopt", "mmap_threshold", c.Threshold.String()) }
func (c Shmget) String() string  { return line("shmget", c.Name, c.Size.String()) }
func (c Shmctl) String() string  { return line("shmctl", c.Name, model.Visible(string(c.Op))) }
func (c Fork) String() string    { return line("fork", c.Name) }
func (c In) String() string      { return line("in", c.Proc, c.Do.String()) }
func (c Execve) String() string  { return "exec" }

// String implements fmt.Stringer: the command's line. The code 0 is left out.
func (c Exit) String() string { return line("exit", when(c.Code != 0, strconv.Itoa(c.Code))) }
func (c Kill) String() string { return line("kill", model.Visible(c.Signal)) }

// String implements fmt.Stringer: the command's line. What is the default is left out.
func (c SetSignal) String() string {
	return line("signal", model.Visible(c.Signal), when(c.Die, "die"))
}

func (c Setrlimit) String() string {
	if c.Hard != nil {
		return line("setrlimit", "memlock", c.Soft.String(), c.Hard.String())
	}
	return line("setrlimit", "memlock", c.Soft.String())
}

func (c Capset) String() string { return line("capset", "-"+model.Visible(c.Drop)) }

func (c Memcg) String() string {
	if c.Limit.Unlimited {
		return line("memcg", "max")
	}
	return line("memcg", c.Limit.String())
}
