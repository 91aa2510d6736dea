package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"incore/assets"
	"incore/ui/manual"
)

// manCommand returns "incore man", which packagers and "incore man | man -l -" read.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man [TOPIC]",
		Short:  "Print a manual page: incore(1), or that of a topic of the reference",
		Hidden: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("man takes one topic, and %q is another one; see incore man --help", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			page := programPage(cmd.Root())
			if len(args) == 1 {
				var err error
				if page, err = topicPage(args[0]); err != nil {
					return err
				}
			}
			_, err := io.WriteString(a.out, page)
			return err
		},
	}
}

// topicPage returns the manual page of a topic of the reference: incore-json(7).
func topicPage(name string) (string, error) {
	var names []string
	for _, p := range assets.Reference() {
		if p.Name == name {
			d := manual.Parse(p.Text)
			return d.Roff("incore-"+name, 7, d.Title, "incore "+version()), nil
		}
		names = append(names, p.Name)
	}
	if like := nearest(name, names); like != "" {
		return "", usage("no manual page on %q; did you mean incore man %s?", name, like)
	}
	return "", usage("no manual page on %q: there are %s", name, strings.Join(names, ", "))
}

// programPage returns incore(1).
func programPage(root *cobra.Command) string {
	d := manual.Parse("## Synopsis\n`incore` [OPTION…] [COMMAND]\n\n## Description\n" + root.Long + "\n\n## Options\n" + optionItems(root))
	add := func(markdown string) { d.Blocks = append(d.Blocks, manual.Parse(markdown).Blocks...) }
	add("## Commands")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			add("### incore " + c.Use + "\n" + c.Long + "\n" + optionItems(c))
		}
	}
	for _, name := range []string{"exit", "environment"} {
		for _, doc := range documents([]string{name}) {
			if doc.Title != "" { // not the verb of that name
				add("## " + doc.Title)
				d.Blocks = append(d.Blocks, doc.Blocks...)
			}
		}
	}
	add("## Examples\n    " + strings.ReplaceAll(root.Example, "\n", "\n    "))
	var also []string
	for _, p := range assets.Reference() {
		also = append(also, fmt.Sprintf("`incore-%s`(7)", p.Name))
	}
	add("## See also\n" + strings.Join(also, ", "))
	return d.Roff("incore", 1, strings.ToLower(root.Short[:1])+root.Short[1:], "incore "+version())
}

// optionItems returns the flags of a command, as a list.
func optionItems(c *cobra.Command) string {
	var b strings.Builder
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		kind, means := pflag.UnquoteUsage(f)
		names := "--" + f.Name
		if f.Shorthand != "" {
			names = "-" + f.Shorthand + "` `" + names
		}
		if kind != "" {
			names += " " + kind
		}
		fmt.Fprintf(&b, "- `%s`: %s\n", names, means)
	})
	return b.String()
}
