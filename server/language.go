package server

import (
	"context"
	"strings"

	"golang.org/x/text/language"
	"google.golang.org/grpc/metadata"

	"github.com/activationkb/activationkb/knowledge"
)

// contentLanguage maps what people ask for to what the content has. Danish reads bokmål more easily
// than English; every Chinese is answered in simplified characters.
var contentLanguage = map[string]knowledge.Language{
	"en": knowledge.English,
	"nb": knowledge.Norwegian, "nn": knowledge.Norwegian, "no": knowledge.Norwegian, "da": knowledge.Norwegian,
	"sv": knowledge.Swedish,
	"ru": knowledge.Russian,
	"zh": knowledge.Chinese,
}

// Language finds the content language of one BCP 47 tag, of which there may be none.
func Language(tag string) (knowledge.Language, bool) {
	t, err := language.Parse(strings.TrimSpace(tag))
	if err != nil {
		return "", false
	}
	base, _ := t.Base()
	l, ok := contentLanguage[base.String()]
	return l, ok
}

// languageOf chooses the language of an answer: the request's field, which must be supported; else the
// first supported item of Accept-Language; else English.
func languageOf(ctx context.Context, field string) (knowledge.Language, error) {
	if field != "" {
		if l, ok := Language(field); ok {
			return l, nil
		}
		return "", faultf(ErrLanguage, "languageCode: "+field+" is not supported", "language", field, "supported", supported())
	}
	return acceptedLanguage(ctx), nil
}

func supported() string {
	var tags []string
	for _, l := range knowledge.Languages {
		tags = append(tags, string(l))
	}
	return strings.Join(tags, " ")
}

// acceptedLanguage reads Accept-Language as metadata of gRPC or of the gateway.
func acceptedLanguage(ctx context.Context) knowledge.Language {
	md, _ := metadata.FromIncomingContext(ctx)
	for _, key := range []string{"accept-language", "grpcgateway-accept-language"} {
		for _, header := range md.Get(key) {
			if l, ok := acceptable(header); ok {
				return l
			}
		}
	}
	return knowledge.English
}

// acceptable parses the header item by item, because one unknown tag makes x/text reject all of it.
func acceptable(header string) (best knowledge.Language, ok bool) {
	bestWeight := float32(0)
	for item := range strings.SplitSeq(header, ",") {
		tags, weights, err := language.ParseAcceptLanguage(item)
		if err != nil || len(tags) == 0 || weights[0] <= bestWeight {
			continue
		}
		if l, known := Language(tags[0].String()); known {
			best, bestWeight, ok = l, weights[0], true
		}
	}
	return best, ok
}
