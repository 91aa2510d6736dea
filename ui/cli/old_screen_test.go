package cli_test

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
)

// oldScreen shows a lab as incore did before package terminal was: each picture is a string, which Bubble Tea's renderer
// parses back to cells, compares and writes at the next of its 60 ticks a second. Benchmarks measure it beside the new way.
func oldScreen(ctx context.Context, lab model.Lab, opts ui.Options) error {
	opts.Colors = canvas.DetectColors(opts.Output, opts.Environ)
	m := &oldModel{Model: ui.New(lab, opts)}
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithInput(opts.Input),
		tea.WithOutput(opts.Output), tea.WithColorProfile(opts.Colors.Profile())).Run()
	if errors.Is(err, tea.ErrProgramKilled) {
		return nil
	}
	return err
}

type oldModel struct {
	*ui.Model
	shown   canvas.Canvas
	picture string
}

func (m *oldModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := m.Model.Update(msg)
	return m, cmd
}

func (m *oldModel) View() tea.View {
	m.Model.View()
	if c := &m.Canvas; c.W != m.shown.W || !slices.Equal(c.Cells, m.shown.Cells) {
		m.shown.Copy(c)
		m.picture = c.Encode()
	}
	v := tea.NewView(m.picture)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	return v
}
