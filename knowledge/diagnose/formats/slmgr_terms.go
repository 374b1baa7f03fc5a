package formats

// The labels of slmgr.vbs, one row a line of its output. The texts come from slmgr.ini of the display
// language; the English ones are the fallback inside the script.
const (
	fVersion     field = "version"
	fName        field = "name"
	fDescription field = "description"
	fActID       field = "activation-id"
	fAppID       field = "application-id"
	fPID         field = "extended-pid"
	fKeyChannel  field = "key-channel"
	fIgnored     field = "ignored" // known, says nothing that we keep
	fPartial     field = "partial-key"
	fStatus      field = "status"
	fExpiration  field = "expiration"
	fRemaining   field = "remaining"
	fReason      field = "notification-reason"
	fEvalEnd     field = "evaluation-end"
	fRearm       field = "rearm"
	fRearmSku    field = "rearm-sku"
	fTrusted     field = "trusted-time"
	fActType     field = "activation-type"
	fCMID        field = "cmid"
	fDNSHost     field = "kms-from-dns"
	fRegHost     field = "kms-registered"
	fLookup      field = "lookup-domain"
	fDiscovery   field = "dns-auto-discovery"
	fHostIP      field = "kms-ip"
	fHostPID     field = "kms-pid"
	fActEvery    field = "activation-interval"
	fRenewEvery  field = "renewal-interval"
	fCaching     field = "caching"
	fAOName      field = "ao-name"
	fCount       field = "current-count"
	fListening   field = "listening-port"
	fPublishing  field = "dns-publishing"
	fPriority    field = "priority"
	fTotal       field = "total-requests"
	fFailed      field = "failed-requests"
	fReqPrefix         = "requests/" // + the license_status that the counter is of
)

