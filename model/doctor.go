package model

import "slices"

// Checkup is one thing that incore needs, or could show more with, and whether it is here.
type Checkup struct {
	Group string // what it is of: "system", "locking"; those of one group follow each other
	Name  string // what is asked for: "mlock2", "swap"
	OK    bool   // it is here
	Found string // what was found, or why it is missing
	Means string // what that means for who uses incore; "" where Found says all
	Needs bool   // without it no subject can be started
}

// Fit reports whether incore can run where these were found.
func Fit(list []Checkup) bool {
	return !slices.ContainsFunc(list, func(c Checkup) bool { return c.Needs && !c.OK })
}
