package formats

import (
	"strings"
	"sync"
)

// anchor is a kind of place in a long text that a parser may have use for.
type anchor uint8

const (
	anyWord   anchor = 1 << iota // a word that says enough
	listHead                     // what begins a long list without further words
	eventIDOf                    // the label of an event id: one of the licensing service's must follow
	commaList                    // 0x: the comma string of an event must follow
	kmsPort                      // 1688: must stand alone
)

// listLines are the lines kept after the head of a long list.
const listLines = 4000

// anchorWords are the words beside the labels of the formats. Those of other alphabets are found as they are
// spelled here and in small letters; Latin ones in any spelling.
var anchorWords = map[anchor][]string{
	anyWord: {
		// codes of the licensing services; look-alikes of zero included
		"xc004", "xco04", "xc0o4", "xcoo4", "×c004", "хс004", "fc004", "x4004", "x8004e", "x8004fe2", "x8004d1", "x803f7", "x803f8", "x803f9", "x803fa",
		// sources of events
		"security-spp", "security-licensing-slc", "software licensing service", "windows activation technologies", "time-service",
		// tools and their keys
		"ospprearm", "softwareprotectionplatform", `currentversion\sl`, `currentversion\\sl`, "windows(r)", "vlmcs", "ff1ce", "55c92734-d682", "59a52881-a989",
		"non-existent domain", "dns name does not exist", "name resolution of ", "could not find host", "fant ikke verten", "kunde inte hitta värd", "не удалось обнаружить узел", "请求找不到主机",
		"searching for", "(ilid)", "no installed product keys", "<no licenses found>", "nomatchingeventsfound", "sppextcomobj", "nametarget", "isadministrator", "administrator: ", "administratör: ", "администратор: ", "管理员: ",
		"microsoft windows [", "]: ps ", "/skms", "connecting to ", "kobler til ", "ansluter till ", "подключение к ", "正在连接", "正在連線到", "tcp connect to", "tcp port ",
		"querying target", "port [tcp", "port [udp", "(tcp)", "32 byte", "32 байт", "32 字节", "bytes of data", "packets transmitted", "servicename", "имя_службы", "service_name", "tjenestenavn", "tjänstnamn", "服务名称",
		"dnscache", "w32time", "rpcss", "winmgmt", "slsvc", "permanently activated", "product activation", "]: kb",
		"w32tm", ":123]", "s o:+", "s o:-", "ns per ", "ns за такт", "每刻度", "vnextdiag", "vnext licenses", "licensestate\"",
	},
	listHead:  {"hotfixid", "roiscan", "office inventory", "genuine diagnostics", "mgadiag", "licensingdata", "licensing data"},
	eventIDOf: {"event id", "eventid", "hendelses-id", "händelse-id", "код события", "идентификатор события", "事件 id", "instanceid"},
	commaList: {"0x"},
	kmsPort:   {"1688"},
}

// fullWidth are the first bytes of full-width digits and letters, which may spell anything.
var fullWidth = []string{"\xef\xbc\x90", "\xef\xbc\xb8", "\xef\xbd\x98", "\xef\xbc\xa3", "\xef\xbd\x83"} // 0 X x C c

// anchors is built when the first long text comes.
var anchors = sync.OnceValue(func() *finder {
	var b finderBuilder
	for kind, words := range anchorWords {
		b.add(kind, words...)
	}
	b.add(anyWord, fullWidth...)
	b.add(anyWord, strongWords...)
	b.add(anyWord, servicePhrases...)
	for name := range wmiOwn {
		b.add(anyWord, name)
	}
	for _, table := range [][]term{slmgrTerms, slmgrPhraseTerms, osppTerms, probeTerms, ipconfigTerms, resultTerms, xprTerms, messageTerms} {
		for _, t := range table {
			if weakFields[t.field] || t.field == "activating" || t.field == oCode || t.field == oCodeText {
				continue
			}
			for _, forms := range t.forms {
				for form := range strings.SplitSeq(forms, "|") {
					if len(form) >= 8 {
						b.add(anyWord, form)
					}
				}
			}
		}
	}
	return b.build()
})

// finder finds all words of a set in one pass (Aho and Corasick): one look at a table for each byte.
type finder struct {
	class [256]uint8 // bytes that no word tells apart share a class
	next  []uint32   // by state and class: the next state, times the number of classes; found where a word ends there
	kinds []anchor   // by state
	width uint32
}

