package formats

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// The kinds of values (MS-EVEN6 2.2.12.6).
const (
	nullValue       = 0x00
	stringValue     = 0x01
	ansiValue       = 0x02
	int8Value       = 0x03
	uint64Value     = 0x0A // the kinds of numbers lie between: signed and unsigned of 1, 2, 4 and 8 bytes
	floatValue      = 0x0B
	doubleValue     = 0x0C
	boolValue       = 0x0D
	binaryValue     = 0x0E
	guidValue       = 0x0F
	sizeValue       = 0x10
	fileTimeValue   = 0x11
	systemTimeValue = 0x12
	sidValue        = 0x13
	hex32Value      = 0x14
	hex64Value      = 0x15
	xmlValue        = 0x21
	arrayValue      = 0x80 // flag
)

// value is one value of a record: where its bytes lie in the chunk.
type binValue struct {
	at, size int
	kind     byte
}

func (x *binXML) raw(v binValue) []byte { return x.b[v.at : v.at+v.size] }

// read appends the values of an instance: their number, a descriptor of each (size and kind), their bytes.
// ok is false where they are more than lie before end.
func (x *binXML) read(values []binValue, at, end int) ([]binValue, bool) {
	n := le.Uint32(x.b[at:])
	at += 4
	if int64(n) > int64(end-at)/4 || !x.pay(int(n)) {
		return values, false
	}
	descriptor := at
	at += 4 * int(n)
	for ; n > 0; n-- {
		v := binValue{at: at, size: x.u16(descriptor), kind: x.b[descriptor+2]}
		if !has(at, v.size, end) {
			return values, false
		}
		values = append(values, v)
		at += v.size
		descriptor += 4
	}
	return values, true
}

// items are the values of an array.
func (x *binXML) items(v binValue) iter.Seq[binValue] {
	return func(yield func(binValue) bool) {
		item := v
		item.kind &^= arrayValue
		for rest := v.size; rest > 0; rest = v.at + v.size - item.at {
			n := x.itemSize(v.kind, item.at, rest)
			item.size = n
			if n <= 0 || n > rest || !yield(item) {
				return
			}
			item.at += n
		}
	}
}

// itemSize is the size of the array's item at an offset with some bytes left, its end mark included.
func (x *binXML) itemSize(kind byte, at, rest int) int {
	switch kind &^= arrayValue; kind {
	case stringValue:
		for i := 0; i+1 < rest; i += 2 {
			if x.b[at+i] == 0 && x.b[at+i+1] == 0 {
				return i + 2
			}
		}
		return rest
	case ansiValue:
		for i := range rest {
			if x.b[at+i] == 0 {
				return i + 1
			}
		}
		return rest
	case sidValue:
		if rest < 8 {
			return 0
		}
		return 8 + 4*int(x.b[at+1])
	default:
		return fixedSizes[kind]
	}
}

var fixedSizes = map[byte]int{3: 1, 4: 1, 5: 2, 6: 2, 7: 4, 8: 4, 9: 8, 10: 8, floatValue: 4, doubleValue: 8,
	boolValue: 4, guidValue: 16, sizeValue: 8, fileTimeValue: 8, systemTimeValue: 16, hex32Value: 4, hex64Value: 8}

// valueNumber is an unsigned number.
func (x *binXML) valueNumber(v binValue) (uint64, bool) {
	switch {
	case v.kind == stringValue:
		return digits(x.valueText(v))
	case v.kind < int8Value || v.kind > uint64Value && v.kind != hex32Value && v.kind != hex64Value:
		return 0, false
	}
	return unsigned(x.raw(v))
}

// unsigned reads 1, 2, 4 or 8 bytes.
func unsigned(raw []byte) (uint64, bool) {
	switch len(raw) {
	case 1:
		return uint64(raw[0]), true
	case 2:
		return uint64(le.Uint16(raw)), true
	case 4:
		return uint64(le.Uint32(raw)), true
	case 8:
		return le.Uint64(raw), true
	}
	return 0, false
}

// valueText writes a value as Windows does in XML; one of an unknown kind or a wrong size is hexadecimal.
func (x *binXML) valueText(v binValue) string {
	raw := x.raw(v)
	if !x.pay(2 * len(raw)) {
		return ""
	}
	if v.kind&arrayValue != 0 {
		var items []string
		for item := range x.items(v) {
			if !x.pay(binXMLPart) {
				return ""
			}
			items = append(items, x.valueText(item))
		}
		return strings.Join(items, ",")
	}
	switch v.kind {
	case nullValue:
		return ""
	case stringValue:
		return x.share(raw)
	case ansiValue:
		return ansi(raw)
	}
	if s, ok := numberText(v.kind, raw); ok {
		return s
	}
	if s, ok := recordText(v.kind, raw); ok {
		return s
	}
	return strings.ToUpper(hex.EncodeToString(raw))
}

