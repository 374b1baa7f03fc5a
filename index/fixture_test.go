package index

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/activationkb/activationkb/knowledge"
)

// fixture gives two small packs: articles in five languages, and an organisation's own, of which
// one article is in Chinese only.
func fixture(t testing.TB) *knowledge.Base {
	t.Helper()
	base, _ := knowledge.Draft(pack("built-in", "en, nb, sv, ru, zh"), organisation())
	if n := len(base.Articles()); n != 5 {
		t.Fatalf("the fixture has %d articles", n)
	}
	return base
}

func built(t testing.TB, base *knowledge.Base) *Index {
	t.Helper()
	x, err := Build(base, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func put(fs fstest.MapFS, name, text string) {
	fs[name] = &fstest.MapFile{Data: []byte(text)}
}

func manifest(fs fstest.MapFS, name, languages string) {
	put(fs, "pack.yaml", fmt.Sprintf("name: %s\nversion: \"1\"\nformatVersion: 1\nlanguages: [%s]\n", name, languages))
}

func article(fs fstest.MapFS, id, kind, meta string, pages map[string]string) {
	put(fs, "articles/"+id+"/article.yaml", "id: "+id+"\nkind: "+kind+"\nsources: [{kb: \"929826\"}]\n"+meta)
	for l, text := range pages {
		put(fs, "articles/"+id+"/"+l+".md", text)
	}
}

func pack(name, languages string) fstest.MapFS {
	fs := fstest.MapFS{}
	manifest(fs, name, languages)
	put(fs, "glossary.yaml", strings.Join([]string{
		"- {id: backup-host, category: role, terms: {en: [backup host], nb: [reservevert, reserveserver], sv: [reservvärd], ru: [резервный узел], zh: [备用主机]}}",
		"- {id: firewall, category: net, terms: {en: [firewall], nb: [brannmur], sv: [brandvägg], ru: [брандмауэр], zh: [防火墙]}}",
		"- {id: kms, category: method, terms: {en: [Key Management Service, KMS], nb: [nøkkelbehandlingstjeneste, KMS], sv: [nyckelhanteringstjänst, KMS], ru: [служба управления ключами, KMS], zh: [密钥管理服务, KMS]}}",
	}, "\n")+"\n")
	put(fs, "codes/0xC004F.yaml", `codes:
  - code: "0xC004F041"
    severity: ERROR
    channels: [KMS]
    message: {en: The host is not activated., nb: Verten er ikke aktivert., sv: Värden är inte aktiverad., ru: Узел не активирован., zh: 主机未激活。}
  - code: "0xC004F074"
    symbol: SL_E_SAMPLE
    severity: ERROR
    channels: [KMS]
    message: {en: No host could be contacted., nb: Ingen vert kunne kontaktes., sv: Ingen värd kunde kontaktas., ru: Не удалось связаться с узлом., zh: 无法联系任何主机。}
`)
	article(fs, "clock-wrong", "PROBLEM", "channels: [KMS]\nproducts: [WINDOWS]\n", map[string]string{
		"en": "# The clock is wrong\n\nThe clocks of client and host differ.\n\n## symptoms\n\n- The request is refused.\n\n## cause.skew The time differs\n\nMore than four hours.\n\n## resolution.sync Synchronize\n\n1. Set the clock.\n",
		"nb": "# Klokken går feil\n\nKlokkene til klient og vert går ulikt.\n\n## symptoms\n\n- Forespørselen blir avvist.\n\n## cause.skew Tiden er ulik\n\nMer enn fire timer.\n\n## resolution.sync Synkroniser\n\n1. Still klokken.\n",
		"sv": "# Klockan går fel\n\nKlockorna hos klient och värd går olika.\n\n## symptoms\n\n- Begäran avvisas.\n\n## cause.skew Tiden skiljer sig\n\nMer än fyra timmar.\n\n## resolution.sync Synkronisera\n\n1. Ställ klockan.\n",
		"ru": "# Часы показывают неверное время\n\nЧасы клиента и узла расходятся.\n\n## symptoms\n\n- Запрос отклонен.\n\n## cause.skew Время различается\n\nБолее чем на четыре часа.\n\n## resolution.sync Синхронизация\n\n1. Установите часы.\n",
		"zh": "# 时钟错误\n\n客户端和主机的时钟不同。\n\n## symptoms\n\n- 请求被拒绝。\n\n## cause.skew 时间不同\n\n超过四小时。\n\n## resolution.sync 同步\n\n1. 设置时钟。\n",
	})
	article(fs, "no-contact", "PROBLEM", "codes: [{code: \"0xC004F074\", when: {channels: [KMS]}}]\nchannels: [KMS]\nproducts: [WINDOWS, OFFICE]\nconcepts: [kms, firewall]\n", map[string]string{
		"en": "# No Key Management Service could be contacted\n\nThe firewall blocks the host, or the host is down.\n\n## symptoms\n\n- Activation stops with {code 0xC004F074}.\n\n## cause.firewall The firewall blocks the port\n\nTCP {port 1688} is closed.\n\n## resolution.open Open the port\n\n1. Open the firewall.\n",
		"nb": "# Finner ingen nøkkelbehandlingstjeneste\n\nBrannmuren blokkerer verten, eller verten er nede.\n\n## symptoms\n\n- Aktiveringen stopper med {code 0xC004F074}.\n\n## cause.firewall Brannmuren blokkerer porten\n\nTCP {port 1688} er stengt.\n\n## resolution.open Åpne porten\n\n1. Åpne brannmuren.\n",
		"sv": "# Hittar ingen nyckelhanteringstjänst\n\nBrandväggen blockerar värden, eller så är värden nere.\n\n## symptoms\n\n- Aktiveringen avbryts med {code 0xC004F074}.\n\n## cause.firewall Brandväggen blockerar porten\n\nTCP {port 1688} är stängd.\n\n## resolution.open Öppna porten\n\n1. Öppna brandväggen.\n",
		"ru": "# Служба управления ключами не найдена\n\nБрандмауэр блокирует узел, или узел не работает.\n\n## symptoms\n\n- Активация прерывается с кодом {code 0xC004F074}.\n\n## cause.firewall Брандмауэр блокирует порт\n\nTCP {port 1688} закрыт.\n\n## resolution.open Откройте порт\n\n1. Откройте брандмауэр.\n",
		"zh": "# 无法联系密钥管理服务\n\n防火墙阻止了主机，或者主机已关机。\n\n## symptoms\n\n- 激活报错 {code 0xC004F074}。\n\n## cause.firewall 防火墙阻止了端口\n\nTCP {port 1688} 已关闭。\n\n## resolution.open 打开端口\n\n1. 打开防火墙。\n",
	})
	article(fs, "phone-activation", "TASK", "channels: [MAK]\nproducts: [OFFICE]\n", map[string]string{
		"en": "# Activate by phone\n\nWithout the Internet you call the activation center.\n\n## steps\n\n1. Call the center.\n",
		"nb": "# Aktiver per telefon\n\nUten Internett ringer du aktiveringssenteret.\n\n## steps\n\n1. Ring senteret.\n",
		"sv": "# Aktivera per telefon\n\nUtan Internet ringer du aktiveringscentret.\n\n## steps\n\n1. Ring centret.\n",
		"ru": "# Активация по телефону\n\nБез Интернета позвоните в центр активации.\n\n## steps\n\n1. Позвоните в центр.\n",
		"zh": "# 通过电话激活\n\n没有互联网时，请致电激活中心。\n\n## steps\n\n1. 致电中心。\n",
	})
	return fs
}

// organisation is the pack of a customer, in Norwegian and Chinese.
func organisation() fstest.MapFS {
	fs := fstest.MapFS{}
	manifest(fs, "contoso", "nb, zh")
	article(fs, "spare", "CONCEPT", "concepts: [backup-host]\n", map[string]string{
		"zh": "# 我们的备用主机\n\n备用主机在上海机房。\n\n## overview\n\n主机故障时使用备用主机。\n",
	})
	article(fs, "canteen", "REFERENCE", "", map[string]string{
		"nb": "# Lisensskjema på intranettet\n\nSkjemaet for lisenser ligger på intranettet.\n\n## overview\n\nFyll ut skjemaet.\n",
	})
	return fs
}