var slmgrTerms = []term{
	{fVersion, [5]string{"Software licensing service version", "Versjon av programvarelisensieringstjenesten|Versjon av programvarelisenstjenesten", "Version av programvarulicensieringstjänsten|Programlicensieringstjänstens version", "Версия службы лицензирования программного обеспечения|Версия службы лицензирования", "软件授权服务版本|软件授权服务器版本|软件许可服务版本"}},
	{fName, [5]string{"Name", "Navn", "Namn", "Имя", "名称"}},
	{fDescription, [5]string{"Description", "Beskrivelse", "Beskrivning", "Описание", "描述|说明"}},
	{fActID, [5]string{"Activation ID", "Aktiverings-ID", "Aktiverings-ID", "Код активации|ИД активации|ID активации|Идентификатор активации", "激活 ID"}},
	{fAppID, [5]string{"Application ID", "Program-ID", "Program-ID", "Код приложения|ИД приложения|ID приложения|Идентификатор приложения", "应用程序 ID"}},
	{fPID, [5]string{"Extended PID", "Utvidet PID", "Utökat PID|Utökad PID", "Расширенный PID", "扩展 PID"}},
	{fKeyChannel, [5]string{"Product Key Channel", "Produktnøkkelkanal", "Produktnyckelkanal", "Канал ключа продукта", "产品密钥通道|产品密钥频道"}},
	{fIgnored, [5]string{"Installation ID|Use License URL|Validation URL|Processor Certificate URL|Machine Certificate URL|Product Key Certificate URL", "Installasjons-ID|Nettadresse for brukslisens|Nettadresse for validering", "Installations-ID|URL för användningslicens|Verifierings-URL|URL för validering", "Код установки|Идентификатор установки|ID установки|URL-адрес лицензии на использование|URL-адрес проверки", "安装 ID|使用许可证 URL|验证 URL"}},
	{fPartial, [5]string{"Partial Product Key", "Delvis produktnøkkel|Delvis nøkkel", "Partiell produktnyckel|Ofullständig produktnyckel", "Частичный ключ продукта", "部分产品密钥|产品密钥部分"}},
	{fStatus, [5]string{"License Status", "Lisensstatus", "Licensstatus", "Состояние лицензии", "许可证状态|许可状态"}},
	{fExpiration, [5]string{"Volume activation expiration|Timebased activation expiration|Automatic VM activation expiration", "Utløp av volumaktivering|Volumaktivering utløper|Utløp av tidsbasert aktivering", "Volymaktiveringen upphör|Volymaktivering upphör|Tidsbaserad aktivering upphör", "Окончание многопользовательской активации|Срок истечения активации корпоративных лицензий|Срок действия многопользовательской активации|Срок действия активации", "批量激活过期|基于时间的激活过期"}},
	{fRemaining, [5]string{"Time remaining", "Gjenstående tid|Gjenværende tid", "Återstående tid", "Осталось времени|Оставшееся время", "剩余时间"}},
	{fReason, [5]string{"Notification Reason", "Varslingsårsak|Årsak til varsling", "Orsak till meddelande|Meddelandeorsak", "Причина уведомления", "通知原因"}},
	{fEvalEnd, [5]string{"Evaluation End Date", "Sluttdato for evaluering", "Slutdatum för utvärdering", "Дата окончания пробного периода|Дата окончания ознакомительного периода", "评估结束日期|评估终止日期"}},
	{fRearm, [5]string{"Remaining Windows rearm count|Remaining App rearm count", "Gjenværende antall Windows-tilbakestillinger|Gjenstående antall Windows-tilbakestillinger", "Återstående antal Windows-återställningar", "Оставшееся число сбросов Windows|Оставшееся число сбросов", "剩余 Windows 重置计数|剩余 Windows 重整计数"}},
	{fRearmSku, [5]string{"Remaining SKU rearm count", "Gjenværende antall SKU-tilbakestillinger|Gjenstående antall SKU-tilbakestillinger", "Återstående antal SKU-återställningar", "Оставшееся число сбросов SKU", "剩余 SKU 重置计数|剩余 SKU 重整计数"}},
	{fTrusted, [5]string{"Trusted time", "Klarert tid", "Betrodd tid", "Доверенное время", "信任时间|受信任时间"}},
	{fActType, [5]string{"Configured Activation Type", "Konfigurert aktiveringstype", "Konfigurerad aktiveringstyp", "Настроенный тип активации", "已配置的激活类型|配置的激活类型"}},
	{fCMID, [5]string{"Client Machine ID (CMID)|Client Machine ID|CMID", "Klientmaskin-ID (CMID)|Klientmaskin-ID", "Klientdator-ID (CMID)|Klientdator-ID", "Идентификатор клиентского компьютера (CMID)|Код компьютера клиента (CMID)|Код клиентского компьютера (CMID)", "客户端计算机 ID (CMID)|客户端计算机 ID|客户端计算机ID"}},
	{fDNSHost, [5]string{"KMS machine name from DNS", "KMS-maskinnavn fra DNS", "KMS-datornamn från DNS", "Имя компьютера KMS из DNS", "来自 DNS 的 KMS 计算机名称|DNS 中的 KMS 计算机名称|来自 DNS 的 KMS 计算机名"}},
	{fRegHost, [5]string{"Registered KMS machine name", "Registrert KMS-maskinnavn", "Registrerat KMS-datornamn", "Зарегистрированное имя компьютера KMS", "已注册的 KMS 计算机名称|已注册的 KMS 计算机名|注册的 KMS 计算机名称"}},
	{fLookup, [5]string{"Registered KMS SRV record lookup domain|KMS Lookup Domain", "", "", "", ""}},
	{fDiscovery, [5]string{"DNS auto-discovery", "Automatisk DNS-oppdagelse", "Automatisk DNS-identifiering", "Автообнаружение DNS", "DNS 自动发现"}},
	{fHostIP, [5]string{"KMS machine IP address", "KMS-maskinens IP-adresse|IP-adresse for KMS-maskin", "KMS-datorns IP-adress|IP-adress för KMS-dator", "IP-адрес компьютера KMS", "KMS 计算机 IP 地址"}},
	{fHostPID, [5]string{"KMS machine extended PID", "Utvidet PID for KMS-maskin", "Utökat PID för KMS-dator", "Расширенный PID компьютера KMS", "KMS 计算机扩展 PID|KMS 计算扩展的 PID|KMS 计算机扩展的 PID"}},
	{fActEvery, [5]string{"Activation interval", "Aktiveringsintervall", "Aktiveringsintervall", "Интервал активации", "激活时间间隔|激活间隔"}},
	{fRenewEvery, [5]string{"Renewal interval", "Fornyelsesintervall", "Förnyelseintervall", "Интервал продления|Интервал обновления", "续订间隔|续订时间间隔"}},
	{fAOName, [5]string{"Activation Object name", "", "", "", ""}},
	{fIgnored, [5]string{"AO DN|AO extended PID|AO activation ID|Guest IAID|Host machine name|Activation time|Host Digital PID2", "", "", "", ""}},
	{fCount, [5]string{"Current count", "Gjeldende antall", "Aktuellt antal|Nuvarande antal", "Текущее количество|Текущий счетчик", "当前计数"}},
	{fListening, [5]string{"Listening on Port", "Lytter på port", "Lyssnar på port", "Ожидание передачи данных через порт|Прослушивание порта", "侦听端口|正在侦听端口"}},
	{fPriority, [5]string{"KMS priority", "KMS-prioritet", "KMS-prioritet", "Приоритет KMS", "KMS 优先级"}},
	{fTotal, [5]string{"Total requests received", "Totalt antall mottatte forespørsler", "Totalt antal mottagna begäranden", "Всего получено запросов", "收到的请求总数"}},
	{fFailed, [5]string{"Failed requests received", "Mislykkede forespørsler", "Misslyckade begäranden", "Получено неудачных запросов", "收到的失败请求数"}},
	{fReqPrefix + "UNLICENSED", [5]string{"Requests with License Status Unlicensed", "", "", "", ""}},
	{fReqPrefix + "LICENSED", [5]string{"Requests with License Status Licensed", "", "", "", ""}},
	{fReqPrefix + "OOB_GRACE", [5]string{"Requests with License Status Initial grace period", "", "", "", ""}},
	{fReqPrefix + "OOT_GRACE", [5]string{"Requests with License Status License expired or Hardware out of tolerance", "", "", "", ""}},
	{fReqPrefix + "NON_GENUINE_GRACE", [5]string{"Requests with License Status Non-genuine grace period", "", "", "", ""}},
	{fReqPrefix + "NOTIFICATION", [5]string{"Requests with License Status Notification", "", "", "", ""}},
}

