package formats

import (
	"slices"
	"strconv"
	"strings"
)

var (
	officeYearRE   = compile(`(?i)\b(?:office|visio|project|word|excel|outlook)(?: [\p{L}]{2,16}){0,3} (97|2000|xp|2003|2007|2010|2013|2016|2019|2021|2024)\b`)
	officeNumberRE = compile(`(?i)\boffice ?(9|1[0-6])(?:\.0(?:\.[0-9]{3,5}){0,2})?\b`)
	office365RE    = compile(`(?i)\b(?:office|microsoft) 365\b`)
	windowsOldRE   = compile(`(?i)\b(?:windows|win) ?(xp|2000|2003|server 2003)\b|\b(server) 2003\b|\bMicrosoft Windows(?: XP| 2000)? \[[^\]0-9]{1,20}(5\.[0-2])\.[0-9]{4}\]`)
	windowsNewRE   = compile(`(?i)\b(?:windows|win) ?(?:vista|7|8|8\.1|10|11)\b|\bserver,? (?:version )?(?:2008|2012|2016|2019|2022|2025)\b|\[[^\]0-9]{1,20}(?:6|10)\.[0-9]\.[0-9]{4}`)
)

// officeMajor is the version number behind a year.
var officeMajor = map[string]int{"97": 8, "2000": 9, "xp": 10, "XP": 10, "Xp": 10, "2003": 11, "2007": 12, "2010": 14, "2013": 15,
	"2016": 16, "2019": 16, "2021": 16, "2024": 16}

// OfficeVersions lists the major versions of Office that a text names: 12 for Office 2007, "Office12" or
// "Office 12.0". Each once.
func OfficeVersions(s string) []int {
	var out []int
	for _, m := range officeYearRE.FindAllStringSubmatch(s, 50) {
		out = append(out, officeMajor[m[1]])
	}
	for _, m := range officeNumberRE.FindAllStringSubmatch(s, 50) {
		n, _ := strconv.Atoi(m[1])
		out = append(out, n)
	}
	if office365RE.MatchString(s) {
		out = append(out, 16)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OldWindows is the version number of a Windows before Vista that a text names ("5.1" for XP, "5.2" for
// Server 2003), or "" where it names none, or a later one as well.
func OldWindows(s string) string {
	m := windowsOldRE.FindStringSubmatch(s)
	switch {
	case m == nil || windowsNewRE.MatchString(s):
		return ""
	case m[3] != "":
		return m[3]
	case len(m[1]) == 2:
		return "5.1"
	case m[1] == "2000":
		return "5.0"
	}
	return "5.2"
}

// NewWindows reports whether a text names a Windows from Vista and Server 2008 on.
func NewWindows(s string) bool { return windowsNewRE.MatchString(s) }

// oldVersions states that prose speaks of an Office or Windows that volume activation tools do not know. A
// document that names a later version as well leaves open which one it is about.
func (p *page) oldVersions(b *block) {
	ctx := p.activation()
	if !ctx.any && len(p.doc.Facts) == 0 {
		return
	}
	oldOffice, oldWindows := p.onlyOld()
	for i := range p.lines {
		l := &p.lines[i]
		if !oldOffice && !oldWindows {
			return
		}
		if l.taken || len(l.text) > 4000 || !ctx.near(i) && len(p.doc.Facts) == 0 {
			continue
		}
		if v := OfficeVersions(l.text); oldOffice && len(v) > 0 && p.ofVolume(i) {
			b.add(OfficeVersion, l.text[:min(len(l.text), 200)], strconv.Itoa(v[len(v)-1]), l.num)
			oldOffice = false
		}
		if v := OldWindows(l.text); oldWindows && v != "" {
			b.add(OSVersion, l.text[:min(len(l.text), 200)], v, l.num)
			oldWindows = false
		}
	}
}

// onlyOld tells whether the text names an old Office, or an old Windows, and no later one.
func (p *page) onlyOld() (office, windows bool) {
	newest := 0
	for _, s := range p.raw {
		if newest < 14 && officeFinder.holds(s) {
			if v := OfficeVersions(s); len(v) > 0 {
				newest = max(newest, v[len(v)-1])
			}
		}
		windows = windows || oldWindowsFinder.holds(s) && windowsOldRE.MatchString(s)
	}
	for i := 0; windows && i < len(p.raw); i++ {
		windows = !windowsNewRE.MatchString(p.raw[i])
	}
	return newest > 0 && newest < 14, windows
}

// volumeWords show that it is volume activation that an old Office is named with: beside a fault of Windows,
// an old Office is only what else is installed.
var volumeWords = []string{"kms", "ospp", "key management", "volum", "nøkkelbehandling", "nyckelhantering", "корпоратив", "управления ключами", "批量", "密钥管理"}

func (p *page) ofVolume(i int) bool {
	for j := max(0, i-1); j <= min(len(p.lines)-1, i+1); j++ {
		if containsAny(strings.ToLower(p.lines[j].text), volumeWords) {
			return true
		}
	}
	return false
}

// emptyQueryRE is how Get-WinEvent says in every language that no event matches; the query is quoted near it.
var (
	emptyQueryRE = compile(`\bNoMatchingEventsFound\b`)
	asked12288RE = compile(`\b12288\b`)
)

// NoRequestLogged is the statement that a log was searched for event 12288 and has none.
const NoRequestLogged = "no-event-12288"

// emptyQueries reads that a search for the client's requests found nothing.
func (p *page) emptyQueries(b *block) {
	for i := range p.lines {
		if !emptyQueryRE.MatchString(p.lines[i].text) {
			continue
		}
		for j := max(0, i-12); j <= i; j++ {
			if asked12288RE.MatchString(p.lines[j].text) {
				b.add(Statement, NoRequestLogged, NoRequestLogged, p.lines[i].num)
				return
			}
		}
	}
}
