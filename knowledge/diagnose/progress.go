package diagnose

// Stage is what an analysis is doing.
type Stage string

// Stages of an analysis, in their order.
const (
	Reading    Stage = "READING"
	Diagnosing Stage = "DIAGNOSING"
)

// Progress is how far an analysis is.
type Progress struct {
	Stage     Stage
	Bytes     int64 // read so far
	Documents int   // read so far
}

// A meter tells progress to who asked for it.
type meter struct {
	Progress
	tell func(Progress)
}

func (m *meter) read(bytes int64) {
	m.Bytes += bytes
	m.Documents++
	m.enter(Reading)
}

func (m *meter) enter(s Stage) {
	if m.Stage = s; m.tell != nil {
		m.tell(m.Progress)
	}
}
