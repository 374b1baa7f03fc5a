package formats

import (
	"bytes"
)

// beginsArray tells a list of objects in JSON. Parsed as a whole or not at all, it must be cut between two.
func beginsArray(data []byte) bool {
	head, ok := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("["))
	return ok && bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}

// elements parses the whole elements of a list as a list of their own and returns how much of data they take.
func (w *windows) elements(data []byte, last bool) int {
	from := 0
	if !w.array {
		w.array, from = true, bytes.IndexByte(data, '[')+1
		w.lines += countLines(data[:from])
	}
	end := len(data)
	if !last {
		if n := lastElement(data[from:]); n > 0 {
			end = from + n
		}
	}
	list := append([]byte{'['}, data[from:end]...)
	if !last { // its own end closes the last one
		list = append(bytes.TrimSuffix(list, []byte(",")), ']')
	}
	w.piece(list, true)
	return end
}

// lastElement is where the comma after the last whole element stands, and one.
func lastElement(data []byte) int {
	end, depth, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',' && depth == 0:
			end = i + 1
		}
	}
	return end
}
