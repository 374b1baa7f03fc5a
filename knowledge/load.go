package knowledge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// FormatVersion is the newest version of the content format that this program reads.
const FormatVersion = 1

// BuiltIn is the name of the first pack.
const BuiltIn = "built-in"

// Limits of a pack.
const (
	maxFiles    = 20_000
	maxFileSize = 4 << 20
)

// Load reads content packs, the built-in one first. The error is a Defects with every fault of
// every pack; a pack with a defect is not loaded, nor is anything else.
func Load(packs ...fs.FS) (*Base, error) {
	b, defects := Draft(packs...)
	if len(defects) > 0 {
		return nil, defects
	}
	return b, nil
}

// Lint is Draft for authors: it looks at the language of the texts too, which Load leaves alone: language,
// length of sentences, terms, literals that should be tokens.
func Lint(packs ...fs.FS) (*Base, Defects) {
	l := &loader{lint: true}
	return l.load(packs)
}

// Draft loads what can be loaded, for previews of unfinished content. The Base is never nil;
// records with defects may be in it or not.
func Draft(packs ...fs.FS) (*Base, Defects) {
	l := &loader{}
	return l.load(packs)
}

func (l *loader) load(packs []fs.FS) (*Base, Defects) {
	l.base, l.rules = newBase(), map[string]string{}
	hash := sha256.New()
	for i, p := range packs {
		s := l.read(p, i)
		for _, f := range s.files {
			fmt.Fprintf(hash, "%d %s %d\n%s", i, f.path, len(f.data), f.data)
		}
	}
	l.base.revision = hex.EncodeToString(hash.Sum(nil)[:8])
	l.each(func(f *file) { f.parse() })
	l.index()
	if l.lint {
		l.avoid()
	}
	l.each(func(f *file) { l.check(f) })
	l.render()
	l.base.finish()
	return l.base, l.collect()
}

type loader struct {
	base    *Base
	sources []*source
	drafts  []*draft
	rules   map[string]string // rule id -> finding id
	lint    bool
	avoided map[Language][]avoided
	defects Defects
}

// source is one pack as it stands in its files.
type source struct {
	Pack
	first  bool
	files  []*file
	drafts map[string]*draft // by folder
}

// file is one content file, parsed as YAML or as an article's page.
type file struct {
	source *source
	path   string // inside the pack
	shown  string // in defects
	data   []byte
	doc    *document
	page   *page
}

// draft is an article before rendering.
type draft struct {
	source  *source
	id      string // the folder's name
	article *Article
	doc     *document // article.yaml, nil if there is none
	pages   map[Language]*page
}

// each calls do for all files, on all processors.
func (l *loader) each(do func(*file)) {
	var files []*file
	for _, s := range l.sources {
		files = append(files, s.files...)
	}
	parallel(len(files), func(i int) { do(files[i]) })
}

// parallel calls do(0) to do(n-1) on all processors and waits.
func parallel(n int, do func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// read takes the files of the i-th pack, in the order of their paths, and its pack.yaml.
func (l *loader) read(pack fs.FS, i int) *source {
	s := &source{first: i == 0, drafts: map[string]*draft{}}
	l.sources = append(l.sources, s)
	s.Name = fmt.Sprintf("pack-%d", i+1)
	if s.first {
		s.Name = BuiltIn
	}
	l.readPack(pack, s)
	err := fs.WalkDir(pack, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case e.IsDir() || path.Dir(name) == "." && path.Ext(name) != ".yaml":
			// At the top a pack may have a README, a licence or the Go file that embeds it.
		case len(s.files) == maxFiles:
			return fmt.Errorf("more than %d files", maxFiles)
		default:
			l.readFile(pack, s, name)
		}
		return nil
	})
	if err != nil {
		l.defects.add(s.shown("."), 0, "", "cannot be read: %v", err)
	}
	return s
}

// shown is how defects name a file of s.
func (s *source) shown(name string) string {
	if s.first {
		return name
	}
	return s.Name + "/" + name
}

// Names of packs and of sections need not be as long as ids; those of rules have capitals: R087.
var (
	idPattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}$`)
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	rulePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,62}$`)
)

func (l *loader) readPack(pack fs.FS, s *source) {
	data, err := fs.ReadFile(pack, "pack.yaml")
	if err != nil {
		l.defects.add(s.shown("pack.yaml"), 0, "", "is missing: every pack has one")
		s.Languages = Languages
		return
	}
	p := new(Pack)
	d := parseDocument(s.shown("pack.yaml"), "pack.yaml", normal(data), p)
	if namePattern.MatchString(p.Name) && !l.named(p.Name) {
		s.Name = p.Name
	}
	s.FormatVersion = p.FormatVersion
	switch {
	case p.FormatVersion > FormatVersion: // whatever else is unknown in it is no fault
		d.defects = nil
		d.top().at("formatVersion").defect("needs version %d or newer of the content format; this program reads version %d",
			p.FormatVersion, FormatVersion)
	case d.root != nil:
		l.checkPack(s, p, d.top())
		name := s.Name
		s.Pack = *p
		s.Name = name
	}
	for _, x := range d.defects {
		l.defects.add(s.shown("pack.yaml"), x.Line, x.Field, "%s", x.Message)
	}
	s.Languages = slices.DeleteFunc(slices.Clone(p.Languages), func(l Language) bool { return !l.supported() })
	if s.first || len(s.Languages) == 0 {
		s.Languages = Languages
	}
	l.base.packs = append(l.base.packs, s.Pack)
}

// named reports whether an earlier pack has a name.
func (l *loader) named(name string) bool {
	return slices.ContainsFunc(l.base.packs, func(p Pack) bool { return p.Name == name })
}