// Lines of slmgr that are sentences or headings. The value stands in the field's name.
const (
	pClient       field = "heading-client"
	pHost         field = "heading-host"
	pCumulative   field = "heading-cumulative"
	pOther        field = "heading-other"
	pPublishingOn field = "publishing-true"
	pPublishingNo field = "publishing-false"
	pCachingOn    field = "caching-true"
	pCachingNo    field = "caching-false"
	pNotInUse     field = "not-in-use"
)

var slmgrPhraseTerms = []term{
	{pClient, [5]string{"Key Management Service client information", "Klientinformasjon for nøkkelbehandlingstjenesten|Klientinformasjon for Key Management Service", "Klientinformation för nyckelhanteringstjänsten", "Сведения о клиенте службы управления ключами", "密钥管理服务客户端信息"}},
	{pHost, [5]string{"Key Management Service is enabled on this machine", "Nøkkelbehandlingstjenesten er aktivert på denne maskinen|Key Management Service er aktivert på denne maskinen", "Nyckelhanteringstjänsten är aktiverad på den här datorn", "Служба управления ключами включена на этом компьютере", "已在此计算机上启用密钥管理服务"}},
	{pCumulative, [5]string{"Key Management Service cumulative requests received from clients", "Kumulative forespørsler mottatt fra klienter", "Ackumulerade begäranden från klienter", "Совокупные запросы", "累计请求数"}},
	{pPublishingOn, [5]string{"DNS publishing enabled|DNS publishing is enabled", "DNS-publisering er aktivert|DNS-publisering aktivert", "DNS-publicering är aktiverad|DNS-publicering aktiverad", "Публикация DNS включена|Публикация в DNS включена", "已启用 DNS 发布|DNS 发布已启用"}},
	{pPublishingNo, [5]string{"DNS publishing disabled|DNS publishing is disabled", "DNS-publisering er deaktivert|DNS-publisering deaktivert", "DNS-publicering är inaktiverad|DNS-publicering inaktiverad", "Публикация DNS отключена|Публикация в DNS отключена", "已禁用 DNS 发布|DNS 发布已禁用"}},
	{pCachingOn, [5]string{"KMS host caching is enabled", "KMS-vertsbufring er aktivert|Hurtigbufring av KMS-vert er aktivert", "Cachelagring av KMS-värd är aktiverad|KMS-värdcachelagring är aktiverad", "Кэширование узла KMS включено", "已启用 KMS 主机缓存|KMS 主机缓存已启用"}},
	{pCachingNo, [5]string{"KMS host caching is disabled", "KMS-vertsbufring er deaktivert|Hurtigbufring av KMS-vert er deaktivert", "Cachelagring av KMS-värd är inaktiverad|KMS-värdcachelagring är inaktiverad", "Кэширование узла KMS отключено", "已禁用 KMS 主机缓存|KMS 主机缓存已禁用"}},
	{pOther, [5]string{"Most recent activation information|AD Activation client information|Automatic VM Activation client information|Token-based Activation information", "Nyeste aktiveringsinformasjon", "Senaste aktiveringsinformation", "Последние сведения об активации", "最新激活信息"}},
	{pNotInUse, [5]string{"This license is not in use", "", "", "", ""}},
	{"not-available", [5]string{"DNS auto-discovery: KMS name not available", "Automatisk DNS-oppdagelse: KMS-navn ikke tilgjengelig", "Automatisk DNS-identifiering: KMS-namnet är inte tillgängligt", "Автообнаружение DNS: имя KMS недоступно", "DNS 自动发现: KMS 名称不可用"}},
}

