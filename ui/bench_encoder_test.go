package ui_test

import (
	"bytes"
	"testing"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"incore/ui/canvas"
	"incore/ui/canvas/canvastest"
)

// BenchmarkEncoder is what it takes to write the pictures of some scenes at 160x45, a picture an op: by our encoder, and by the
// renderer of ultraviolet, which is Bubble Tea's, fed with the same cells. Beside it the bytes of a picture, and how many
// times the least that our sequences can do.
func BenchmarkEncoder(b *testing.B) {
	for n, sc := range scenes {
		pictures, least := pictures(b, n)
		for _, way := range []struct {
			name string
			make func() func(*canvas.Canvas) int
		}{{"incore", ours}, {"ultraviolet", theirs}} {
			b.Run(sc.name+"/"+way.name, func(b *testing.B) {
				var written, shown int
				write := way.make()
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					at := i % len(pictures)
					if at == 0 { // the first is painted whole, which is not what this is about
						b.StopTimer()
						write = way.make()
						write(&pictures[0])
						b.StartTimer()
						continue
					}
					written, shown = written+write(&pictures[at]), shown+1
				}
				if shown > 0 {
					perPicture := float64(written) / float64(shown)
					b.ReportMetric(perPicture, "written-B/op")
					b.ReportMetric(perPicture/(float64(least)/float64(len(pictures)-1)), "of-the-least")
				}
			})
		}
	}
}

// pictures are the pictures of a scene, and how many bytes it takes at least to write all but the first.
func pictures(t testing.TB, n int) (all []canvas.Canvas, least int) {
	frames(t, n, 160, 45, func(before, after *canvas.Canvas) {
		if all == nil {
			all = append(all, canvas.Canvas{})
			all[0].Copy(before)
		}
		all = append(all, canvas.Canvas{})
		all[len(all)-1].Copy(after)
		least += canvastest.Minimal(before, after)
	})
	return all, least
}

func ours() func(*canvas.Canvas) int {
	var enc canvas.Encoder
	var buf []byte
	return func(c *canvas.Canvas) int {
		buf = enc.Append(buf[:0], c, canvas.Caret{})
		return len(buf)
	}
}

func theirs() func(*canvas.Canvas) int {
	var out bytes.Buffer
	r := uv.NewTerminalRenderer(&out, []string{"TERM=xterm-256color"})
	r.SetColorProfile(colorprofile.TrueColor)
	r.SetFullscreen(true)
	r.SetRelativeCursor(false)
	r.Erase()
	var screen *uv.RenderBuffer
	return func(c *canvas.Canvas) int {
		out.Reset()
		h := len(c.Cells) / c.W
		if screen == nil {
			screen = uv.NewRenderBuffer(c.W, h)
		}
		for i := range c.Cells {
			k := &c.Cells[i]
			if k.Rune == 0 {
				continue
			}
			cell := uv.Cell{Content: string(k.Rune), Width: 1, Style: uv.Style{Fg: k.FG.Ink(), Bg: k.BG.Ink()}}
			for _, a := range []struct {
				ours   canvas.Attr
				theirs uint8
			}{{canvas.Bold, uv.AttrBold}, {canvas.Faint, uv.AttrFaint}, {canvas.Italic, uv.AttrItalic}, {canvas.Reverse, uv.AttrReverse}} {
				if k.Attr&a.ours != 0 {
					cell.Style.Attrs |= a.theirs
				}
			}
			if k.Attr&canvas.Underline != 0 {
				cell.Style.Underline = uv.UnderlineSingle
			}
			screen.SetCell(i%c.W, i/c.W, &cell)
		}
		r.Render(screen)
		if err := r.Flush(); err != nil {
			panic(err) // of a buffer
		}
		return out.Len()
	}
}
