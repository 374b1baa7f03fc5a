package server

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/grpc/metadata"

	"github.com/activationkb/activationkb/knowledge"
)

func TestMatchLanguage(t *testing.T) {
	for tag, want := range map[string]knowledge.Language{
		"en": "en", "en-GB": "en", "nb": "nb", "no": "nb", "nn": "nb", "nb-NO": "nb", "da": "nb", "sv-SE": "sv", "SV": "sv",
		"ru-RU": "ru", "zh": "zh", "zh-CN": "zh", "zh-Hans": "zh", "zh-TW": "zh", "zh-Hant-HK": "zh",
		"de": "", "fi": "", "": "", "xx": "", "not a tag": "", "en_US": "en",
	} {
		if got, _ := Language(tag); got != want {
			t.Errorf("Language(%q) = %q, want %q", tag, got, want)
		}
	}
}

func TestAcceptLanguage(t *testing.T) {
	for header, want := range map[string]knowledge.Language{
		"nb-NO,nb;q=0.9,en;q=0.8":  "nb",
		"xx,sv;q=0.5":              "sv", // one unknown tag must not kill the header
		"de,fr;q=0.9":              "en",
		"en;q=0.2,zh-CN;q=0.7":     "zh",
		"*":                        "en",
		"":                         "en",
		"ru;q=bad,sv":              "sv",
		"\xff\xfe":                 "en",
		"de-DE, da;q=0.9, en;q=.8": "nb",
	} {
		ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs("accept-language", header))
		if got := acceptedLanguage(ctx); got != want {
			t.Errorf("Accept-Language %q gives %q, want %q", header, got, want)
		}
	}
}

func TestLanguageFieldGoesFirst(t *testing.T) {
	ctx := metadata.NewIncomingContext(context.Background(), metadata.Pairs("accept-language", "ru"))
	if l, err := languageOf(ctx, "sv"); l != "sv" || err != nil {
		t.Errorf("got %q %v", l, err)
	}
	if _, err := languageOf(ctx, "de"); !errors.Is(err, ErrLanguage) {
		t.Errorf("an unsupported field must fail, got %v", err)
	}
}