// numberText writes the kinds that are one number.
func numberText(kind byte, raw []byte) (string, bool) {
	n, ok := unsigned(raw)
	if !ok {
		return "", false
	}
	switch {
	case kind >= int8Value && kind <= uint64Value && kind&1 == 1:
		shift := 64 - 8*len(raw)
		return strconv.FormatInt(int64(n<<shift)>>shift, 10), true
	case kind >= int8Value && kind <= uint64Value:
		return strconv.FormatUint(n, 10), true
	case kind == floatValue && len(raw) == 4:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(n))), 'f', 6, 64), true
	case kind == doubleValue && len(raw) == 8:
		return strconv.FormatFloat(math.Float64frombits(n), 'f', 6, 64), true
	case kind == boolValue:
		return strconv.FormatBool(n != 0), true
	case kind == hex32Value || kind == hex64Value || kind == sizeValue:
		return fmt.Sprintf("0x%0*x", 2*len(raw), n), true
	case kind == fileTimeValue && len(raw) == 8:
		return fileTime(n).Format("2006-01-02T15:04:05.000000000Z"), true
	}
	return "", false
}

// recordText writes the kinds that are several numbers.
func recordText(kind byte, raw []byte) (string, bool) {
	switch {
	case kind == guidValue && len(raw) == 16:
		return fmt.Sprintf("{%08X-%04X-%04X-%04X-%012X}", le.Uint32(raw), le.Uint16(raw[4:]),
			le.Uint16(raw[6:]), raw[8:10], raw[10:]), true
	case kind == systemTimeValue && len(raw) == 16:
		f := func(i int) int { return int(le.Uint16(raw[2*i:])) }
		return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", f(0), f(1), f(3), f(4), f(5), f(6), f(7)), true
	case kind == sidValue && len(raw) >= 8 && len(raw) == 8+4*int(raw[1]):
		var b strings.Builder
		fmt.Fprintf(&b, "S-%d-%d", raw[0], uint64(binary.BigEndian.Uint32(raw[4:]))|uint64(binary.BigEndian.Uint16(raw[2:]))<<32)
		for i := 8; i < len(raw); i += 4 {
			fmt.Fprintf(&b, "-%d", le.Uint32(raw[i:]))
		}
		return b.String(), true
	}
	return "", false
}

// fileTime is a count of 100 ns since 1601, in UTC.
func fileTime(n uint64) time.Time {
	const epoch = 11644473600 // seconds from 1601 to 1970
	if n == 0 || n > 1<<62 {
		return time.Time{}
	}
	return time.Unix(int64(n/1e7)-epoch, int64(n%1e7)*100).UTC()
}

// share is the text of UTF-16, the same string for the same short text.
func (x *binXML) share(raw []byte) string {
	if len(raw) > 256 {
		return utf16Text(raw)
	}
	if s, ok := x.shared[string(raw)]; ok {
		return s
	}
	s := utf16Text(raw)
	if len(x.shared) >= binXMLShared {
		clear(x.shared)
	}
	x.shared[string(raw)] = s
	return s
}

// utf16Text decodes UTF-16 as far as the NULs that end it.
func utf16Text(raw []byte) string {
	raw = raw[:len(raw)&^1]
	for len(raw) > 0 && raw[len(raw)-1] == 0 && raw[len(raw)-2] == 0 {
		raw = raw[:len(raw)-2]
	}
	out := make([]byte, 0, len(raw)/2+8)
	for i := 0; i < len(raw); i += 2 {
		c := le.Uint16(raw[i:])
		if c < utf8.RuneSelf {
			out = append(out, byte(c))
			continue
		}
		r := rune(c)
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if i+3 < len(raw) {
				if pair := utf16.DecodeRune(rune(c), rune(le.Uint16(raw[i+2:]))); pair != utf8.RuneError {
					r = pair
					i += 2
				}
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// ansi decodes a text of the code page that Western Windows writes.
func ansi(raw []byte) string {
	out, err := codePages[0].enc.NewDecoder().Bytes(raw)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(out), "\x00")
}
