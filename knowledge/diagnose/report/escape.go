package report

import "strings"

// fence is longer than any run of backticks in the text that it encloses.
func fence(quotes []quote) string {
	longest := 0
	for _, q := range quotes {
		longest = max(longest, ticks(q.Where), ticks(q.Text))
	}
	return strings.Repeat("`", max(3, longest+1))
}

// span is a text as inline code, with more backticks around it than are in it.
func span(s string) string {
	n := ticks(s)
	if n == 0 {
		return "`" + s + "`"
	}
	mark := strings.Repeat("`", n+1)
	return mark + " " + s + " " + mark
}

// ticks is the length of the longest run of backticks.
func ticks(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`,
	"#", `\#`, "|", `\|`, "!", `\!`, "&", `\&`, "~", `\~`, "$", `\$`, "://", `:\/\/`, "www.", `www\.`, "@", `\@`,
)

// escape keeps words of the evidence from becoming Markdown: no link, no image, no HTML, no mention.
func escape(s string) string {
	s = special.Replace(s)
	if s != "" && strings.IndexByte("-+=", s[0]) >= 0 {
		return `\` + s
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') { // a list
		return s[:digits] + `\` + s[digits:]
	}
	return s
}
