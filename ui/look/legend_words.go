package look

import (
	"slices"
	"strings"

	"incore/model"
	"incore/ui/canvas"
)

// narrowWords are shorter words of the legend, for where two of them stand side by side in a narrow
// column or all of them in a row.
var narrowWords = map[string][]string{
	Zero.Name():       {"zero"},
	Anon.Name():       {"anon"},
	File.Name():       {"file, shm", "file"},
	Cached.Name():     {"cached"},
	Shared.Name():     {"COW"},
	Swapped.Name():    {"swapped", "swap"},
	SwapCache.Name():  {"swapcache", "sw.ca."},
	Huge.Name():       {"huge"},
	Unknowable.Name(): {"unknown", "unkn."},
	Hole.Name():       {"hole"},
	NotAsked.Name():   {"unasked", "unask."},
	wordOnFault:       {"on fault", "on flt"},
	wordReadOnly:      {"r only"},
	wordNoAccess:      {"no rwx"},
	wordPart:          {"some lock", "partly"},
	wordBoundary:      {"new VMA", "VMA"},
	WordMap:           {"in view", "map"},
	WordLo:            {"locked"},
	wordReached:       {"reached", "reach"},
	sharingWords[2]:   {"shared (COW)", "COW"},
	sharingWords[3]:   {"file, zero page", "file, zero"},
	protWords[3]:      {"rw"},
	protWords[5]:      {"rx"},
	protWords[1]:      {"read-only", "r"},
}

// The words of the legend for what is no kind of page.
const (
	wordLocked   = "locked"
	wordOnFault  = "fault-locked"
	wordShm      = "SHM_LOCK"
	wordPart     = "not all locked"
	wordReadOnly = "read-only"
	wordNoAccess = "PROT_NONE"
	wordBoundary = "a VMA begins"
	wordReached  = "would be reached"

	// Of the marks beside the grid: what of the map is in view, and the flags of smaps.
	WordMap = "map: in view"
	WordLo  = "VMA locked"
	WordLf  = "on fault"
)

// ShortOf returns the longest form of a word of the legend that fits w columns, or the shortest one. The verb
// that all words of a lens begin with may be left out, since its heading has it too.
func ShortOf(word string, w int) string {
	out := word
	for _, verb := range [2]string{"touched ", "changed "} {
		if rest, ok := strings.CutPrefix(word, verb); ok && canvas.Width(word) > w {
			return rest
		}
	}
	for _, short := range narrowWords[word] {
		if canvas.Width(out) > w {
			out = short
		}
	}
	return out
}

// lockWord is a lock and its words.
type lockWord struct {
	lock        model.Lock
	word, empty string
}

// lockWords are the words of each lock: of one on pages that are in memory, and on pages that are not.
var lockWords = []lockWord{
	{model.Locked, wordLocked, "locked, absent"},
	{model.OnFault, wordOnFault, "lock on fault"},
	{model.ShmLocked, wordShm, "SHM_LOCK empty"},
}

// Merged returns the items in fewer. A lock on pages in memory and the same lock on pages that are not become
// one item, half of it each.
func Merged(items []Item) []Item {
	out := items[:0:0]
	for _, it := range items {
		i := slices.IndexFunc(lockWords, func(w lockWord) bool { return w.empty == it.Word })
		if i >= 0 {
			it.Word = lockWords[i].word
			if n := len(out) - 1; n >= 0 && out[n].Word == it.Word {
				out[n].Tile[0] = it.Tile[0]
				continue
			}
		}
		out = append(out, it)
	}
	return out
}
