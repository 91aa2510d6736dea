// Package wire is the JSON form of what happens in a session, one object a line, both ways ([Record]).
package wire
