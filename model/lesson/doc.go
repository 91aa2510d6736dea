// Package lesson reads lessons: Markdown files that read well on their own and run. Prose tells, blocks of the command
// language are steps, task lists under a question are answered by the kernel, and goals are for the student to reach.
//
// A file is not trusted. It is held to bounds before it is parsed, what is not of the format is a *[lang.ParseError] with
// its place, and nothing of it runs by being read.
package lesson