func (l *loader) checkPack(s *source, p *Pack, at place) {
	if p.FormatVersion < 1 {
		at.at("formatVersion").defect("is 1 or more")
	}
	switch {
	case s.first && p.Name != BuiltIn:
		at.at("name").defect("the first pack is named %s", BuiltIn)
	case !namePattern.MatchString(p.Name):
		at.at("name").defect("%q does not match %s", p.Name, namePattern)
	case l.named(p.Name):
		at.at("name").defect("another pack is named %q", p.Name)
	}
	for i, lang := range p.Languages {
		if !lang.supported() || slices.Contains(p.Languages[:i], lang) {
			at.at("languages").item(i).defect("unknown or repeated language %q", lang)
		}
	}
	for _, lang := range Languages {
		if s.first && !slices.Contains(p.Languages, lang) {
			at.at("languages").defect("the built-in pack has all languages: %s is missing", lang)
		}
	}
	if len(p.Languages) == 0 {
		at.at("languages").defect("is required")
	}
}

func (l *loader) readFile(pack fs.FS, s *source, name string) {
	if info, err := fs.Stat(pack, name); err == nil && info.Size() > maxFileSize {
		l.defects.add(s.shown(name), 0, "", "is larger than %d bytes", maxFileSize)
		return
	}
	data, err := fs.ReadFile(pack, name)
	if err != nil {
		l.defects.add(s.shown(name), 0, "", "cannot be read: %v", err)
		return
	}
	if s.FormatVersion > FormatVersion {
		return
	}
	f := &file{source: s, path: name, shown: s.shown(name), data: normal(data)}
	if line, why := badText(f.data); why != "" {
		l.defects.add(f.shown, line, "", "%s", why)
		if path.Ext(name) == ".yaml" {
			return
		}
	}
	s.files = append(s.files, f)
	l.assign(f)
}

// normal gives data with line feeds only and without a byte order mark.
func normal(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !bytes.ContainsRune(data, '\r') {
		return data
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}

// badText finds what no content file may hold: malformed UTF-8, control and bidirectional characters.
func badText(data []byte) (line int, why string) {
	line = 1
	for i := 0; i < len(data); {
		if c := data[i]; c < utf8.RuneSelf {
			if c == '\n' {
				line++
			} else if c < ' ' && c != '\t' || c == 0x7F {
				return line, fmt.Sprintf("control character U+%04X", c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return line, "not UTF-8"
		}
		if r < 0xA0 || r >= 0x200B && r <= 0x206F && unicode.Is(unicode.Cf, r) || r == 0xFEFF {
			return line, fmt.Sprintf("control or bidirectional character U+%04X", r)
		}
		i += n
	}
	return 0, ""
}

// assign decides from its path what a file holds.
func (l *loader) assign(f *file) {
	dir, name := path.Split(f.path)
	parts := strings.Split(strings.TrimSuffix(dir, "/"), "/")
	article := len(parts) == 2 && parts[0] == "articles"
	lang, isPage := strings.CutSuffix(name, ".md")
	switch {
	case f.path == "pack.yaml": // read already
	case article && name == "article.yaml":
		d := f.source.draft(parts[1])
		d.doc = &document{value: d.article}
		f.doc = d.doc
	case article && isPage && slices.Contains(f.source.Languages, Language(lang)):
		f.page = &page{}
		f.source.draft(parts[1]).pages[Language(lang)] = f.page
	case target(f.path) != nil:
		f.doc = &document{value: target(f.path)}
	default:
		l.defects.add(f.shown, 0, "", "unknown file")
	}
}

func (s *source) draft(id string) *draft {
	d, ok := s.drafts[id]
	if !ok {
		d = &draft{source: s, id: id, article: &Article{}, pages: map[Language]*page{}}
		s.drafts[id] = d
	}
	return d
}

// commandFile is commands.yaml.
type commandFile struct {
	Tools    []Tool    `yaml:"tools,omitempty"`
	Commands []Command `yaml:"commands"`
}

// codeFile is a file of codes/.
type codeFile struct {
	Explanations []Explanation `yaml:"explanations,omitempty"`
	Codes        []ErrorCode   `yaml:"codes,omitempty"`
}

// target gives a pointer to what a file holds, nil if no such file belongs to a pack.
func target(name string) any {
	if matched, _ := path.Match("*/*.yaml", name); matched {
		switch path.Dir(name) {
		case "codes":
			return new(codeFile)
		case "events":
			return new([]Event)
		case "findings":
			return new(Finding)
		}
	}
	switch name {
	case "vocabulary.yaml":
		return new(Vocabulary)
	case "glossary.yaml":
		return new([]Concept)
	case "commands.yaml":
		return new(commandFile)
	case "questions.yaml":
		return new([]Question)
	case "messages.yaml":
		return new(map[string]Text)
	case "keys.yaml":
		return new([]Key)
	case "products.yaml":
		return new([]Product)
	case "winerror.yaml":
		return new([]Symbol)
	case "facilities.yaml":
		return new([]Facility)
	}
	return nil
}

func (f *file) parse() {
	switch {
	case f.doc != nil:
		*f.doc = *parseDocument(f.shown, f.path, f.data, f.doc.value)
	case f.page != nil:
		*f.page = *parsePage(f.shown, string(f.data))
	}
}

// collect gathers the defects of all files.
func (l *loader) collect() Defects {
	all := l.defects
	for _, s := range l.sources {
		for _, f := range s.files {
			if f.doc != nil {
				all = append(all, f.doc.defects...)
			}
			if f.page != nil {
				all = append(all, f.page.defects...)
			}
		}
	}
	return all.sorted()
}