const found = 1 << 31

// in returns how many lines after unit are of interest, 0 where the unit itself is not.
func (f *finder) in(unit string) int {
	next, state := f.next, uint32(0)
	for i := 0; i < len(unit); i++ {
		state = next[state+uint32(f.class[unit[i]])]
		if state&found == 0 {
			continue
		}
		state &^= found
		switch kind := f.kinds[state/f.width]; {
		case kind&listHead != 0:
			return listLines
		case kind&anyWord != 0, kind&eventIDOf != 0 && ownIDFollows(unit[i+1:]), kind&commaList != 0 && commasFollow(unit[i+1:]), kind&kmsPort != 0 && aloneAt(unit, i-3, i+1):
			return sieveLines
		}
	}
	return 0
}

// ownIDFollows tells that the first number of the next few characters is an event id of the licensing service.
func ownIDFollows(s string) bool {
	s = s[:min(len(s), 48)]
	i := strings.IndexAny(s, "0123456789")
	if i < 0 {
		return false
	}
	n := i
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return ownID(idOf(s[i:n]))
}

// commasFollow tells that up to eight hexadecimal digits and further fields follow.
func commasFollow(s string) bool {
	n := 0
	for n < len(s) && n < 9 && isHex(s[n]) {
		n++
	}
	rest := strings.TrimLeft(s[n:], " \t")
	return n > 0 && n < 9 && rest != "" && rest[0] == ',' && strings.Count(rest[:min(len(rest), 300)], ",") >= 3
}

// aloneAt tells that s[i:j] is no part of a longer number, word or address.
func aloneAt(s string, i, j int) bool {
	in := func(c byte) bool {
		return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '-'
	}
	return (i <= 0 || !in(s[i-1])) && (j >= len(s) || !in(s[j]) || s[j] == '.')
}

// finderBuilder gathers the words as a tree.
type finderBuilder struct {
	nodes []finderNode
}

type finderNode struct {
	to   map[byte]int
	kind anchor
	fail int
}

func (b *finderBuilder) add(kind anchor, words ...string) {
	for _, w := range words {
		b.put(kind, w)
		if low := strings.ToLower(w); low != w {
			b.put(kind, low)
		}
	}
}

func (b *finderBuilder) put(kind anchor, word string) {
	if word == "" {
		return
	}
	if b.nodes == nil {
		b.nodes = []finderNode{{to: map[byte]int{}}}
	}
	at := 0
	for i := 0; i < len(word); i++ {
		c := lowerASCII(word[i])
		to, ok := b.nodes[at].to[c]
		if !ok {
			to = len(b.nodes)
			b.nodes = append(b.nodes, finderNode{to: map[byte]int{}})
			b.nodes[at].to[c] = to
		}
		at = to
	}
	b.nodes[at].kind |= kind
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// build turns the tree into the table: from each state, every byte leads to the longest word, begun or
// whole, that then ends there.
func (b *finderBuilder) build() *finder {
	f := &finder{width: 1} // class 0: bytes that stand in no word
	classOf := map[byte]uint8{}
	for _, n := range b.nodes {
		for c := range n.to {
			if classOf[c] == 0 {
				classOf[c] = uint8(f.width)
				f.width++
			}
		}
	}
	for c := range 256 {
		f.class[c] = classOf[lowerASCII(byte(c))]
	}
	f.next, f.kinds = make([]uint32, len(b.nodes)*int(f.width)), make([]anchor, len(b.nodes))
	order := []int{0}
	for k := 0; k < len(order); k++ { // breadth first: a state's fallback is ready before it
		at := order[k]
		n := &b.nodes[at]
		if at > 0 {
			n.kind |= b.nodes[n.fail].kind
		}
		f.kinds[at] = n.kind
		row := f.next[at*int(f.width) : (at+1)*int(f.width)]
		if at > 0 {
			copy(row, f.next[n.fail*int(f.width):])
		}
		for c, to := range n.to {
			if at > 0 {
				b.nodes[to].fail = int(row[classOf[c]]&^found) / int(f.width)
			}
			row[classOf[c]] = uint32(to) * f.width
			order = append(order, to)
		}
	}
	for i, to := range f.next {
		if f.kinds[to/f.width] != 0 {
			f.next[i] |= found
		}
	}
	return f
}
