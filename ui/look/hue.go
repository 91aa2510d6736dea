package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// hue is a color of a theme file: red, green and blue, and which of the 16, each
// for a dark and for a light background.
type hue struct {
	Dark, light     uint32
	dark16, light16 int8 // -1 is the terminal's own color
}

// shown returns the hue as a terminal can show it that has so many colors, and a background that is dark or light.
func (h hue) shown(colors canvas.Colors, dark bool) canvas.Color {
	switch colors {
	case canvas.NoColor:
		return 0
	case canvas.Color16:
		n := h.dark16
		if !dark {
			n = h.light16
		}
		if n < 0 {
			return 0
		}
		return canvas.ANSI16(uint8(n))
	}
	v := canvas.RGB(h.Dark)
	if !dark {
		v = canvas.RGB(h.light)
	}
	if colors == canvas.Color256 {
		return v.To256()
	}
	return v
}

// hueID names a color of a theme file.
type hueID uint8

// The colors of a theme file. Those of a scale stand in a row.
const (
	hueText hueID = iota
	hueDim
	hueMute
	hueRule
	hueAccent
	hueOK
	hueError
	hueLock
	hueOnFault
	hueCursor
	hueSelection  // a background
	hueMark       // a background
	hueBoundary   // between two VMAs
	hueBanner     // a background
	hueBackground // of the whole screen, where it is painted

	hueAbsent
	hueZero
	HueAnon
	hueFile
	hueCached
	hueShared
	hueSwapped
	hueHuge
	hueGuard
	hueUnknowable

	hueHeat // the first of heatSteps
	hueAge  = hueHeat + heatSteps
	hueProt = hueAge + ageSteps // PROT_NONE; the others in the order of model.Prot
	// hueSharing is a page that is not mapped; then yours alone, shared, of a file or
	// shmem, not known.
	hueSharing = hueProt + protCount
	hueIDs     = hueSharing + sharingCount
)

// How many colors the scales of the lenses have.
const (
	heatSteps    = 7
	ageSteps     = 7
	protCount    = 8
	sharingCount = 5
)

// hueNames are how a theme file names the colors.
var hueNames = [hueIDs]string{
	hueText: "text", hueDim: "dim", hueMute: "mute", hueRule: "rule", hueAccent: "accent", hueOK: "ok", hueError: "error",
	hueLock: "lock", hueOnFault: "lock_onfault", hueCursor: "cursor", hueSelection: "selection", hueMark: "mark",
	hueBoundary: "boundary", hueBanner: "banner", hueBackground: "background",
	hueAbsent: "absent", hueZero: "zero", HueAnon: "anonymous", hueFile: "file", hueCached: "cached", hueShared: "shared",
	hueSwapped: "swapped", hueHuge: "huge", hueGuard: "guard", hueUnknowable: "unknowable",
	hueHeat: "heat_1", hueHeat + 1: "heat_2", hueHeat + 2: "heat_3", hueHeat + 3: "heat_4", hueHeat + 4: "heat_5",
	hueHeat + 5: "heat_6", hueHeat + 6: "heat_7",
	hueAge: "age_1", hueAge + 1: "age_2", hueAge + 2: "age_3", hueAge + 3: "age_4", hueAge + 4: "age_5", hueAge + 5: "age_6",
	hueAge + 6: "age_7",
	hueProt:    "prot_none", hueProt + 1: "prot_r", hueProt + 2: "prot_w", hueProt + 3: "prot_rw", hueProt + 4: "prot_x",
	hueProt + 5: "prot_rx", hueProt + 6: "prot_wx", hueProt + 7: "prot_rwx",
	hueSharing: "sharing_unmapped", hueSharing + 1: "sharing_alone", hueSharing + 2: "sharing_shared",
	hueSharing + 3: "sharing_file", hueSharing + 4: "sharing_unknown",
}

// hueOfLid is the color of the lid of a lock.
var hueOfLid = [Locks]hueID{model.Locked: hueLock, model.OnFault: hueOnFault, model.ShmLocked: hueLock}
