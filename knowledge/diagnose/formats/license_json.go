package formats

import (
	"encoding/json"
	"fmt"
	"strings"
)

// parseLicenseJSON reads instances of SoftwareLicensingProduct that ConvertTo-Json has written, on one line or on
// many, with prose around. What is nested in an instance describes its class. A value that is cut off tells the
// instances before the cut.
func parseLicenseJSON(p *page) {
	if !strings.Contains(p.text, `"LicenseStatus"`) {
		return
	}
	w, text := wmi{p: p}, p.text
	for _, s := range p.raw {
		if prefix := quoteRE.FindString(s); prefix != "" && strings.Contains(s, `"LicenseStatus"`) {
			text = strings.ReplaceAll("\n"+text, "\n"+prefix, "\n")[1:]
			break
		}
	}
	for num := 1; text != ""; {
		line, _, _ := strings.Cut(text, "\n")
		end := len(line) + 1
		if from := jsonStart(line); from >= 0 {
			end = max(end, from+w.value(text[from:], num))
		}
		end = min(end, len(text))
		num += strings.Count(text[:end], "\n")
		text = text[end:]
	}
}

// jsonStart is where an object or a list of objects begins in a line, -1 where none does.
func jsonStart(line string) int {
	from := strings.IndexByte(line, '{')
	list := strings.LastIndexByte(line[:max(from, 0)], '[')
	switch {
	case from < 0 && strings.TrimSpace(line) == "[":
		return strings.IndexByte(line, '[')
	case from >= 0 && list >= 0 && strings.TrimSpace(line[list+1:from]) == "":
		return list
	}
	return from
}

// value reads one value and returns how much of the text it takes.
func (w *wmi) value(text string, num int) int {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var in []json.Delim
	name, named, at, counted, level, start := "", false, 0, 0, 0, num
	for first := true; first || len(in) > 0 && len(in) <= maxNesting; first = false {
		before := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			break
		}
		num += strings.Count(text[counted:d.InputOffset()], "\n")
		counted = int(d.InputOffset())
		switch delim, _ := token.(json.Delim); {
		case delim == '{' || delim == '[':
			in, named = append(in, delim), false
			if level == 0 {
				start = num
			}
		case delim != 0:
			if len(in) <= level {
				w.flushJSON(start, num)
				level = 0
			}
			in, named = in[:len(in)-1], false
		case in[len(in)-1] == '[':
		case !named:
			name, named = token.(string)
			at = before
		default:
			if value := fmt.Sprint(token); token != nil && len(value) <= maxLeaf && (level == 0 || level == len(in)) {
				// The decoder takes broken letters in a value, and mends them; its text still has them.
				w.shown = printable(strings.Trim(text[at:before], " ,\t\n") + shy(text[before:counted]))
				if w.read(name, value, num); w.b != nil {
					level = len(in)
				}
			}
			named = false
		}
	}
	w.flushJSON(start, num)
	return counted
}

func (w *wmi) flushJSON(from, to int) {
	if w.flush() {
		w.p.claim(from, to)
	}
}
