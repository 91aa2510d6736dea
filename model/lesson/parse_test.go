package lesson_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

var update = flag.Bool("update", false, "write what the lessons are parsed into anew")

// What the texts of tests are put together from: a front matter, and what a lesson has to have besides.
const (
	head  = "---\ntitle: T\nsummary: S.\nminutes: 1\n---\n\n"
	vars  = "---\ntitle: T\nsummary: S.\nminutes: 1\nvars:\n  n: 4 in 4..12\n  secret_name: 10000 in 1..20000\n---\n\n"
	whole = "\n\n```goal\nexpect vmlck 1\n```\n\n<!-- solution:\nmlock a\n-->\n"

	step    = "```incore\nmmap a 4\n```\n"
	options = "- [ ] one\n      `expect vmlck 1`\n- [ ] two\n      `expect vmlck 2`\n"
)

// What is not of the format, and the place and words of the error. Lines of a text behind head count from 7.
var wrongs = []struct{ name, text, want string }{
	// The file.
	{"empty", "", "1:1: a lesson begins with a front matter between two lines of --- (see incore help lesson-format)"},
	{"no front matter", "# T\n", "1:1: a lesson begins with a front matter between two lines of --- (see incore help lesson-format)"},
	{"front matter not closed", "---\ntitle: T\n", `1:1: the front matter is not closed: "---" (a second line of --- ends it)`},
	{"not UTF-8", head + "ab\xffc" + whole, `7:3: not UTF-8 text: "\xff"`},
	{"not UTF-8 in the front matter", "---\ntitle: \xc3\x28\n---\n", `2:8: not UTF-8 text: "\xc3"`},
	{"surrogate", head + "a\xed\xa0\x80" + whole, `7:2: not UTF-8 text: "\xed"`},
	{"tab", head + "é\ta" + whole, "7:2: a tab (write spaces)"},
	{"escape sequence", head + "aé\x1b[31m" + whole, `7:3: control characters are not taken: "\x1b"`},
	{"C1", head + "a\u009b31m" + whole, `7:2: control characters are not taken: "\u009b"`},
	{"direction override", head + "a\u202eb" + whole, `7:2: control characters are not taken: "\u202e"`},
	{"zero width space", head + "a\u200bb" + whole, `7:2: control characters are not taken: "\u200b"`},
	{"line separator", head + "a\u2028b" + whole, `7:2: control characters are not taken: "\u2028"`},
	{"private use", head + "a\ue000b" + whole, `7:2: control characters are not taken: "\ue000"`},
	{"NUL", head + "a\x00b" + whole, `7:2: control characters are not taken: "\x00"`},
	{"a return alone", head + "a\rb" + whole, `7:2: control characters are not taken: "\x0d"`},
	{"byte order mark within", head + "a\ufeffb" + whole, `7:2: control characters are not taken: "\ufeff"`},
	{"long line", head + strings.Repeat("a", lesson.MaxLine+1) + whole, "7:1: the line is longer than 1000 bytes"},
	{"long by its values", strings.Replace(head, "---\n\n", "vars:\n  n: 1000000000 in 1..1000000000\n---\n\n", 1) + strings.Repeat("{{n}}", 101) + whole,
		"9:1: the line is longer than 1000 bytes"},
	{"deep quotes", head + strings.Repeat("> ", 17) + "a" + whole, "7:1: more than 16 lists and quotes within each other"},
	{"deep lists", head + strings.Repeat("- ", 17) + "a" + whole, "7:1: more than 16 lists and quotes within each other"},
	{"deep numbered lists", head + strings.Repeat("1. ", 17) + "a" + whole, "7:1: more than 16 lists and quotes within each other"},
	{"many marks together", head + strings.Repeat(strings.Repeat("a*[b]_", 25)+"\n", 11) + whole, "17:1: more than 1000 of * _ [ ] without an empty line"},
	{"many lines together", head + strings.Repeat("a\n", 201) + whole, "207:1: more than 200 lines without an empty one"},

	// The front matter.
	{"unknown key", "---\ntitel: T\n---\n", `2:1: no such key of the front matter: "titel" (did you mean title?)`},
	{"unknown key of another kind", "---\nauthor: T\n---\n", `2:1: no such key of the front matter: "author"`},
	{"no title", "---\nsummary: S.\nminutes: 1\n---\n", "1:1: the front matter has no title (write title: …)"},
	{"no summary", "---\ntitle: T\nminutes: 1\n---\n", "1:1: the front matter has no summary (write summary: …)"},
	{"no minutes", "---\ntitle: T\nsummary: S.\n---\n", "1:1: the front matter has no minutes (write minutes: …)"},
	{"key twice", "---\ntitle: T\ntitle: T\n---\n", `3:1: said twice: "title"`},
	{"key without a value", "---\ntitle:\n---\n", `2:1: a key without a value: "title"`},
	{"minutes in words", "---\nminutes:   ten\n---\n", `2:12: not a number of minutes, from 1 to 600: "ten"`},
	{"no minute", "---\nminutes: 0\n---\n", `2:10: not a number of minutes, from 1 to 600: "0"`},
	{"too many minutes", "---\nminutes: 601  \n---\n", `2:10: not a number of minutes, from 1 to 600: "601"`},
	{"list", "---\ntitle: T\n- a\n---\n", `3:1: no lists in the front matter: "- a" (values stand in one line)`},
	{"anchor", "---\ntitle: &a T\n---\n", `2:8: a value of YAML's other forms: "&a T" (write it between double quotes)`},
	{"alias", "---\ntitle: *a\n---\n", `2:8: a value of YAML's other forms: "*a" (write it between double quotes)`},
	{"flow", "---\ntitle:  [a]\n---\n", `2:9: a value of YAML's other forms: "[a]" (write it between double quotes)`},
	{"block", "---\nsummary: |\n  a\n---\n", `2:10: a value of YAML's other forms: "|" (write it between double quotes)`},
	{"single quotes", "---\ntitle: 'T'\n---\n", `2:8: a value of YAML's other forms: "'T'" (write it between double quotes)`},
	{"colon without quotes", "---\ntitle: one: two\n---\n", `2:8: a value with ": " or " #" in it: "one: two" (write it between double quotes)`},
	{"comment", "---\ntitle: one # two\n---\n", `2:8: a value with ": " or " #" in it: "one # two" (write it between double quotes)`},
	{"quote not closed", "---\ntitle: \"T\n---\n", `2:8: not a text between double quotes: ""T"`},
	{"escape in quotes", `---` + "\n" + `title: "\x1b[31m"` + "\n---\n", `2:8: control characters are not taken: ""\x1b[31m""`},
	{"not UTF-8 by an escape", `---` + "\n" + `title: "\xff"` + "\n---\n", `2:8: control characters are not taken: ""\xff""`},
	{"not a key", "---\ntitle T\n---\n", `2:1: not a line of the front matter: "title T" (write key: value)`},
	{"no blank", "---\ntitle:T\n---\n", `2:1: not a line of the front matter: "title:T" (write key: value)`},
	{"indented", "---\n  title: T\n---\n", `2:3: only what stands under vars is indented: "title"`},
	{"vars in a line", "---\nvars: n\n---\n", `2:7: the values stand in lines of their own: "n" (indent them by two spaces)`},

	// Needs.
	{"need", "---\nneeds: memlock 4, é, swp\n---\n", `2:19: nothing that can be needed: "é"`},
	{"need behind wide characters", "---\nneeds: root,  swp\n---\n", `2:15: nothing that can be needed: "swp" (did you mean swap?)`},
	{"need in quotes", "---\nneeds: \"root, swp\"\n---\n", `2:15: nothing that can be needed: "swp" (did you mean swap?)`},
	{"need without its value", "---\nneeds: memlock\n---\n", `2:8: needs a value: "memlock" (such as memlock 4, root, linux 6.13)`},
	{"need with a value", "---\nneeds: root 4\n---\n", `2:8: needs no value: "root 4" (such as memlock 4, root, linux 6.13)`},
	{"need missing", "---\nneeds: root,\n---\n", "2:13: a need is missing (such as memlock 4, root, linux 6.13)"},
	{"no what", "---\nneeds: no\n---\n", `2:8: a need is missing: "no" (such as memlock 4, root, linux 6.13)`},
	{"linux", "---\nneeds: linux six\n---\n", `2:8: not a version: "linux six" (such as linux 6.13)`},
	{"size", "---\nneeds: memlock 4kb\n---\n", `2:8: not a size: "memlock 4kb" (such as memlock 4, which is 4 pages, or memlock 64K)`},
	{"need of a step", head + "```incore needs  swp\nmmap a 1\n```" + whole, `7:18: nothing that can be needed: "swp" (did you mean swap?)`},
	{"behind incore", head + "```incore run\nmmap a 1\n```" + whole, "7:11: behind incore stand its needs alone: \"run\" (such as incore needs swap)"},

	// Values.
	{"name of a value", "---\nvars:\n  N: 4 in 4..12\n---\n", `3:3: not a name, such as n or rest_2: "N"`},
	{"page", "---\nvars:\n  page: 4 in 4..12\n---\n", `3:3: page is the page size in bytes: "page" (take another name)`},
	{"no number", "---\nvars:\n  n:\n---\n", `3:3: a value without a number: "n" (write n: 4 in 4..12)`},
	{"value twice", "---\nvars:\n  n: 4 in 4..12\n  n: 4 in 4..12\n---\n", `4:3: said twice: "n"`},
	{"range", "---\nvars:\n  n: 4 in 4-12\n---\n", `3:6: not a value and its range: "4 in 4-12" (write n: 4 in 4..12)`},
	{"range in words", "---\nvars:\n  n:  four in 4..12\n---\n", `3:7: not a value and its range: "four in 4..12" (write n: 4 in 4..12)`},
	{"range turned round", "---\nvars:\n  n: 4 in 12..4\n---\n", `3:6: a range out of 0..2^40: "4 in 12..4"`},
	{"range below 0", "---\nvars:\n  n: 4 in -1..4\n---\n", `3:6: a range out of 0..2^40: "4 in -1..4"`},
	{"range too large", "---\nvars:\n  n: 4 in 4..1099511627777\n---\n", `3:6: a range out of 0..2^40: "4 in 4..1099511627777"`},
	{"range beyond numbers", "---\nvars:\n  n: 4 in 4..99999999999999999999\n---\n",
		`3:6: not a value and its range: "4 in 4..99999999999999999999" (write n: 4 in 4..12)`},
	{"own value", "---\nvars:\n  n: 3 in 4..12\n---\n", `3:6: the value is out of its range: "3 in 4..12"`},
	{"many values", "---\nvars:\n" + manyVars(51) + "---\n", `53:3: more than 50 values: "v51"`},
	{"unknown in an expression", expr("m + 1"), `6:6: no earlier value is called m: "m + 1"`},
	{"later value", expr("r + 1"), `6:6: no earlier value is called r: "r + 1"`},
	{"operator", expr("1 2"), `6:6: an operator is missing before 2: "1 2"`},
	{"no value", expr("1 + * 2"), `6:6: a value is missing before *: "1 + * 2"`},
	{"no value at the end", expr("page -"), `6:6: a value is missing at the end: "page -"`},
	{"sign", expr("-1"), `6:6: a value is missing before -: "-1"`},
	{"division", expr("page / 2"), `6:6: an operator is missing before /: "page / 2"`},
	{"below 0", expr("1 - 2"), `6:6: r comes to -1, out of 0..2^40: "1 - 2"`},
	{"too large", expr("1099511627776 + 1"), `6:6: r comes to 1099511627777, out of 0..2^40: "1099511627776 + 1"`},
	{"overflow", expr("1099511627776 * 1099511627776"), `6:6: a value out of 0..2^40: "1099511627776 * 1099511627776"`},
	{"overflow of 0", expr("0 * 99999999999999999999"), `6:6: a value out of 0..2^40: "0 * 99999999999999999999"`},
	{"beyond numbers", expr("99999999999999999999"), `6:6: a value out of 0..2^40: "99999999999999999999"`},
	{"hexadecimal", expr("0x10"), `6:6: no earlier value is called 0x10: "0x10"`},
	{"unknown value", vars + "é {{n}} {{m}}" + whole, `10:9: no value has that name: "{{m}}" (values stand under vars in the front matter)`},
	{"misspelled value", vars + "{{pag}}" + whole, `10:1: no value has that name: "{{pag}}" (did you mean {{page}}?)`},
	{"value not closed", vars + "a {{n}} {{n" + whole, `10:9: a value is written {{name}}: "{{"`},
	{"blanks in a value", vars + "{{ n }}" + whole, `10:1: no value has that name: "{{ n }}" (values stand under vars in the front matter)`},
	{"right behind a value", vars + "```incore\nmmap a {{secret_name}} privat\n```" + whole,
		`11:24: no such option of mmap: "privat" (did you mean private?)`},
	{"right before a value", vars + "```incore\nmapp a {{secret_name}}\n```" + whole, `11:1: no such verb: "mapp" (did you mean mmap?)`},
	{"behind two values", vars + "```incore\nmemset a+{{n}},{{secret_name}} 0x\n```" + whole, `11:32: a byte is 0 to 255, or 0x00 to 0xff: "0x"`},
	{"a value itself", vars + "```incore\nmemset a {{secret_name}}\n```" + whole, `11:10: a byte is 0 to 255, or 0x00 to 0xff: "10000"`},
	{"behind wide characters", head + "```incore\nsay é; é\nmmap b x\n```" + whole, `9:8: `},

	// Blocks.
	{"fence not closed", head + "text\n\n```incore\nmmap a 4\n\n", "9:1: a block that is not closed: \"```\" (a line of ``` ends it)"},
	{"fence not closed, of tildes", head + "~~~text\na", "7:1: a block that is not closed: \"~~~\" (a line of ~~~ ends it)"},
	{"fence closed by a shorter one", head + "````text\na\n```\n", "7:1: a block that is not closed: \"```\" (a line of ``` ends it)"},
	{"fence without a line, not closed", head + "```incore", "7:1: a block that is not closed: \"```\" (a line of ``` ends it)"},
	{"language", head + "```incroe\nmmap a 4\n```" + whole, `7:4: no such language of a block: "incroe" (blocks are incore, goal and grid, or only shown: c, text, console, sh)`},
	{"language in a list", head + "- a\n\n  ```incroe\n  mmap a 4\n  ```" + whole,
		`9:6: no such language of a block: "incroe" (blocks are incore, goal and grid, or only shown: c, text, console, sh)`},
	{"step in a list", head + "- a\n\n  ```incore\n  mmap a 4\n  ```" + whole, "9:3: blocks that run stand at the left margin"},
	{"step in a quote", head + "> ```incore\n> mmap a 4\n> ```" + whole, "7:3: blocks that run stand at the left margin"},
	{"long block", head + "```text\n" + strings.Repeat("a\n", 101) + "```" + whole, "7:1: a block of more than 100 lines"},
	{"command", head + "```incore\nmmap a 4\ntuch a\n```" + whole, `9:1: no such verb: "tuch" (did you mean touch?)`},
	{"escape in a command", head + "```incore\nsay '\u202e'\n```" + whole, `8:6: control characters are not taken: "\u202e"`},
	{"no command", head + "```incore\n# a\n```" + whole, "7:1: a block without a command"},
	{"many commands", head + "```incore\n" + strings.Repeat("touch a\n", 6) + "```" + whole,
		"7:1: a step of more than 5 commands (what is too much for one look is two steps)"},
	{"many steps", head + strings.Repeat(step+"\n", 201) + whole, "807:1: more than 200 steps"},
	{"empty picture", head + "```grid\n```" + whole, "7:1: a picture without a line"},
	{"heading", head + "#" + whole, "7:1: a heading without a text"},

	// Questions.
	{"options without a question", head + "No.\n\n" + options + "\n" + step + whole, "9:1: options without a question (a paragraph that ends in ? stands before them)"},
	{"options alone", head + options + "\n" + step + whole, "7:1: options without a question (a paragraph that ends in ? stands before them)"},
	{"question far from its options", head + "So?\n\nNo.\n\n" + options + "\n" + step + whole,
		"11:1: options without a question (a paragraph that ends in ? stands before them)"},
	{"options within a list", head + "- a\n\n  - [ ] b" + whole, "9:3: the options of a question stand at the left margin"},
	{"options within a quote", head + "> - [ ] b" + whole, "7:3: the options of a question stand at the left margin"},
	{"one option", ask("- [ ] one\n      `expect ok`\n"), "9:1: a question has 2 to 6 options"},
	{"seven options", ask(manyOptions(7)), "9:1: a question has 2 to 6 options"},
	{"no box", ask(options + "- three\n      `expect ok`\n"), "13:1: an option without a box (write - [ ] before it)"},
	{"no expect", ask(options + "- [ ] three\n"), "13:1: an option without an expect (on an indented line of its own, between ` `)"},
	{"ticked with an expect", ask(options + "- [x] three\n      `expect ok`\n"), "13:1: a ticked option with an expect (the kernel decides: write - [ ])"},
	{"two that are ticked", ask("- [x] one\n- [x] two\n"), "9:1: exactly one option is ticked where no expect decides"},
	{"none ticked and no expect", ask("- [ ] one\n- [ ] two\n"), "9:1: an option without an expect (on an indented line of its own, between ` `)"},
	{"the same expects", ask(options + "- [ ] three\n      `expect vmlck == 1`\n"), "13:1: two options with the same expects"},
	{"the same in another order", ask("- [ ] one\n      `expect ok` `expect vmlck 1`\n- [ ] two\n      `expect vmlck 1` `expect ok`\n"),
		"11:1: two options with the same expects"},
	{"the same by its values", strings.Replace(ask(options+"- [ ] three\n      `expect vmlck {{n}}`\n"), "---\n\n", "vars:\n  n: 1 in 1..4\n---\n\n", 1),
		"15:1: two options with the same expects"},
	{"expect in the text", ask("- [ ] one `expect ok`\n- [ ] two\n      `expect vmlck 1`\n"),
		"9:7: an option's expects stand on lines of their own, after its text"},
	{"expect without a text", ask("- [ ] `expect ok`\n- [ ] two\n      `expect vmlck 1`\n"),
		"9:7: an option's expects stand on lines of their own, after its text"},
	{"text after the expects", ask("- [ ] one\n      `expect ok`\n      and more\n- [ ] two\n      `expect vmlck 1`\n"),
		"11:7: a text after the expects of the option"},
	{"text between expects", ask("- [ ] one\n      `expect ok` and `expect vmlck 1`\n- [ ] two\n"), "10:19: not an expect between ` `: \"and `expect vmlck 1`\""},
	{"span not closed", ask("- [ ] one\n      `expect ok` `expect vmlck 1\n- [ ] two\n"), "10:19: not an expect between ` `: \"`expect vmlck 1\""},
	{"wrong expect", ask("- [ ] one\n      `expect ok` `expect vmlk 1`\n- [ ] two\n"), "10:27: "},
	{"no expect within", ask("- [ ] one\n      `expect ok` `mmap b 1`\n- [ ] two\n"), "10:20: not an expect: \"mmap b 1\""},
	{"two paragraphs", ask("- [ ] one\n\n      two\n- [ ] two\n      `expect vmlck 1`\n"),
		"11:7: an option is one paragraph, with its expects on lines of their own"},
	{"no step", head + "So?\n\n" + options + whole, "15:1: a question is answered by the incore block behind it; only comments stand between"},
	{"prose before the step", head + "So?\n\n" + options + "\nWait.\n\n" + step + whole,
		"14:1: a question is answered by the incore block behind it; only comments stand between"},
	{"another question before the step", head + "So?\n\n" + options + "\nSo?\n\n" + options + "\n" + step + whole,
		"14:1: a question is answered by the incore block behind it; only comments stand between"},
	{"no step to the end", head + "So?\n\n" + options, "7:1: no incore block answers the question"},
	{"expect in the step", head + "So?\n\n" + options + "\n```incore\nmmap a 1\nexpect ok\n```" + whole,
		"14:1: an expect in the step that answers a question (steps are seen before they run: it would give the answer away)"},
	{"facts for a step", head + "So?\n\n" + options + "\n```incore\nexpect ok\n```" + whole,
		"14:1: an expect in the step that answers a question (steps are seen before they run: it would give the answer away)"},

	// Goals.
	{"no goal", head + step, "10:1: a lesson without a goal (it ends in something for the student to reach)"},
	{"empty goal", head + "```goal\n```" + whole, "7:1: a goal without an expect"},
	{"command in a goal", head + "```goal\nexpect ok\ntouch a\n```" + whole, `9:1: a goal has expects alone: "touch"`},
	{"behind goal", head + "```goal with mlock\nexpect ok\n```" + whole, `7:9: behind goal stand the verbs that it allows: "with" (goal only munlock, or goal without mprotect)`},
	{"no verbs", head + "```goal  only\nexpect ok\n```" + whole, `7:10: no verb follows: "only" (goal only munlock, or goal without mprotect)`},
	{"no such verb", head + "```goal without mlock  out\nexpect ok\n```" + whole, `7:24: no such verb: "out"`},
	{"misspelled verb", head + "```goal only munlok\nexpect ok\n```" + whole, `7:14: no such verb: "munlok" (did you mean munlock?)`},
	{"no solution", head + "```goal\nexpect vmlck 1\n```\n", "7:1: a goal without a solution (a comment of solution: and commands)"},
	{"empty solution", head + "```goal\nexpect vmlck 1\n```\n\n<!-- solution:\n-->\n", "11:1: a solution without a command"},
	{"two solutions", head + whole + "\n<!-- solution:\nmlock a\n-->\n", "17:1: a solution without a goal before it"},
	{"solution alone", head + "<!-- solution:\nmlock a\n-->\n" + whole, "7:1: a solution without a goal before it"},
	{"solution after the next step", head + "```goal\nexpect vmlck 1\n```\n\n```incore\nreset\n```\n\n<!-- solution:\nmlock a\n-->\n", "15:1: a solution without a goal before it"},
	{"command of a solution", head + "```goal\nexpect vmlck 1\n```\n\n<!-- solution:\nmlock a\nmlok a\n-->\n", `13:1: no such verb: "mlok" (did you mean mlock?)`},
	{"solution in the line", head + "```goal\nexpect vmlck 1\n```\n\n<!-- solution: mlok a -->\n", `11:16: no such verb: "mlok" (did you mean mlock?)`},
	{"solution against the rule", head + "```goal without mlock\nexpect vmlck 1\n```\n\n<!-- solution:\nmmap a 1\nmlock a\n-->\n",
		`13:1: the solution uses a verb that its goal does not allow: "mlock"`},
	{"solution against the rule in a process", head + "```goal only mlock\nexpect vmlck 1\n```\n\n<!-- solution:\nin child munlock a\n-->\n",
		`12:1: the solution uses a verb that its goal does not allow: "munlock"`},
	{"long solution", head + "```goal\nexpect vmlck 1\n```\n\n<!-- solution:\n" + strings.Repeat("mlock a\n", 51) + "-->\n", "11:1: a solution of more than 50 commands"},
	{"step after a goal", head + whole + "\n" + step, "17:1: a step after a goal begins with reset: nobody knows what the student has left"},

	// Hints, comments, HTML.
	{"hint not closed", head + whole + "\n<details><summary>Hint</summary>\n\ntext\n", `17:1: a hint that is not closed: "<details>" (a line of </details> ends it)`},
	{"hint not closed before a heading", head + whole + "\n<details><summary>Hint</summary>\n\ntext\n\n# T\n\n</details>\n",
		`17:1: a hint that is not closed: "<details>" (a line of </details> ends it)`},
	{"hint without a goal", head + "<details><summary>Hint</summary>\n\ntext\n\n</details>\n" + whole, "7:1: a hint without a goal before it"},
	{"empty hint", head + whole + "\n<details><summary>Hint</summary>\n\n</details>\n", "19:1: an empty hint"},
	{"other details", head + whole + "\n<details>\n\ntext\n\n</details>\n",
		`17:1: a hint begins with exactly <details><summary>Hint</summary> and an empty line: "<details>"`},
	{"no empty line in a hint", head + whole + "\n<details><summary>Hint</summary>\ntext\n\n</details>\n",
		`17:1: a hint begins with exactly <details><summary>Hint</summary> and an empty line: "<details>"`},
	{"step in a hint", head + whole + "\n<details><summary>Hint</summary>\n\n```incore\nreset\n```\n\n</details>\n", "19:1: blocks that run stand at the left margin"},
	{"comment in a hint", head + whole + "\n<details><summary>Hint</summary>\n\ntext\n\n<!-- notes: 1 s. -->\n\n</details>\n",
		"21:1: a hint is text alone, up to a line of </details> (an empty line stands before and after it)"},
	{"closing details alone", head + "</details>\n" + whole, `7:1: no HTML but comments and hints: "</details>"`},
	{"HTML", head + "<script>\nalert(1)\n</script>" + whole, `7:1: no HTML but comments and hints: "<script>"`},
	{"HTML block", head + "<div>a</div>" + whole, `7:1: no HTML but comments and hints: "<div>a</div>"`},
	{"HTML within", head + "é <b>text</b>" + whole, "7:3: no HTML within a text but comments and hints (write it between ` `)"},
	{"HTML in a list", head + "- <b>text</b>" + whole, "7:3: "},
	{"HTML in a heading", head + "# a <b>" + whole, "7:5: no HTML within a text but comments and hints (write it between ` `)"},
	{"HTML in an option", ask("- [ ] one <i>\n      `expect ok`\n- [ ] two\n      `expect vmlck 1`\n"),
		"9:11: no HTML within a text but comments and hints (write it between ` `)"},
	{"comment within a text", head + "text <!-- notes: 1 s. -->" + whole, "7:6: no HTML within a text but comments and hints (write it between ` `)"},
	{"comment not closed", head + "<!-- notes: 1 s.\n\ntext\n", `7:1: a comment that is not closed: "<!--" (--> ends it)`},
	{"comment of no length", head + "<!-->\n" + whole, `7:1: a comment that is not closed: "<!--" (--> ends it)`},
	{"comment in a comment", head + "<!-- notes: 1 s.\n<!-- notes: 1 s. -->\n" + whole, `7:1: a comment that is not closed: "<!--" (another one begins within it)`},
	{"text behind a comment", head + "<!-- notes: 1 s. --> text" + whole, "7:21: a text behind the end of a comment"},
	{"comment in a list", head + "- <!-- notes: 1 s. -->" + whole, "7:3: comments and hints stand at the left margin"},
	{"kind of comment", head + "<!-- note: 1 s. -->" + whole, `7:6: no such kind of comment: "note" (notes: and solution: are the only kinds)`},
	{"comment alone", head + "<!-- TODO -->" + whole, `7:6: no such kind of comment: "TODO" (notes: and solution: are the only kinds)`},
	{"long comment", head + "<!-- notes: 1 s.\n" + strings.Repeat("a\n", 101) + "-->" + whole, "7:1: a comment of more than 100 lines"},

	// Notes.
	{"notes without a time", head + "<!-- notes: text -->" + whole, `7:13: notes begin with their time: "text" (such as 90 s. or 2 min.)`},
	{"notes in hours", head + "<!-- notes: 1 h. -->" + whole, `7:13: notes begin with their time: "1 h." (such as 90 s. or 2 min.)`},
	{"notes below 0", head + "<!-- notes: -1 s. -->" + whole, `7:13: notes begin with their time: "-1 s." (such as 90 s. or 2 min.)`},
	{"notes in a word", head + "<!-- notes: 1 second -->" + whole, `7:13: notes begin with their time: "1 second" (such as 90 s. or 2 min.)`},
	{"notes that do not add up", head + "<!-- notes: 61 s. -->" + whole, "16:1: the notes add up to 2 min, and the front matter says 1"},
}

