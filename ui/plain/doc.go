// Package plain is the conversation in lines: a command, and in words what came of it. Whoever starts it hands it a
// lab, a writer and the lines that are typed. It knows no terminal and no screen.
package plain
