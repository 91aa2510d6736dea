package subject

import "testing"

func FuzzDecodeReply(f *testing.F) {
	f.Add(make([]byte, FrameSize))
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		r, err := decodeReply(frame)
		if (err == nil) != (len(frame) == FrameSize) {
			t.Errorf("%d bytes: %+v, %v", len(frame), r, err)
		}
	})
}
