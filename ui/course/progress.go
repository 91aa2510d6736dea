package course

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"incore/model/lesson"
)

// Progress keeps how far lessons were taken, in a file of the user's state directory and never in a lesson.
type Progress struct {
	file string

	mu  sync.Mutex
	all map[string]Kept
}

// Kept is how far a lesson was taken, as the file of the state directory has it.
type Kept struct {
	Source string        `json:"sha256"` // of its text: of another one nothing holds
	Seed   uint64        `json:"seed"`   // that drew its values
	Done   bool          `json:"done"`   // it was taken to its end once
	Record lesson.Record `json:"record"` // how far it is
}

// progressFile is what the file holds.
type progressFile struct {
	Incore  string          `json:"incore"` // what the file is
	Lessons map[string]Kept `json:"lessons"`
}

// mostProgress is how large the file may be, bytes.
const mostProgress = 4 << 20

// StateDir is the directory for what a program keeps of its runs (XDG Base Directory Specification), or "" where there is none.
func StateDir(getenv func(string) string) string {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "incore")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "incore")
	}
	return ""
}

// OpenProgress reads what is kept in a directory; "" keeps nothing. Its error says that the file there is not one of incore's:
// then nothing is kept, and the file stays as it is.
func OpenProgress(dir string) (*Progress, error) {
	p := &Progress{all: map[string]Kept{}}
	if dir == "" {
		return p, nil
	}
	file := filepath.Join(dir, "lessons.json")
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.file = file
		return p, nil
	case err != nil:
		return p, fmt.Errorf("%s: %w", file, bare(err))
	case !info.Mode().IsRegular(): // to read a pipe would wait for who writes it
		return p, fmt.Errorf("%s: not a regular file; it is left as it is, and nothing is kept", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return p, fmt.Errorf("%s: %w", file, bare(err))
	}
	defer f.Close()
	var is progressFile
	b, err := io.ReadAll(io.LimitReader(f, mostProgress))
	if err == nil {
		err = json.Unmarshal(b, &is)
	}
	if err == nil && is.Incore != "lessons" {
		err = errors.New("not what incore keeps of lessons")
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w; it is left as it is, and nothing is kept", file, bare(err))
	}
	if is.Lessons != nil {
		p.all = is.Lessons
	}
	p.file = file
	return p, nil
}

// Sum is the checksum by which the text of a lesson is known again.
func Sum(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// key is what a lesson is kept under.
func key(b Book) string {
	if b.Builtin {
		return b.Name
	}
	if abs, err := filepath.Abs(b.Name); err == nil {
		return abs
	}
	return b.Name
}

// Of returns what is kept of a lesson, and reports whether it is of the same text and seed.
func (p *Progress) Of(b Book, seed uint64) (Kept, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.all[key(b)]
	return k, ok && k.Source == Sum(b.Source) && k.Seed == seed
}

// Keep writes how far a lesson is. The file is replaced in one step, so that nothing is lost where that fails.
func (p *Progress) Keep(b Book, seed uint64, r lesson.Record) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == "" {
		return nil
	}
	was := p.all[key(b)]
	p.all[key(b)] = Kept{Source: Sum(b.Source), Seed: seed, Done: was.Done || r.Over, Record: r}
	out, err := json.MarshalIndent(progressFile{"lessons", p.all}, "", "  ")
	if err != nil {
		return err
	}
	return replace(p.file, append(out, '\n'))
}

// replace writes a file anew in one step, readable by its owner alone.
func replace(file string, text []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".incore-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
