package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// width of a terminal line that every reader has.
const width = 80

// printer writes for people: wrapped at 80 columns, where a Chinese character takes two.
type printer struct {
	w    io.Writer
	err  error
	told map[string]bool // variants of a tool that were printed already
}

func newPrinter(w io.Writer) *printer { return &printer{w: w, told: map[string]bool{}} }

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(s, " "))
	}
}

func (p *printer) blank() { p.line("") }

func (p *printer) heading(s string) {
	p.blank()
	p.paragraph(s)
}

func (p *printer) paragraph(s string)        { p.wrap("", "", s) }
func (p *printer) item(s string)             { p.wrap("  - ", "    ", s) }
func (p *printer) step(n int, s string)      { p.wrap(fmt.Sprintf("  %d. ", n), "     ", s) }
func (p *printer) under(s string)            { p.wrap("     ", "     ", s) }
func (p *printer) command(line, note string) { p.verbatim("       "+line, note) }

// verbatim prints what must stay in one line, to be copied; a note stands above it.
func (p *printer) verbatim(line, note string) {
	if note != "" {
		p.wrap("     ", "     ", note+":")
	}
	p.line(line)
}

func (p *printer) wrap(first, next, s string) {
	for part := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		line, at := first, columns(first)
		for i, word := range words(part) {
			if i > 0 && at+columns(strings.TrimRight(word, " ")) > width {
				p.line(line)
				line, at = next, columns(next)
			}
			line += word
			at += columns(word)
		}
		p.line(line)
		first = next
	}
}

// words cuts where a line may break: behind blanks, and between Chinese characters.
func words(s string) []string {
	var out []string
	start := 0
	var before rune
	for i, r := range s {
		if i > start && (before == ' ' && r != ' ' || wide(before) && (wide(r) || unicode.IsLetter(r)) && !closing(r)) {
			out = append(out, s[start:i])
			start = i
		}
		before = r
	}
	return append(out, s[start:])
}

// closing marks must not begin a line.
func closing(r rune) bool { return strings.ContainsRune("，。：；、！？）”》」", r) }

func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		if wide(r) {
			n++
		}
		if !unicode.Is(unicode.Mn, r) {
			n++
		}
	}
	return n
}
