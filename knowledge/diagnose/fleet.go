package diagnose

import (
	"path"
	"regexp"
	"strings"

	"github.com/activationkb/activationkb/knowledge/diagnose/formats"
)

// fleetSize is how many different names of files or folders make them names of computers: a few may be
// anything, but nobody names twenty outputs differently for another reason.
const fleetSize = 20

// nameByPath names the machine of documents that do not: outputs of slmgr and ospp never tell on which
// computer they were made, so that collections keep them in folders or files of its name. A folder counts
// where another document in it tells the same name, where there are many such folders, and where there are
// several whose names differ in figures alone.
func nameByPath(docs []*formats.Document) {
	told := map[string]map[string]bool{} // machines by folder
	var unnamed []*formats.Document
	for _, d := range docs {
		machines := machinesOf(d)
		if len(machines) == 0 && len(d.Facts) > 0 {
			unnamed = append(unnamed, d)
		}
		for m := range machines {
			folder := path.Dir(d.Filename)
			if told[folder] == nil {
				told[folder] = map[string]bool{}
			}
			told[folder][m] = true
		}
	}
	for i, nameOf := range []func(string) string{folderName, stemName} {
		names, built := map[string]bool{}, map[string]int{}
		for _, d := range unnamed {
			if n := nameOf(d.Filename); n != "" && !names[n] {
				names[n] = true
				built[figuresRE.ReplaceAllString(n, "0")]++
			}
		}
		for _, d := range unnamed {
			n := nameOf(d.Filename)
			alike := i == 0 && built[figuresRE.ReplaceAllString(n, "0")] > 1 && len(told[path.Dir(d.Filename)]) == 0
			switch {
			case d.Machine != "" || n == "":
			case len(names) >= fleetSize, alike && !periodRE.MatchString(n):
				d.Machine = n
			default:
				for m := range told[path.Dir(d.Filename)] {
					if sameHost(m, n) {
						d.Machine = m
					}
				}
			}
		}
	}
}

func machinesOf(d *formats.Document) map[string]bool {
	machines := map[string]bool{}
	if d.Machine != "" {
		machines[hostName(d.Machine)] = true
	}
	for i := range d.Facts {
		if m := d.Facts[i].Machine; m != "" {
			machines[hostName(m)] = true
		}
	}
	return machines
}

var (
	computerRE = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}(?:\.[a-z0-9-]{1,63}){0,8}$`)
	digitRE    = regexp.MustCompile(`[0-9]`)
	figuresRE  = regexp.MustCompile(`[0-9]+`)
	letterRE   = regexp.MustCompile(`[a-z]`)
	numberedRE = regexp.MustCompile(`^(?:document|file|log|output|ticket|attachment|image|screenshot|untitled|new|copy|part|chunk|case|sample|page|slmgr|ospp|event|events|dlv|dli|xpr|dstatus|kms|office|windows|report|result|answers?)[-.]?[0-9]*$`)
	periodRE   = regexp.MustCompile(`^[0-9]|^(?:week|wk|uke|vecka|day|dag|month|time|date|hour|kl|run|try|attempt|visit|round|session|snapshot|capture|dump|backup|export|collection|scan|check|test|before|after|step|steg|stage|phase|build|rev|version|mail|msg|message|reply|inc|req|chg|disk|disc|cd)[-.]?[0-9]`)
	toolRE     = regexp.MustCompile(`[-_. ](?:slmgr|ospp|dlv|dli|xpr|ato|dstatus(?:all)?|dcmid|act|events?|evt|application|app|log|logs|output|out|status|licen[cs]e|licensing|activation|kms|srv|dns|nslookup|ipconfig|tnc|all|report|result|before|after|[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})$`)
)

// folderName is the folder that a document lies in, where it may be the name of a computer.
func folderName(filename string) string { return computerName(path.Base(path.Dir(filename)), false) }

// stemName is what a file's name begins with, where it may be the name of a computer. Any word may be the
// name of a file, so that it must hold a digit.
func stemName(filename string) string {
	stem := strings.ToLower(path.Base(filename))
	stem = strings.TrimSuffix(stem, path.Ext(stem))
	for {
		short := toolRE.ReplaceAllString(stem, "")
		if short == stem {
			break
		}
		stem = short
	}
	if i := strings.IndexAny(stem, "_ "); i > 0 {
		stem = stem[:i]
	}
	return computerName(stem, true)
}

func computerName(s string, digit bool) string {
	s = strings.ToLower(s)
	if !computerRE.MatchString(s) || !letterRE.MatchString(s) || numberedRE.MatchString(s) || digit && !digitRE.MatchString(s) ||
		strings.HasSuffix(s, ".zip") || strings.HasSuffix(s, ".cab") {
		return ""
	}
	return s
}
