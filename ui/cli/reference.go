package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"incore/assets"
	"incore/model/lang"
	"incore/ui/manual"
)

// helpCommand is "incore help": of a command its help, of a word what the reference and the help say of it, alone
// what there is to read.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [TOPIC|COMMAND]",
		Short: "Read the reference, or the help of a command",
		Long: `help prints the reference: the language, the keys, JSON Lines and more. A topic
can also be a page of the screen's help, as locks, or a verb of the language, as
mlock. Without a topic it lists what there is to read.`,
		Example: `incore help
incore help language
incore help mlock`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return readable(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.tell(listOfTopics(cmd.Root()))
			}
			if of, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				of.InitDefaultHelpFlag()
				return of.Help()
			}
			docs := documents(args)
			if len(docs) == 0 {
				return noHelp(cmd.Root(), args)
			}
			return a.tell(docs...)
		},
	}
}

// noHelp says that there is nothing to read of some words, and what was probably meant. A word of two letters is near
// to too many.
func noHelp(root *cobra.Command, args []string) error {
	name := strings.Join(args, " ")
	if len(args) == 1 && len(name) > 2 {
		if like := nearest(name, append(readable(root), lang.VerbNames()...)); like != "" {
			return usage("no help on %q; did you mean incore help %s?", name, like)
		}
	}
	return usage("no help on %q; incore help lists what there is", name)
}

// readable lists the commands and the topics, without the verbs.
func readable(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	for _, p := range slices.Concat(assets.Reference(), assets.Help()) {
		names = append(names, p.Name)
	}
	return names
}

// documents are what there is to read of a name: fork is a verb and a topic.
func documents(args []string) (docs []manual.Doc) {
	if len(args) != 1 {
		return nil
	}
	for _, v := range lang.Verbs() {
		if v.Name == args[0] {
			docs = append(docs, manual.Doc{Blocks: []manual.Block{{Kind: manual.Item, Term: "`" + v.Usage + "`", Text: v.Help}}})
		}
	}
	for _, p := range slices.Concat(assets.Reference(), assets.Help()) {
		if p.Name == args[0] {
			docs = append(docs, manual.Parse(p.Text))
		}
	}
	return docs
}

// listOfTopics is what incore help prints.
func listOfTopics(root *cobra.Command) manual.Doc {
	heading := func(text string) manual.Block { return manual.Block{Kind: manual.Heading, Level: 2, Text: text} }
	item := func(term, text string) manual.Block {
		return manual.Block{Kind: manual.Item, Term: "`" + term + "`", Text: text}
	}
	blocks := []manual.Block{heading("Commands: incore run --help")}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			blocks = append(blocks, item(c.Name(), c.Short))
		}
	}
	blocks = append(blocks, heading("Reference: incore help language"))
	for _, p := range assets.Reference() {
		blocks = append(blocks, item(p.Name, manual.Parse(p.Text).Title))
	}
	names := func(all []string) manual.Block {
		return manual.Block{Text: "`" + strings.Join(all, "` `") + "`"}
	}
	var topics []string
	for _, p := range assets.Help() {
		topics = append(topics, p.Name)
	}
	blocks = append(blocks, heading("What the kernel does: incore help locks"), names(topics),
		heading("Verbs of the language: incore help mlock"), names(lang.VerbNames()))
	return manual.Doc{Title: root.Short, Blocks: blocks}
}

// tell prints documents, as wide as the terminal has room for.
func (a *app) tell(docs ...manual.Doc) error {
	var lines []string
	style := a.helpStyle()
	for i, d := range docs {
		if i > 0 {
			lines = append(lines, "")
		}
		if a.asciiOnly() {
			d = d.Mapped(inASCII)
		}
		lines = append(lines, d.Text(a.textWidth(), style)...)
	}
	_, err := io.WriteString(a.out, strings.Join(lines, "\n")+"\n")
	return err
}

// helpStyle is how a terminal shows the reference: as the screen does its help. It is nil where there is no terminal.
func (a *app) helpStyle() manual.Style {
	if !a.terminal {
		return nil
	}
	st := a.chrome()
	return func(ink manual.Ink, s string) string {
		switch ink {
		case manual.Title, manual.Section:
			return st.Heading.Render(s)
		case manual.Typed:
			return st.Code.Render(s)
		}
		return s
	}
}

// arrowWords are the arrows of the keys, in words.
var arrowWords = strings.NewReplacer("←↑↓→", "arrows", "←→ ↑↓", "arrows", "←→", "left right", "↑↓", "up down", "↑", "up", "↓", "down")

// inASCII is a text of the reference without what ASCII lacks.
func inASCII(s string) string {
	lines := strings.Split(arrowWords.Replace(s), "\n")
	for i, line := range lines {
		lines[i] = shown(line, true)
	}
	return strings.Join(lines, "\n")
}
