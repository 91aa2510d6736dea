// Package lang is the command language: the commands, one struct a verb, and how they are read from a
// line or a file, written as one, and listed for help and completion. What an expect asks, and whether
// it holds of a state, is here too.
//
// A command's String is its line in the shortest form, and parses back to the same command. Text is
// parsed where a person typed it or a file holds it, and nowhere else.
package lang
