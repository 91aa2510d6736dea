//go:build linux && (amd64 || arm64)

package memops_test

import (
	"slices"
	"strings"
	"testing"
)

// measuredRows are the rows of the list of page states that was measured before this program
// was written, by where pages could be swapped to.
var measuredRows = map[string]string{
	"none": `a_untouched a_read a_write a_dontneed a_free a_free_pageout a_free_press a_press a_cold a_pageout a_pageout_wait
		a_pageout_press a_pageout_willneed a_swapin_read a_untouched_willneed a_popread a_popwrite a_mappopulate a_maplocked
		a_protnone a_protread a_protnone_back a_mlock a_mlock_protnone a_mlock2 a_mlock2_touched a_mlock2_readtouched a_munlock
		a_mlock_pageout a_swapped_mlock a_guard a_guard_removed a_mlock_guard a_thp a_thp_untouched a_thp_zero a_thp_mlock
		a_thp_mlock_1page a_thp_pageout a_ksm a_fork_cow a_fork_mlocked a_uffdwp m_hole m_readhole m_write m_alloc_unmapped
		m_dontneed m_pageout m_free m_mlock anonshared s_shmlock s_shmlock_pageout fp_cached fp_cached_norand fp_cold fp_cold_random
		fp_willneed fp_read fp_write fp_write_dontneed fp_read_pageout fp_mlock_ro fs_cached fs_cold fs_read fs_write
		fs_read_fadvise fs_cached_fadvise fs_read_pageout fs_write_pageout fs_mlock fs_truncated fs_beyond_eof fs_popread
		h_untouched h_touched`,
	"swapfile": swapRows,
	"zram":     swapRows,
}

const swapRows = `a_press a_cold a_pageout a_pageout_wait a_pageout_press a_pageout_willneed a_swapin_read a_mlock_pageout
	a_swapped_mlock a_thp_pageout m_pageout s_shmlock_pageout a_swapped_mlock_press a_swapin_neighbor`

// rowTables are the tables with a script for each of their rows.
var rowTables = map[string][]pageState{
	"none":     slices.Concat(anonStates, noSwapStates, fileStates),
	"swapfile": slices.Concat(swapStates, swapFileStates),
	"zram":     slices.Concat(swapStates, zramStates),
}

// rowTests are the tests of rows whose scripts depend on the machine.
var rowTests = map[string]func(*testing.T){
	"none a_guard": TestGuardStates, "none a_guard_removed": TestGuardStates, "none a_mlock_guard": TestGuardStates,
	"none a_thp": TestHugeStates, "none a_thp_untouched": TestHugeStates, "none a_thp_zero": TestHugeStates,
	"none a_thp_mlock": TestHugeStates, "none a_thp_mlock_1page": TestHugeStates, "none a_thp_pageout": TestAnonStatesWithoutSwap,
	"none a_ksm": TestKSM, "none m_pageout": TestPageoutWithoutSwap, "none h_untouched": TestHugetlb, "none h_touched": TestHugetlb,
	"swapfile a_thp_pageout": TestSwapFile, "zram a_thp_pageout": TestZram,
}

// noRow says of the others why they cannot be made.
var noRow = map[string]string{
	"none a_uffdwp": "no verb write-protects pages through userfaultfd",
}

// Every row that was measured is held by a test, or there is a reason why it is not.
func TestEveryRow(t *testing.T) {
	rows := 0
	for swap, names := range measuredRows {
		for name := range strings.FieldsSeq(names) {
			rows++
			row := swap + " " + name
			held := 0
			if slices.ContainsFunc(rowTables[swap], func(s pageState) bool { return s.name == name }) {
				held++
			}
			if rowTests[row] != nil {
				held++
			}
			if noRow[row] != "" {
				held++
			}
			if held != 1 {
				t.Errorf("%s is in %d of the tables, the tests and the reasons", row, held)
			}
		}
	}
	for row := range rowTests {
		if swap, name, _ := strings.Cut(row, " "); !slices.Contains(strings.Fields(measuredRows[swap]), name) {
			t.Errorf("%s has a test and was not measured", row)
		}
	}
	for swap, table := range rowTables {
		names := map[string]bool{}
		for _, s := range table {
			if names[s.name] {
				t.Errorf("%s %s is there twice", swap, s.name)
			}
			names[s.name] = true
		}
	}
	t.Logf("%d rows, of which %d cannot be made", rows, len(noRow))
}
