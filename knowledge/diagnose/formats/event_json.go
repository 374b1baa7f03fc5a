package formats

import (
	"encoding/json"
	"strconv"
	"strings"
)

// parseEventJSON reads events in JSON: one object a line as shippers write them (nxlog, winlogbeat), or
// ConvertTo-Json's array. Names of the fields differ; what is read is whatever spells an event's id,
// source, time, computer, data and message.
func parseEventJSON(p *page) {
	for i, s := range p.raw {
		if strings.IndexByte(s, '{') < 0 || strings.IndexByte(s, '}') < 0 {
			continue
		}
		t := strings.Trim(quoteRE.ReplaceAllString(s, ""), " \t\ufeff,")
		if !strings.HasPrefix(t, "{") || !strings.HasSuffix(t, "}") || len(s) > maxLine {
			continue
		}
		var v map[string]any
		if json.Unmarshal([]byte(t), &v) == nil {
			p.addJSON(v, i+1, i+1)
		}
	}
	t := strings.TrimSpace(p.text)
	if (strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[")) && !p.found[EventJSON] && len(t) <= 64*maxLine {
		p.jsonDocument(t)
	}
}

// jsonDocument reads the whole text as one value.
func (p *page) jsonDocument(s string) {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			p.addJSON(m, 1, 1)
		}
	}
	if p.found[EventJSON] {
		p.claim(1, len(p.raw))
	}
}

func (p *page) addJSON(m map[string]any, from, to int) {
	e := &event{line: from, format: EventJSON}
	flat := map[string]any{}
	flatten(flat, m, 0)
	e.id = jsonText(flat, "eventid", "id", "eventcode", "instanceid")
	e.source = jsonText(flat, "sourcename", "providername", "source", "provider", "eventsource")
	e.time = jsonText(flat, "eventtime", "timecreated", "systemtime", "timestamp", "timegenerated")
	e.computer = jsonText(flat, "hostname", "computer", "machinename", "computername", "computer_name")
	e.record, _ = strconv.Atoi(jsonText(flat, "recordnumber", "eventrecordid", "recordid"))
	if e.id == "" || e.source == "" {
		return
	}
	if s, ok := flat["parameterxml"].(string); ok { // of Azure Log Analytics: <Param>...</Param><Param>...</Param>
		flat["parameterxml"] = strings.NewReplacer("<Param>", "\n", "</Param>", "").Replace(s)
	}
	for _, key := range []string{"data", "param1", "message", "description", "parameterxml", "rendereddescription"} {
		if e.addData(flat[key]); len(e.body) > 0 {
			break
		}
	}
	if raw := p.raw[from-1]; len(raw) > maxExcerpt {
		e.excerpt = strings.ToValidUTF8(whole(raw, 0, maxExcerpt), "")
	}
	if p.addEvent(e) || e.source != "" {
		p.claim(from, to)
	}
}

// flatten lifts nested objects (winlog.event_data, System, EventData) to one level; deeper ones than real
// shippers write are left out.
func flatten(out, m map[string]any, depth int) {
	for k, v := range m {
		if sub, ok := v.(map[string]any); ok && depth < 6 {
			flatten(out, sub, depth+1)
			if text, ok := sub["#text"]; ok {
				out[fold(k)] = text
			}
			continue
		}
		if _, have := out[fold(k)]; !have || depth == 0 {
			out[fold(k)] = v
		}
	}
}

func jsonText(m map[string]any, names ...string) string {
	for _, n := range names {
		switch v := m[fold(n)].(type) {
		case string:
			if v != "" {
				return v
			}
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

func (e *event) addData(v any) {
	switch v := v.(type) {
	case string:
		for part := range strings.SplitSeq(v, "\n") {
			if part = strings.TrimSpace(part); part != "" && len(e.body) < 4000 {
				e.body, e.bodyLine = append(e.body, part), append(e.bodyLine, e.line)
			}
		}
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				e.addData(s)
			}
		}
	}
}
