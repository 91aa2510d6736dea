// Command incore shows what really happens to the pages of a process.
package main

import (
	"os"

	"incore/ui/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
