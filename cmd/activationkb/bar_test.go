package main

import (
	"strings"
	"testing"

	pb "github.com/activationkb/activationkb/api/activationkb/v1"
	"github.com/activationkb/activationkb/knowledge"
)

// A bar is one line of a terminal in every language, and its stages are as long as one another.
func TestBarLine(t *testing.T) {
	for _, l := range knowledge.Languages {
		ends := map[int]bool{}
		for n, name := range pb.AnalyzeLogsEvent_Progress_Stage_name {
			stage := pb.AnalyzeLogsEvent_Progress_Stage(n)
			line := barLine(l, stage, 3<<30/4, 3<<30)
			if columns(line) >= width || n > 0 && (strings.HasPrefix(line, " ") || !strings.Contains(line, "]  25 %  768.0 / 3072.0 MB")) {
				t.Errorf("%s, %s: %q", l, name, line)
			}
			if at := strings.Index(line, "["); at >= 0 {
				ends[columns(line[:at])] = true
			}
			if line := barLine(l, stage, 1<<20, 0); !strings.HasSuffix(line, "  1.0 MB") {
				t.Errorf("%s, %s: %q", l, name, line)
			}
		}
		if len(ends) != 1 {
			t.Errorf("%s: bars begin at %v", l, ends)
		}
	}
}

func TestLanguageOfTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		flag, env string
		want      knowledge.Language
	}{
		{"", "", knowledge.English}, {"", "C.UTF-8", knowledge.English}, {"", "nn_NO.UTF-8", knowledge.Norwegian}, {"", "zh_CN.UTF-8", knowledge.Chinese},
		{"sv", "nb_NO.UTF-8", knowledge.Swedish}, {"", "de_DE.UTF-8", knowledge.English},
	} {
		t.Setenv("LC_ALL", c.env)
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", "")
		if got := (&call{lang: c.flag}).language(); got != c.want {
			t.Errorf("--lang %q, LC_ALL=%q: %s, want %s", c.flag, c.env, got, c.want)
		}
	}
}
