// Package order has the mutexes of a session, which are taken in one order. What takes them in another is found
// where it happens, and not only where it locks up.
//
// The race detector sees no order of locks. So a test has the order watched while a session runs ([Watch]). A mutex
// that nobody watches is a [sync.Mutex] and the look at one flag.
package order

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// Rank is the place of a mutex in the order. A goroutine that holds a mutex takes only those of higher ranks.
type Rank interface {
	Lane | Gate | Sampler | Notes | Member | Cgroup | Wills | State | Out
	rank() (place int, name string)
}

// The ranks, in their order.
type (
	Lane    struct{} // a command, from its beginning until its end has been told
	Gate    struct{} // a timed call, or a look of a sampler at its own pace; never both
	Sampler struct{} // a look at a process, until it has been told
	Notes   struct{} // what is noted of a process for its sampler; none of them inside another
	Member  struct{} // in which memory cgroup a process is
	Cgroup  struct{} // a memory cgroup, and the count of what the OOM killer ended
	Wills   struct{} // what is to be undone when incore is gone
	State   struct{} // the state, and the list of processes
	Out     struct{} // what is to be read by Next
)

func (Lane) rank() (int, string)    { return 1, "lane" }
func (Gate) rank() (int, string)    { return 2, "gate" }
func (Sampler) rank() (int, string) { return 3, "sampler" }
func (Notes) rank() (int, string)   { return 4, "notes" }
func (Member) rank() (int, string)  { return 5, "member" }
func (Cgroup) rank() (int, string)  { return 6, "cgroup" }
func (Wills) rank() (int, string)   { return 7, "wills" }
func (State) rank() (int, string)   { return 8, "state" }
func (Out) rank() (int, string)     { return 9, "out" }

// Mutex is a mutex of a rank. Its zero value is unlocked.
type Mutex[R Rank] struct {
	mu     sync.Mutex
	holder uint64 // the goroutine that has locked it, where that was watched; guarded by mu
}

// Lock locks the mutex.
func (m *Mutex[R]) Lock() {
	if watched.Load() != nil {
		m.lockWatched(true)
		return
	}
	m.mu.Lock()
}

// LockAgainstOrder is Lock where a mutex of a higher rank is held. The caller says why that cannot lock up.
func (m *Mutex[R]) LockAgainstOrder() {
	if watched.Load() != nil {
		m.lockWatched(false)
		return
	}
	m.mu.Lock()
}

// TryLock locks the mutex where nobody has it, and reports whether it did. It waits for nobody, so it may come in any order.
func (m *Mutex[R]) TryLock() bool { return m.mu.TryLock() }

// Unlock unlocks the mutex. Another goroutine than the one that locked it may do so.
func (m *Mutex[R]) Unlock() {
	holder := m.holder
	m.holder = 0
	m.mu.Unlock()
	if w := watched.Load(); w != nil && holder != 0 {
		var r R
		place, _ := r.rank()
		w.released(holder, place)
	}
}

// lockWatched locks the mutex, and tells the watch before it waits.
func (m *Mutex[R]) lockWatched(inOrder bool) {
	var r R
	place, name := r.rank()
	g := goroutine()
	if w := watched.Load(); w != nil {
		w.taken(g, place, name, inOrder)
	}
	m.mu.Lock()
	m.holder = g
}

// watched is the watch that is on, or nil.
var watched atomic.Pointer[watch]

// watch records how the mutexes were taken so far.
type watch struct {
	mu    sync.Mutex
	held  map[uint64][]held // by goroutine, in the order in which they were taken
	pairs map[Pair]int
	wrong []string
}

type held struct {
	place int
	name  string
}

// Pair are two ranks by their names. Taken was taken while Held was held.
type Pair struct{ Held, Taken string }

// Seen is the record of a watch.
type Seen struct {
	Pairs map[Pair]int // how often each came
	Wrong []string     // what was taken against the order, and where
}

// Watch has the order watched until stop is called, for the whole program. It is for tests: it takes a
// microsecond each time, and what the race detector tells meanwhile is less, since all wait for one mutex.
func Watch() (stop func() Seen) {
	w := &watch{held: map[uint64][]held{}, pairs: map[Pair]int{}}
	watched.Store(w)
	return func() Seen {
		watched.Store(nil)
		w.mu.Lock()
		defer w.mu.Unlock()
		return Seen{w.pairs, w.wrong}
	}
}

// taken notes that a goroutine is about to take a mutex.
func (w *watch) taken(g uint64, place int, name string, inOrder bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.held[g] {
		if !inOrder {
			continue
		}
		w.pairs[Pair{h.name, name}]++
		if h.place >= place {
			w.wrong = append(w.wrong, fmt.Sprintf("%s is taken while %s is held:\n%s", name, h.name, stack()))
		}
	}
	w.held[g] = append(w.held[g], held{place, name})
}

// released notes that a mutex that a goroutine had taken is free.
func (w *watch) released(g uint64, place int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.held[g]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].place == place {
			list = append(list[:i], list[i+1:]...)
			break
		}
	}
	if w.held[g] = list; len(list) == 0 {
		delete(w.held, g)
	}
}

func stack() []byte {
	text := make([]byte, 4<<10)
	return text[:runtime.Stack(text, false)]
}

// goroutine is the number of the caller's goroutine, as its trace begins with: "goroutine 7 [running]".
func goroutine() uint64 {
	var text [64]byte
	_, rest, _ := bytes.Cut(text[:runtime.Stack(text[:], false)], []byte(" "))
	number, _, _ := bytes.Cut(rest, []byte(" "))
	n, _ := strconv.ParseUint(string(number), 10, 64)
	return n
}
