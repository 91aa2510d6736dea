package lang

import (
	"strconv"
	"strings"
	"time"

	"incore/model"
)

func parseMlock2(p *parser) (model.Command, *ParseError) {
	t, err := p.target()
	if err != nil {
		return nil, err
	}
	c := Mlock2{T: t}
	if w, ok := p.more(); ok {
		if w.text != "onfault" {
			return nil, w.wrong("mlock2 takes no other flag than onfault", Nearest(w.text, []string{"onfault"}))
		}
		c.OnFault = true
	}
	return c, nil
}

func parseMlockall(p *parser) (model.Command, *ParseError) {
	var c Mlockall
	seen := once{}
	for w, ok := p.more(); ok; w, ok = p.more() {
		switch w.text {
		case "current":
			c.Current = true
		case "future":
			c.Future = true
		case "onfault":
			c.OnFault = true
		default:
			return nil, w.wrong("no such flag of mlockall", Nearest(w.text, []string{"current", "future", "onfault"}))
		}
		if err := seen.take(w, w.text); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func parseMprotect(p *parser) (model.Command, *ParseError) {
	t, err := p.target()
	if err != nil {
		return nil, err
	}
	w, err := p.oneOf("a", "protection", protNames())
	if err != nil {
		return nil, err
	}
	prot, _ := protNamed(w)
	return Mprotect{T: t, Prot: prot}, nil
}

func parseTouch(p *parser) (model.Command, *ParseError) {
	t, err := p.target()
	if err != nil {
		return nil, err
	}
	c := Touch{T: t, Access: Write, Every: 1}
	seen := once{}
	for w, ok := p.more(); ok; w, ok = p.more() {
		if err := c.option(p, w, seen); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Touch) option(p *parser, w token, seen once) *ParseError {
	switch w.text {
	case "read", "write", "exec":
		c.Access = Access(w.text)
		return seen.take(w, "access")
	case "random":
		c.Random = true
		return seen.take(w, w.text)
	case "every":
		if err := seen.take(w, w.text); err != nil {
			return err
		}
		n, err := p.next("a number of pages after every")
		if err != nil {
			return err
		}
		every, perr := parseUint(n.text, MaxPage)
		if perr != nil || every == 0 {
			return n.wrong("every takes a number of pages from 1 on", "")
		}
		c.Every = int64(every)
		return nil
	case "at":
		if err := seen.take(w, w.text); err != nil {
			return err
		}
		var err *ParseError
		c.Rate, err = p.rate()
		c.Paced = true
		return err
	}
	return w.wrong("no such option of touch",
		Nearest(w.text, []string{"read", "write", "exec", "every", "random", "at"}))
}

func parseMemset(p *parser) (model.Command, *ParseError) {
	t, err := p.target()
	if err != nil {
		return nil, err
	}
	w, err := p.next("a byte")
	if err != nil {
		return nil, err
	}
	b, perr := parseUint(w.text, 255)
	if perr != nil {
		return nil, w.wrong("a byte is 0 to 255, or 0x00 to 0xff", "")
	}
	return Memset{T: t, Byte: byte(b)}, nil
}

func parseSay(p *parser) (model.Command, *ParseError) {
	w, err := p.next("a text")
	if err != nil {
		return nil, err
	}
	words := []string{w.text}
	for w, ok := p.more(); ok; w, ok = p.more() {
		words = append(words, w.text)
	}
	return Say{Text: strings.Join(words, " ")}, nil
}

// MaxWait is the longest that a wait may last, so that a file from elsewhere
// cannot hold the program for ever.
const MaxWait = time.Hour

func parseWait(p *parser) (model.Command, *ParseError) {
	w, err := p.next("a duration, such as 2s or 500ms")
	if err != nil {
		return nil, err
	}
	d, perr := time.ParseDuration(w.text)
	switch {
	case perr != nil && isDigits(w.text):
		return nil, w.wrong("a duration has a unit", w.text+"s")
	case perr != nil:
		return nil, w.wrong("not a duration, such as 2s or 500ms", "")
	case d < 0 || d > MaxWait:
		return nil, w.wrong("a wait lasts from 0s to 1h", "")
	}
	return Wait{For: d}, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func parseSpeed(p *parser) (model.Command, *ParseError) {
	r, err := p.rate()
	if err != nil {
		return nil, err
	}
	return Speed{Rate: r}, nil
}

// MaxRate is the highest pace that can be written, in pages a second; what is
// faster than the machine is max.
const MaxRate Rate = 1_000_000_000

// rate takes the next word as a pace: 200/s or max.
func (p *parser) rate() (Rate, *ParseError) {
	w, err := p.next("a rate, such as 200/s, or max")
	if err != nil {
		return 0, err
	}
	if w.text == "max" {
		return 0, nil
	}
	digits, ok := strings.CutSuffix(w.text, "/s")
	n, perr := strconv.ParseInt(digits, 10, 64)
	switch {
	case !isDigits(digits):
		return 0, w.wrong("not a rate, such as 200/s or max", "")
	case perr != nil || n < 1 || n > int64(MaxRate):
		return 0, w.wrong("a rate is from 1/s to 1000000000/s, or max", "")
	case !ok:
		return 0, w.wrong("a rate is written in pages a second", w.text+"/s")
	}
	return Rate(n), nil
}
