// Package job is what a shell's job control asks of a program that has its terminal (credentials(7), tty_ioctl(4)).
package job
