package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/activationkb/activationkb/knowledge/code"
)

// ErrScaffold is wrapped by errors about what Scaffold was asked for.
var ErrScaffold = errors.New("knowledge: cannot start new content")

// Scaffold starts a new record in the content folder dir: an article, a code, a finding, a rule (id FINDING/RULE) or a
// log format. It writes files with their headings in five languages and TODO marks, which lint
// rejects, and gives their paths. It never overwrites; a code is added to its file in its place, a rule to its finding, which is made if there is none.
// For a format, dir is the root of the source tree.
func Scaffold(dir, kind, id string) ([]string, error) {
	if kind == "code" {
		return scaffoldCode(dir, id)
	}
	if kind == "rule" {
		return scaffoldRule(dir, id)
	}
	if !idPattern.MatchString(id) {
		return nil, fmt.Errorf("%w: id %q does not match %s", ErrScaffold, id, idPattern)
	}
	files := map[string]string{}
	switch kind {
	case "article":
		files[filepath.Join("articles", id, "article.yaml")] = fmt.Sprintf(articleTemplate, id)
		for _, l := range Languages {
			files[filepath.Join("articles", id, string(l)+".md")] = pageTemplate
		}
	case "finding":
		files[filepath.Join("findings", id+".yaml")] = newFinding(id, "TODO")
	case "format":
		name := strings.ReplaceAll(id, "-", "_")
		parse := "parse"
		for word := range strings.SplitSeq(id, "-") {
			parse += strings.ToUpper(word[:min(1, len(word))]) + word[min(1, len(word)):]
		}
		formats := filepath.Join("knowledge", "diagnose", "formats")
		files[filepath.Join(formats, name+".go")] = fmt.Sprintf(formatTemplate, parse, parse)
		files[filepath.Join(formats, "testdata", name+"_en.txt")] = "TODO: a sample of this format\n"
	default:
		return nil, fmt.Errorf("%w: unknown kind %q: article, code, finding, rule or format", ErrScaffold, kind)
	}
	return create(dir, files)
}

// create writes all files or none.
func create(dir string, files map[string]string) ([]string, error) {
	var written []string
	for name := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil, fmt.Errorf("%w: %s exists", ErrScaffold, name)
		}
		written = append(written, name)
	}
	for i, name := range written {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return nil, err
		}
		_, err = f.WriteString(files[name])
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		written[i] = full
	}
	slices.Sort(written)
	return written, nil
}

// scaffoldCode puts a record into the file of codes/ that has the longest prefix of the code, or
// into a new one, before the first greater code.
func scaffoldCode(dir, id string) ([]string, error) {
	c, err := code.Parse(id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrScaffold, err)
	}
	record := fmt.Sprintf(codeTemplate, c, todos("      "))
	name := codeFileFor(dir, c)
	if name == "" {
		return create(dir, map[string]string{filepath.Join("codes", c.String()[:6]+".yaml"): "codes:\n" + record})
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	at, taken := codePosition(data, c)
	if taken {
		return nil, fmt.Errorf("%w: %s has a record in %s", ErrScaffold, c, name)
	}
	out := bytes.Join([][]byte{data[:at], []byte(record), data[at:]}, nil)
	return []string{name}, os.WriteFile(name, out, 0o644)
}

func newFinding(id, rule string) string {
	return fmt.Sprintf(findingTemplate, id, todos("  "), todos("  ")) +
		"rules:\n" + fmt.Sprintf(ruleTemplate, rule) + "samples:\n" + fmt.Sprintf(samplesTemplate, rule, rule)
}

// scaffoldRule adds a rule and its samples to a finding: id is "clock-skew/R116".
func scaffoldRule(dir, id string) ([]string, error) {
	finding, rule, ok := strings.Cut(id, "/")
	if !ok || !idPattern.MatchString(finding) || !rulePattern.MatchString(rule) {
		return nil, fmt.Errorf("%w: rule %q: say the finding and the new rule, for example clock-skew/R116", ErrScaffold, id)
	}
	file := filepath.Join("findings", finding+".yaml")
	name := filepath.Join(dir, file)
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return create(dir, map[string]string{file: newFinding(finding, rule)})
	}
	if err != nil {
		return nil, err
	}
	if bytes.Contains(data, []byte("- id: "+rule+"\n")) {
		return nil, fmt.Errorf("%w: %s has a rule %s", ErrScaffold, name, rule)
	}
	rules, samples, ok := bytes.Cut(data, []byte("\nsamples:\n"))
	if !ok || !bytes.Contains(rules, []byte("\nrules:\n")) {
		return nil, fmt.Errorf("%w: %s has no rules: and samples: of its own lines to add to", ErrScaffold, name)
	}
	out := fmt.Sprintf("%s\n"+ruleTemplate+"samples:\n%s\n"+samplesTemplate, rules, rule, bytes.TrimRight(samples, "\n"), rule, rule)
	return []string{name}, os.WriteFile(name, []byte(out), 0o644)
}

// codePosition finds where the record of c belongs in a file of codes: before the first greater
// one, or at the end of the list.
func codePosition(data []byte, c code.Code) (at int, taken bool) {
	inCodes, offset := false, 0
	for line := range bytes.Lines(data) {
		value, isCode := bytes.CutPrefix(line, []byte("  - code: "))
		value = bytes.Trim(value, "\"'\n ")
		switch {
		case isCode && string(value) == c.String():
			return 0, true
		case isCode && string(value) > c.String(), inCodes && asciiLetter(line[0]):
			return offset, false
		case bytes.HasPrefix(line, []byte("codes:")):
			inCodes = true
		}
		offset += len(line)
	}
	return offset, false
}

func codeFileFor(dir string, c code.Code) string {
	for n := 10; n > 2; n-- {
		name := filepath.Join(dir, "codes", c.String()[:n]+".yaml")
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

func todos(indent string) string {
	var b strings.Builder
	for _, l := range Languages {
		fmt.Fprintf(&b, "%s%s: TODO\n", indent, l)
	}
	return b.String()
}

const articleTemplate = `id: %s
kind: PROBLEM
codes: []
products: [WINDOWS]
channels: [KMS]
roles: [CLIENT]
concepts: []
related: []
sources:
  - {title: "TODO"}
`

const pageTemplate = `# TODO

TODO: one paragraph, 1-3 sentences

## symptoms

- TODO

## cause.todo TODO

TODO

## resolution.todo TODO

1. TODO

## if-not-solved

- TODO
`

const codeTemplate = `  - code: "%s"
    severity: ERROR
    message:
%s    sources:
      - title: TODO
`

const findingTemplate = `id: %s
severity: ERROR
title:
%sexplanation:
%sorder: 50
`

const ruleTemplate = `  - id: %s
    bind: {a: attempt}
    when: {fact: a.error_code, eq: "TODO"}
    confidence: HIGH
    evidence: [a.error_code]
`

const samplesTemplate = `  - rule: %s
    want: FIRED
    documents: {todo.txt: TODO}
  - rule: %s
    want: CLEAR
    documents: {todo.txt: TODO}
`

const formatTemplate = `package formats

// %s reads TODO: what. Add it to the list of parsers in formats.go.
func %s(p *page) {
	// TODO: recognise the document by its shape, then state its facts.
}
`
