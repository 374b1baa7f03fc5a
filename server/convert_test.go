package server

import "testing"

func TestSentencesEndAsTheirLanguageEndsThem(t *testing.T) {
	for _, tt := range []struct {
		parts []string
		want  string
	}{
		{[]string{"No host", "", "The record is missing."}, "No host. The record is missing."},
		{[]string{"组织中没有 KMS 主机", "批量许可版本不要求输入密钥"}, "组织中没有 KMS 主机。批量许可版本不要求输入密钥。"},
		{[]string{" Нет узла ", "Запись отсутствует"}, "Нет узла. Запись отсутствует."},
	} {
		if got := sentences(tt.parts); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.parts, got, tt.want)
		}
	}
}
