// Package notes is the second terminal of who teaches: what to say, what comes next and how long it has taken, told over a socket by
// the incore that shows the lesson.
package notes

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Page is what the second terminal shows.
type Page struct {
	Lesson string    `json:"lesson"` // its title
	Part   string    `json:"part"`   // the heading that it is under
	At     int       `json:"at"`     // the stop that waits, from 1
	Of     int       `json:"of"`     // how many there are
	Notes  []Note    `json:"notes"`  // of the stop
	Next   []string  `json:"next"`   // commands that a press runs, or what is waited for
	Began  time.Time `json:"began"`  // the lesson did
	Took   Seconds   `json:"took"`   // that its notes allow up to here
	Whole  Seconds   `json:"whole"`  // that all its notes allow
}

// Note is a note and the time that it allows.
type Note struct {
	Time Seconds `json:"time"` // that the part before it takes
	Text string  `json:"text"` // Markdown
}

// Seconds is a time in whole seconds.
type Seconds int64

// String is a time as 4:07.
func (s Seconds) String() string { return fmt.Sprintf("%d:%02d", s/60, s%60) }

// Dir is where the sockets of a user are: a folder of XDG_RUNTIME_DIR, which is the user's own. Its error says that there is none.
func Dir(getenv func(string) string) (string, error) {
	dir := getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		return "", errors.New("XDG_RUNTIME_DIR is not set, and the notes on a second terminal need it; N shows them in the lesson")
	}
	return filepath.Join(dir, "incore"), nil
}

// Server tells second terminals what to show.
type Server struct {
	listener net.Listener

	mu    sync.Mutex
	page  []byte
	conns map[net.Conn]bool
}

// Serve listens on a socket for the lesson of a name. Only this user can connect to it.
func Serve(dir, name string) (*Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", filepath.Join(dir, fmt.Sprintf("%s-%d.sock", plainName(name), os.Getpid())))
	if err != nil {
		return nil, err
	}
	s := &Server{listener: l, conns: map[net.Conn]bool{}}
	go s.accept()
	return s, nil
}

// plainName is a lesson's name as a part of a file's name.
func plainName(name string) string {
	name = strings.TrimSuffix(filepath.Base(name), ".md")
	name = name[:min(len(name), 40)]
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, name)
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if len(s.conns) < 8 {
			s.conns[c] = true
			s.write(c)
		} else {
			_ = c.Close()
		}
		s.mu.Unlock()
	}
}

// write tells one terminal the page. One that does not take it is left. mu must be held.
func (s *Server) write(c net.Conn) {
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	if _, err := c.Write(s.page); err != nil {
		_ = c.Close()
		delete(s.conns, c)
	}
}

// Show tells all terminals a page.
func (s *Server) Show(p Page) {
	b, err := json.Marshal(p)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.page = append(b, '\n')
	for c := range s.conns {
		s.write(c)
	}
}

// Close ends the socket, which leaves no file behind.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		err = errors.Join(err, c.Close())
		delete(s.conns, c)
	}
	return err
}

// Find connects to the newest incore of this user that shows the lesson of a name, "" for any. Its error says that there is none.
func Find(dir, name string) (net.Conn, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	type socket struct {
		path string
		at   time.Time
	}
	var all []socket
	for _, e := range entries {
		of, isSocket := strings.CutSuffix(e.Name(), ".sock")
		i := strings.LastIndexByte(of, '-')
		if !isSocket || i < 0 {
			continue
		}
		if _, err := strconv.Atoi(of[i+1:]); err != nil || name != "" && of[:i] != plainName(name) {
			continue
		}
		if info, err := e.Info(); err == nil {
			all = append(all, socket{filepath.Join(dir, e.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b socket) int { return b.at.Compare(a.at) })
	for _, s := range all {
		if c, err := net.DialTimeout("unix", s.path, time.Second); err == nil {
			return c, nil
		}
	}
	return nil, ErrNone
}

// ErrNone is returned where no incore of this user shows the lesson.
var ErrNone = errors.New("no incore of yours shows that lesson")

// mostPage is how long a page may be, bytes.
const mostPage = 1 << 20

// Read hands on the pages that a connection tells, until it ends.
func Read(c net.Conn, show func(Page)) error {
	lines := bufio.NewScanner(c)
	lines.Buffer(nil, mostPage)
	for lines.Scan() {
		var p Page
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return err
		}
		show(p)
	}
	return lines.Err()
}