func expr(e string) string {
	return strings.Replace(head, "---\n\n", "vars:\n  r: "+e+"\n---\n\n", 1) + whole
}

func ask(options string) string { return head + "So?\n\n" + options + "\n" + step + whole }

func manyVars(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  v%d: 4 in 4..12\n", i+1)
	}
	return b.String()
}

func manyOptions(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "- [ ] %d\n      `expect vmlck %d`\n", i, i)
	}
	return b.String()
}

func TestParseRefuses(t *testing.T) {
	for _, w := range wrongs {
		t.Run(w.name, func(t *testing.T) {
			l, err := lesson.Parse("a.md", []byte(w.text), lesson.Options{})
			p := new(lang.ParseError)
			if !errors.As(err, &p) || l != nil {
				t.Fatalf("it is taken: %+v, %v", l, err)
			}
			if got := err.Error(); got != "a.md:"+w.want && !(strings.HasSuffix(w.want, ": ") && strings.HasPrefix(got, "a.md:"+w.want)) {
				t.Errorf("the error is\n%s\nwant\na.md:%s", got, w.want)
			}
			if err := err.Error(); model.Visible(err) != err {
				t.Errorf("the error has control characters: %q", err)
			}
		})
	}
}

func TestParseRefusesLargeFiles(t *testing.T) {
	_, err := lesson.Parse("a.md", make([]byte, lesson.MaxFile+1), lesson.Options{})
	if err == nil || err.Error() != "a.md: the lesson is larger than 1 MiB" {
		t.Error(err)
	}
}

