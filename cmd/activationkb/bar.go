package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
)

// A bar shows progress in one line of a terminal, over itself, and leaves nothing behind. It is for people
// who wait: nothing is shown of what is done at once, nor where the output goes to a file.
type bar struct {
	w     io.Writer // nil where nobody sees it
	lang  knowledge.Language
	total int64 // bytes to send, 0 if not known
	start time.Time
	shown string
}

// patience is how long nothing is shown.
const patience = 300 * time.Millisecond

func newBar(w io.Writer, l knowledge.Language, total int64) *bar {
	if !isTerminal(w) {
		w = nil
	}
	return &bar{w: w, lang: l, total: total, start: time.Now()}
}

// isTerminal tells terminals from files, pipes and the null device.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// show draws what the service reports; while it receives, what was sent is what counts.
func (b *bar) show(p *pb.AnalyzeLogsEvent_Progress, sent int64) {
	if b.w == nil || time.Since(b.start) < patience {
		return
	}
	done, total := int64(p.GetBytes()), int64(p.GetTotal())
	if p.GetStage() == pb.AnalyzeLogsEvent_Progress_RECEIVING {
		done, total = sent, b.total
	}
	if line := barLine(b.lang, p.GetStage(), done, total); line != b.shown {
		b.shown = line
		fmt.Fprint(b.w, "\r", line, "\x1b[K")
	}
}

// end wipes the line.
func (b *bar) end() {
	if b.shown != "" {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.shown = ""
	}
}

// barWidth leaves room for the words in a line of 80 columns.
const barWidth = 30

// barWords are the stages in the order of the contract.
var barWords = map[knowledge.Language][]string{
	knowledge.English:   {"", "sending", "reading", "diagnosing"},
	knowledge.Norwegian: {"", "sender", "leser", "diagnostiserer"},
	knowledge.Swedish:   {"", "skickar", "läser", "diagnostiserar"},
	knowledge.Russian:   {"", "отправка", "чтение", "диагностика"},
	knowledge.Chinese:   {"", "发送", "读取", "诊断"},
}

func barLine(l knowledge.Language, stage pb.AnalyzeLogsEvent_Progress_Stage, done, total int64) string {
	word, widest := "", 0
	for i, w := range barWords[l] {
		if widest = max(widest, columns(w)); i == int(stage) {
			word = w
		}
	}
	word += strings.Repeat(" ", widest-columns(word))
	const mega = 1 << 20
	if total <= 0 {
		return fmt.Sprintf("%s  %.1f MB", word, float64(done)/mega)
	}
	done = min(done, total)
	full := int(done * barWidth / total)
	return fmt.Sprintf("%s  [%s%s] %3d %%  %.1f / %.1f MB", word, strings.Repeat("#", full), strings.Repeat("-", barWidth-full),
		done*100/total, float64(done)/mega, float64(total)/mega)
}
