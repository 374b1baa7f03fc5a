package index

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/activationkb/activationkb/knowledge"
)

// translationsFile is what activationkb learn made of the knowledge's own articles and glossary
// and of a corpus of support articles: Microsoft's localized support insights, used under
// Creative Commons Attribution 4.0. It holds pairs of terms with probabilities, no text.
//
//go:embed translations.bin
var translationsFile []byte

// translation is a term of another language with how likely it translates the one asked for; of the
// same language, how likely it means the same.
type translation struct {
	term string
	p    float64 // above 0, at most 1
}

// dictionary holds the translations of all terms of one language into another.
type dictionary struct {
	starts  []uint32 // by source term; one more than there are
	targets []uint32
	p       []uint8 // in 255ths
}

// translations is the learned lexicon. It does not change.
type translations struct {
	terms        map[knowledge.Language][]string // sorted
	dictionaries map[[2]knowledge.Language]*dictionary
}

// builtInTranslations decodes the embedded file once in a process.
var builtInTranslations = sync.OnceValues(func() (*translations, error) { return decodeTranslations(translationsFile) })

// of gives the translations of a term, likeliest first.
func (t *translations) of(from, to knowledge.Language, term string) []translation {
	d := t.dictionaries[[2]knowledge.Language{from, to}]
	i, ok := slices.BinarySearch(t.terms[from], term)
	if d == nil || !ok {
		return nil
	}
	found := make([]translation, 0, 4)
	for k := d.starts[i]; k < d.starts[i+1]; k++ {
		found = append(found, translation{t.terms[to][d.targets[k]], float64(d.p[k]) / 255})
	}
	return found
}

// The file: magic; for each language its number of terms and the terms, each as the length shared
// with the one before, the length of the rest and the rest; for each ordered pair of languages and
// each source term the number of translations and those, each as the number of the target and p.
// Numbers are unsigned varints.
const translationsMagic = "ActivationKB translations 1\n" +
	"Learned from this product's own articles and from Microsoft's localized support insights (CC BY 4.0).\n"

var errTranslations = errors.New("index: malformed translations")

func (t *translations) encode() []byte {
	out := []byte(translationsMagic)
	for _, l := range knowledge.Languages {
		out = binary.AppendUvarint(out, uint64(len(t.terms[l])))
		before := ""
		for _, w := range t.terms[l] {
			n := sharedPrefix(before, w)
			out = binary.AppendUvarint(out, uint64(n))
			out = binary.AppendUvarint(out, uint64(len(w)-n))
			out = append(out, w[n:]...)
			before = w
		}
	}
	for _, pair := range languagePairs() {
		d := t.dictionaries[pair]
		for i := range t.terms[pair[0]] {
			out = binary.AppendUvarint(out, uint64(d.starts[i+1]-d.starts[i]))
			for k := d.starts[i]; k < d.starts[i+1]; k++ {
				out = binary.AppendUvarint(out, uint64(d.targets[k]))
				out = append(out, d.p[k])
			}
		}
	}
	return out
}

func sharedPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// languagePairs gives every ordered pair, and each language with itself for paraphrases.
func languagePairs() [][2]knowledge.Language {
	var all [][2]knowledge.Language
	for _, a := range knowledge.Languages {
		for _, b := range knowledge.Languages {
			all = append(all, [2]knowledge.Language{a, b})
		}
	}
	return all
}

// reading takes numbers and bytes off a file; bad is set at the first that is not there.
type reading struct {
	data []byte
	bad  bool
}

func (r *reading) number(limit int) int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || limit < 0 || n > uint64(limit) {
		r.bad = true
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

func (r *reading) bytes(n int) []byte {
	if n > len(r.data) {
		r.bad = true
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func decodeTranslations(data []byte) (*translations, error) {
	rest, ok := bytes.CutPrefix(data, []byte(translationsMagic))
	if !ok {
		return nil, fmt.Errorf("%w: not such a file", errTranslations)
	}
	r := &reading{data: rest}
	t := &translations{make(map[knowledge.Language][]string), make(map[[2]knowledge.Language]*dictionary)}
	for _, l := range knowledge.Languages {
		t.terms[l] = r.terms()
	}
	for _, pair := range languagePairs() {
		t.dictionaries[pair] = r.dictionary(len(t.terms[pair[0]]), len(t.terms[pair[1]]))
	}
	if r.bad || len(r.data) > 0 {
		return nil, fmt.Errorf("%w: %d bytes from its end", errTranslations, len(r.data))
	}
	return t, nil
}

func (r *reading) terms() []string {
	n := r.number(len(r.data))
	terms := make([]string, 0, n)
	var text strings.Builder
	ends := make([]int, 0, n)
	var before []byte
	for range n {
		same := r.number(len(before))
		before = append(before[:same:same], r.bytes(r.number(len(r.data)))...)
		if r.bad {
			return nil
		}
		text.Write(before)
		ends = append(ends, text.Len())
	}
	all, start := text.String(), 0
	for _, end := range ends {
		terms = append(terms, all[start:end])
		start = end
	}
	if !slices.IsSorted(terms) {
		r.bad = true
	}
	return terms
}

func (r *reading) dictionary(sources, targets int) *dictionary {
	d := &dictionary{starts: make([]uint32, 1, sources+1)}
	for range sources {
		for range r.number(len(r.data)) {
			target := r.number(targets - 1)
			p := r.bytes(1)
			if r.bad {
				return d
			}
			d.targets = append(d.targets, uint32(target))
			d.p = append(d.p, p[0])
		}
		d.starts = append(d.starts, uint32(len(d.targets)))
	}
	return d
}

// newTranslations collects learned pairs: probabilities by language pair, source and target.
func newTranslations(learned pairs) *translations {
	t := &translations{make(map[knowledge.Language][]string), make(map[[2]knowledge.Language]*dictionary)}
	for pair, m := range learned {
		for from, all := range m {
			t.terms[pair[0]] = append(t.terms[pair[0]], from)
			for _, to := range all {
				t.terms[pair[1]] = append(t.terms[pair[1]], to.term)
			}
		}
	}
	for l := range t.terms {
		sort.Strings(t.terms[l])
		t.terms[l] = slices.Compact(t.terms[l])
	}
	for _, pair := range languagePairs() {
		d := &dictionary{starts: []uint32{0}}
		for _, from := range t.terms[pair[0]] {
			for _, to := range learned[pair][from] {
				i, _ := slices.BinarySearch(t.terms[pair[1]], to.term)
				d.targets = append(d.targets, uint32(i))
				d.p = append(d.p, uint8(math.Round(max(1, 255*to.p))))
			}
			d.starts = append(d.starts, uint32(len(d.targets)))
		}
		t.dictionaries[pair] = d
	}
	return t
}
