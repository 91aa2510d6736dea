package cli

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// filesMost is how many names of a directory are read to offer them.
const filesMost = 10_000

// filesAt returns the files whose names begin as begin does, sorted; directories end in a slash. Those
// with a dot in front are there where begin has it too. A name that cannot be written without
// quotes is left out.
func filesAt(begin string) (out []string) {
	dir, base := filepath.Split(begin)
	at := dir
	if at == "" {
		at = "."
	}
	d, err := os.Open(at)
	if err != nil {
		return nil
	}
	defer d.Close()
	for read := 0; read < filesMost; {
		entries, err := d.ReadDir(512)
		for _, e := range entries {
			name := e.Name()
			if !strings.HasPrefix(name, base) || base == "" && name[0] == '.' {
				continue
			}
			name = dir + name
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				name += "/"
			}
			if lang.Quote(name) == name && model.Visible(name) == name {
				out = append(out, name)
			}
		}
		if read += len(entries); err == io.EOF || err != nil {
			break
		}
	}
	slices.Sort(out)
	return out
}
