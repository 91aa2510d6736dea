package lang

import (
	"strings"

	"incore/model"
)

// parseBrk reads the one word of brk, a size behind its sign.
func parseBrk(p *parser) (model.Command, *ParseError) {
	w, err := p.next("a size with its sign, such as +64K or -64K")
	if err != nil {
		return nil, err
	}
	sign, size := "", w
	if strings.HasPrefix(w.text, "+") || strings.HasPrefix(w.text, "-") {
		sign, size = w.text[:1], token{w.text[1:], w.col + 1}
	}
	s, err := parseSize(size)
	switch {
	case sign == "" && err == nil:
		return nil, w.wrong("the size needs a sign, + for up and - for down", "+"+w.text)
	case sign != "" && size.text == "":
		return nil, w.wrong("the size follows its sign in one word, such as +64K", "")
	case err != nil:
		return nil, err
	}
	return Brk{Size: s, Down: sign == "-"}, nil
}

func parseMallopt(p *parser) (model.Command, *ParseError) {
	const threshold = "mmap_threshold"
	w, err := p.next("the name of an option: " + threshold)
	if err != nil {
		return nil, err
	}
	if w.text != threshold {
		return nil, w.wrong("no other option than mmap_threshold is known", Nearest(w.text, []string{threshold}))
	}
	s, err := p.size()
	if err != nil {
		return nil, err
	}
	return Mallopt{Threshold: s}, nil
}

func parseShmctl(p *parser) (model.Command, *ParseError) {
	name, err := p.name("the name of a region that shmget made")
	if err != nil {
		return nil, err
	}
	op, err := p.oneOf("an", "operation", shmOps)
	if err != nil {
		return nil, err
	}
	return Shmctl{Name: name, Op: ShmOp(op)}, nil
}