// statusTerms are the licence states as slmgr words them; the field is the normal form.
var statusTerms = []term{
	{"UNLICENSED", [5]string{"Unlicensed", "Ulisensiert|Ikke lisensiert", "Olicensierad|Ej licensierad|Olicensierat", "без лицензии|не имеет лицензии|Нелицензировано|Не лицензировано", "未授权|未获许可|未许可"}},
	{"LICENSED", [5]string{"Licensed", "Lisensiert", "Licensierad|Licensierat", "имеет лицензию|Лицензировано|Лицензирован|Лицензия активна", "已授权|已获许可|已许可"}},
	{"OOB_GRACE", [5]string{"Initial grace period|OOB grace", "Innledende respittperiode", "Inledande respitperiod", "начальный льготный период|первоначальный льготный период|льготный период", "初始宽限期|现有宽限期|开箱宽限期"}},
	{"OOT_GRACE", [5]string{"Additional grace period|OOT grace", "Ekstra respittperiode|Tilleggsrespittperiode", "Ytterligare respitperiod|Extra respitperiod", "дополнительный льготный период|льготный период OOT", "附加宽限期|容差宽限期|OOT 宽限期|其他宽限期"}},
	{"NON_GENUINE_GRACE", [5]string{"Non-genuine grace period", "Respittperiode for ikke-ekte", "Respitperiod för icke-äkta", "льготный период для ПО с неподтвержденной подлинностью", "非正版宽限期"}},
	{"NOTIFICATION", [5]string{"Notification|Notifications", "Varsling|Varslingsmodus", "Meddelande|Avisering|Meddelandeläge", "уведомление|режим уведомления|состояние уведомлений|режим уведомлений", "通知|通知状态|“通知”状态"}},
	{"EXTENDED_GRACE", [5]string{"Extended grace period", "Utvidet respittperiode", "Utökad respitperiod", "расширенный льготный период", "延长宽限期|扩展宽限期"}},
}

// otherStatus are states as Windows words them in further languages: read in no source, for recognition only.
var otherStatus = map[string]string{"Lizenziert": "LICENSED", "Con licencia": "LICENSED", "Licenciado": "LICENSED", "Avec licence": "LICENSED",
	"Con licenza": "LICENSED", "已授權": "LICENSED", "Nicht lizenziert": "UNLICENSED", "Sin licencia": "UNLICENSED", "Benachrichtigung": "NOTIFICATION", "Notificación": "NOTIFICATION"}

func newStatusPhrases() *labelSet {
	s := newLabelSet(statusTerms)
	for form, state := range otherStatus {
		s.put(fold(form), field(state), "")
	}
	return s
}

// status finds the licence state that a value words, in whatever of the five languages; a value may go on
// ("Additional grace period (KMS license expired ..."), and one wrong character is forgiven.
func (p *page) status(value string) (string, string) {
	if m := osppStatusRE.FindStringSubmatch(value); m != nil {
		return osppStatus(m[1]), "en"
	}
	k, ok := statusPhrases.byFold[fold(value)]
	if !ok {
		k, ok = statusPrefix(fold(value))
	}
	if !ok {
		k, ok = statusPhrases.near(value, &p.fuzzy)
	}
	if !ok {
		return "", ""
	}
	return string(k.field), k.lang
}

func statusPrefix(f string) (known, bool) {
	if len(f) < headBytes || !statusPhrases.heads[f[:headBytes]] {
		return known{}, false
	}
	for n := min(len(f)-1, statusPhrases.longest); n >= 6; n-- {
		if k, ok := statusPhrases.byFold[f[:n]]; ok {
			return k, true
		}
	}
	return known{}, false
}
