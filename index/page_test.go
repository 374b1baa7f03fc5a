package index

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/activationkb/activationkb/knowledge"
)

// TestHighlightsFollowTheWord asks in one language and reads in another, over the fixture.
func TestHighlightsFollowTheWord(t *testing.T) {
	x := built(t, fixture(t))
	for _, c := range []struct {
		name, text     string
		reader         knowledge.Language
		title, snippet string
	}{
		{"English inflection", "clocks are wrong", "en", "The [clock] is [wrong]", "Set the [clock]."},
		{"Norwegian compound, inflected", "aktiveringssenter uten internett", "nb", "Aktiver per telefon", "Uten [Internett] ringer du [aktiveringssenteret]."},
		{"Swedish inflection", "värdar nere", "sv", "Hittar ingen nyckelhanteringstjänst", "Brandväggen blockerar [värden], eller så är [värden] [nere]."},
		{"Russian inflection", "звоните центру без интернета", "ru", "Активация по [телефону]", "Без [Интернета] [позвоните] в [центр] активации."},
		{"Chinese pairs in one mark", "密钥管理服务", "zh", "无法联系[密钥管理服务]", "防火墙阻止了主机，或者主机已关机。"},
		{"asked in Russian, read in Norwegian", "служба управления ключами", "nb", "Finner ingen [nøkkelbehandlingstjeneste]", "Brannmuren blokkerer verten, eller verten er nede."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := search(t, x, Request{Text: c.text, Language: c.reader, Packs: []string{"built-in"}}).Results[0]
			if got := marked(r.Title, r.TitleHighlights); got != c.title {
				t.Errorf("title %s, want %s", got, c.title)
			}
			if got := marked(r.Snippet, r.SnippetHighlights); got != c.snippet {
				t.Errorf("snippet %s, want %s", got, c.snippet)
			}
		})
	}
}

func TestSnippetIsInTheLanguageThatMatchedWhereTheReadersIsMissing(t *testing.T) {
	x := built(t, fixture(t))
	r := search(t, x, Request{Text: "备用主机", Language: "sv", Packs: []string{"contoso"}}).Results[0]
	if r.Language != "zh" || r.MatchedLanguage != "zh" || !strings.Contains(marked(r.Snippet, r.SnippetHighlights), "[备用主机]") {
		t.Errorf("shown in %s, matched in %s: %s", r.Language, r.MatchedLanguage, marked(r.Snippet, r.SnippetHighlights))
	}
}

func TestPagesMadeAtTheSameTimeAgree(t *testing.T) {
	s := newShelf(lexiconOf(t, "en", ""))
	texts := []string{"The host is down.", "No host, no key.", "The key of the host."}
	var wait sync.WaitGroup
	pages := make([]*page, 60)
	for i := range pages {
		wait.Go(func() { pages[i] = s.page(texts[i%len(texts)]) })
	}
	wait.Wait()
	for i, p := range pages {
		if !slices.Equal(p.sites, pages[i%len(texts)].sites) {
			t.Fatalf("two pages of %q differ", p.text)
		}
	}
}

func TestListsBecomeRunningText(t *testing.T) {
	const list = "1. Run the command:\n    slmgr.vbs /ato\n\n2. Wait.\n- Try again"
	if got, want := unlisted(list), "Run the command:\nslmgr.vbs /ato ·\nWait.\nTry again"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p := newShelf(lexiconOf(t, "en", "")).page(unlisted(list))
	if s, _ := p.snippet(new(sought)); s != "Run the command: slmgr.vbs /ato · Wait. Try again" {
		t.Errorf("snippet %q", s)
	}
}