// What is taken, though it looks odd, and how many items it has.
func TestParseTakes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want lesson.Count
	}{
		"least":                   {head + whole, lesson.Count{Goals: 1}},
		"CRLF":                    {strings.ReplaceAll(head+step+whole, "\n", "\r\n"), lesson.Count{Steps: 1, Goals: 1}},
		"byte order mark":         {"\ufeff" + head + step + whole, lesson.Count{Steps: 1, Goals: 1}},
		"no end of line":          {strings.TrimSuffix(head+step+whole, "\n"), lesson.Count{Steps: 1, Goals: 1}},
		"quoted title":            {strings.Replace(head, "title: T", `title: "T: a \"#1\""`, 1) + whole, lesson.Count{Goals: 1}},
		"colon in a value":        {strings.Replace(head, "title: T", "title: a:b", 1) + whole, lesson.Count{Goals: 1}},
		"tildes":                  {head + "~~~incore\nmmap a 4\n~~~" + whole, lesson.Count{Steps: 1, Goals: 1}},
		"long fence":              {head + "````text\n```\n````" + whole, lesson.Count{Goals: 1}},
		"shown block in a list":   {head + "- a\n\n  ```c\n  x;\n  ```" + whole, lesson.Count{Goals: 1}},
		"block without language":  {head + "```\nx\n```" + whole, lesson.Count{Goals: 1}},
		"paragraph with ? alone":  {head + "So?\n\n" + step + whole, lesson.Count{Steps: 1, Goals: 1}},
		"list of no options":      {head + "So?\n\n- a\n- b" + whole, lesson.Count{Goals: 1}},
		"tag in a code span":      {head + "a `<b>`" + whole, lesson.Count{Goals: 1}},
		"comparison":              {head + "1 < 2 and a <- b" + whole, lesson.Count{Goals: 1}},
		"address":                 {head + "<https://example.org/>" + whole, lesson.Count{Goals: 1}},
		"notes before the step":   {head + "So?\n\n" + options + "\n<!-- notes: 2 s. -->\n\n" + step + whole, lesson.Count{Steps: 1, Questions: 1, Goals: 1}},
		"ideas":                   {ask("- [x] one\n- [ ] two\n"), lesson.Count{Steps: 1, Questions: 1, Goals: 1}},
		"six options":             {ask(manyOptions(6)), lesson.Count{Steps: 1, Questions: 1, Goals: 1}},
		"expects of a process":    {ask("- [ ] one\n      `in child expect ok`\n- [ ] two\n      `in  child expect vmlck 1`\n"), lesson.Count{Steps: 1, Questions: 1, Goals: 1}},
		"200 steps":               {head + strings.Repeat(step+"\n", 200) + whole, lesson.Count{Steps: 200, Goals: 1}},
		"100 lines":               {head + "```incore\n" + strings.Repeat("expect ok\n", 100) + "```" + whole, lesson.Count{Facts: 1, Goals: 1}},
		"five commands, expects":  {head + "```incore\n" + strings.Repeat("touch a\nexpect ok\n", 5) + "```" + whole, lesson.Count{Steps: 1, Goals: 1}},
		"rule":                    {head + "a\n\n---\n\n" + strings.Repeat("- ", 40) + "\n\nb" + whole, lesson.Count{Goals: 1}},
		"hint with a shown block": {head + whole + "\n<details><summary>Hint</summary>\n\n```c\nx;\n```\n\n</details>\n", lesson.Count{Goals: 1}},
		"quoted text":             {head + "> a\n> b" + whole, lesson.Count{Goals: 1}},
		"joiners and wide":        {head + "👩\u200d💻 世界" + whole, lesson.Count{Goals: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := lesson.Parse("a.md", []byte(c.text), lesson.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Count(); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestParseWarns(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"long paragraph":     {head + strings.Repeat("word ", 61) + whole, "a.md:7: a paragraph of 61 words; a step is read while a class waits"},
		"braces of C":        {head + "`int m[2][2] = {{1, 2}, {3, 4}};`" + whole, ""},
		"unused value":       {vars + "{{n}}" + whole, "a.md:7: {{secret_name}} is never used"},
		"steps and no asked": {head + strings.Repeat(step+"\n", 3) + whole, "a.md:6: 3 steps run before the first question: a class learns more from what it has foretold"},
		"wide picture":       {head + "```grid\n  a  " + strings.Repeat("*", 76) + "\n```" + whole, "a.md:8: the picture does not fit 80 columns"},
		"nothing":            {head + strings.Repeat("word ", 60) + whole, ""},
		"used by another":    {strings.Replace(head, "---\n\n", "vars:\n  n: 1 in 1..4\n  m: n+1\n---\n\n", 1) + "{{m}}" + whole, ""},
	} {
		l, err := lesson.Parse("a.md", []byte(c.text), lesson.Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := strings.Join(l.Warnings, "\n"); got != c.want {
			t.Errorf("%s: it is warned of\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// TestParseLessons holds what the lessons of the course are parsed into, with their own values and with those of a seed.
func TestParseLessons(t *testing.T) {
	files, err := filepath.Glob("../../assets/lessons/*.md")
	if err != nil || len(files) == 0 {
		t.Skip("the lessons are not here: ", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		golden := filepath.Join("testdata", name+".golden")
		if _, err := os.Stat(golden); err != nil && name != "06-two-secrets" && name != "15-fork" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, seed := range []uint64{0, 7} {
				l, err := lesson.Parse(name+".md", src, lesson.Options{Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range l.Warnings {
					t.Error("it is warned of: ", w)
				}
				fmt.Fprintf(&b, "seed %d\n", seed)
				describe(&b, l)
			}
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("it is parsed into\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}

// describe says in lines what a lesson has.
func describe(b *strings.Builder, l *lesson.Lesson) {
	fmt.Fprintf(b, "%q %q, %d min, needs %v\n", l.Title, l.Summary, l.Minutes, l.Needs)
	for _, v := range l.Vars {
		fmt.Fprintf(b, "%s = %d (own %d, %d..%d, %q)\n", v.Name, v.Value, v.Own, v.Low, v.High, v.Expr)
	}
	lines := func(what string, of []lang.Line) {
		for _, l := range of {
			fmt.Fprintf(b, "    %s %d: %s\n", what, l.Number, l.Command)
		}
	}
	for _, p := range l.Parts {
		fmt.Fprintf(b, "%d %s %s\n", p.Line, strings.Repeat("#", p.Level), p.Title)
		for _, it := range p.Items {
			fmt.Fprintf(b, "  %d ", it.At())
			switch it := it.(type) {
			case lesson.Prose:
				first, _, _ := strings.Cut(it.Markdown, "\n")
				fmt.Fprintf(b, "prose of %d lines: %s\n", strings.Count(it.Markdown, "\n")+1, first)
			case lesson.Notes:
				fmt.Fprintf(b, "notes of %v: %q\n", it.Time, it.Text)
			case *lesson.Step:
				fmt.Fprintf(b, "step, needs %v, answers %v\n", it.Needs, it.Answers != nil)
				lines("runs", it.Lines)
			case *lesson.Facts:
				fmt.Fprintf(b, "facts, needs %v\n", it.Needs)
				lines("asks", it.Lines)
			case *lesson.Question:
				fmt.Fprintf(b, "question %q, ideas %v\n", it.Text, it.Ideas)
				for _, o := range it.Options {
					fmt.Fprintf(b, "    option %d: %q, ticked %v\n", o.Line, o.Text, o.Ticked)
					lines("  holds where", o.Expect)
				}
			case *lesson.Goal:
				fmt.Fprintf(b, "goal, only %q, without %q, hints %q\n", it.Only, it.Without, it.Hints)
				lines("asks", it.Lines)
				lines("solved by", it.Solution)
			case *lesson.Picture:
				fmt.Fprintf(b, "picture %q\n", it.Rows)
			}
		}
	}
}
