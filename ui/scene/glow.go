package scene

import "time"

// Glow is the clock of the afterglow. It runs only while something glows.
type Glow struct {
	Now     time.Duration // of the session, as far as the last message told
	At      time.Time     // when the last items arrived
	Ticking bool          // a tick is under way
	Gen     int           // of the tick that is under way; others are old
	Until   time.Duration // of the session, when the last page that was drawn has faded
}

// GlowTime is how long a page that changed fades.
const GlowTime = 700 * time.Millisecond
