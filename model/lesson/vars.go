package lesson

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"incore/model/lang"
)

// Var is a value that a lesson names.
type Var struct {
	Name    string // as {{name}} has it
	Own     int64  // the file's own value; of an expression what it comes to with the file's own values
	Low     int64  // of a range, the least; else 0
	High    int64  // of a range, the most; else 0
	Expr    string // of an expression, as written; "" of a range
	Value   int64  // that stands for it here
	line    int
	col     int
	exprCol int
}

// addVar notes a line under vars.
func (f *frontReader) addVar(n, col int, name string, valueCol int, value string) *lang.ParseError {
	v := Var{Name: name, line: n, col: col, exprCol: valueCol}
	switch {
	case !isVarName(name):
		return f.wrong(n, col, name, "not a name, such as n or rest_2", "")
	case name == "page":
		return f.wrong(n, col, name, "page is the page size in bytes", "take another name")
	case value == "":
		return f.wrong(n, col, name, "a value without a number", "write "+name+": 4 in 4..12")
	case len(f.vars) == MaxVars:
		return f.wrong(n, col, name, "more than 50 values", "")
	}
	for _, old := range f.vars {
		if old.Name == name {
			return f.wrong(n, col, name, "said twice", "")
		}
	}
	own, rng, isRange := strings.Cut(value, " in ")
	if !isRange {
		v.Expr = value
		f.vars = append(f.vars, v)
		return nil
	}
	low, high, ok := strings.Cut(strings.TrimSpace(rng), "..")
	var errs [3]error
	v.Own, errs[0] = strconv.ParseInt(strings.TrimSpace(own), 10, 64)
	v.Low, errs[1] = strconv.ParseInt(low, 10, 64)
	v.High, errs[2] = strconv.ParseInt(high, 10, 64)
	switch {
	case !ok || errs != [3]error{}:
		return f.wrong(n, valueCol, value, "not a value and its range", "write "+name+": 4 in 4..12")
	case v.Low < 0 || v.High > MaxValue || v.Low > v.High:
		return f.wrong(n, valueCol, value, "a range out of 0..2^40", "")
	case v.Own < v.Low || v.Own > v.High:
		return f.wrong(n, valueCol, value, "the value is out of its range", "")
	}
	f.vars = append(f.vars, v)
	return nil
}

func isVarName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '_' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

// draw gives each variable its value: the file's own by seed 0, else one drawn from its range. One seed draws the same
// values in every version of the program.
func draw(file string, vars []Var, seed uint64, page int64) *lang.ParseError {
	dice := rand.NewPCG(seed, 0x696e636f7265)
	own, here := map[string]int64{"page": page}, map[string]int64{"page": page}
	for i := range vars {
		v := &vars[i]
		if v.Expr == "" {
			v.Value = v.Own
			if drawn := dice.Uint64(); seed != 0 {
				v.Value = v.Low + int64(drawn%uint64(v.High-v.Low+1))
			}
		} else {
			for _, of := range []struct {
				names map[string]int64
				out   *int64
			}{{own, &v.Own}, {here, &v.Value}} {
				n, msg := evaluate(v.Expr, of.names)
				if msg == "" && (n < 0 || n > MaxValue) {
					msg = fmt.Sprintf("%s comes to %d, out of 0..2^40", v.Name, n)
					if seed != 0 {
						msg += fmt.Sprintf(" (by seed %d)", seed)
					}
				}
				if msg != "" {
					return &lang.ParseError{File: file, Line: v.line, Col: v.exprCol, Word: v.Expr, Msg: msg}
				}
				*of.out = n
			}
		}
		own[v.Name], here[v.Name] = v.Own, v.Value
	}
	return nil
}

// evaluate is what an expression of + - * comes to, or what is wrong with it.
func evaluate(expr string, names map[string]int64) (int64, string) {
	sum, term, sign, times := int64(0), int64(1), int64(1), false
	wantValue := true
	words := strings.Fields(strings.NewReplacer("+", " + ", "-", " - ", "*", " * ").Replace(expr))
	for _, w := range words {
		if strings.Contains("+-*", w) {
			if wantValue {
				return 0, "a value is missing before " + w
			}
			if wantValue, times = true, w == "*"; !times {
				sum, term = sum+sign*term, 1
				if sign = 1; w == "-" {
					sign = -1
				}
			}
			continue
		}
		n, known := names[w]
		if w[0] >= '0' && w[0] <= '9' {
			number, err := strconv.ParseInt(w, 10, 64)
			if errors.Is(err, strconv.ErrRange) {
				number, err = MaxValue+1, nil
			}
			n, known = number, err == nil
		}
		switch {
		case !wantValue:
			return 0, "an operator is missing before " + w
		case !known:
			return 0, "no earlier value is called " + w
		case n > MaxValue, n != 0 && term > MaxValue/n, sum > MaxValue, sum < -MaxValue:
			return 0, "a value out of 0..2^40"
		}
		term, wantValue = term*n, false
	}
	if wantValue {
		return 0, "a value is missing at the end"
	}
	return sum + sign*term, ""
}
