package index

import "strings"

// simplified folds traditional characters, which people in Taiwan and Hong Kong type and their
// Windows shows, to the simplified ones of the texts: those that the subject needs, not all that
// there are. Where the words differ too ("金鑰" for "密钥"), see the glossary.
func simplified(s string) string {
	return strings.Map(func(r rune) rune {
		if to, ok := toSimple[r]; ok {
			return to
		}
		return r
	}, s)
}

// traditional and simple hold the characters in pairs, one below the other.
const (
	traditional = "啟動務體確與後錄證網碼檔輸鍵驗個來時問題產權認請無設備連線號補顯顥錯誤訊視開關閉機電腦軟啓應該續繼過還這邊內屬區塊訪許誰" +
		"讓變換專業統級組織類維護執優選擇項單據庫資訂閱購買賣費價貨標準簡語詞譯轉進階較適當對錶裡異狀態況觸發現結構檢測試調製複雜" +
		"積極傳遞達實際環場處讀寫記憶數圖畫隱隨戶帳龍總計畢聯絡頻頁顧風險響門間陰陽隊隻雙離難頭預領飛餘館駐騙髮鬆鮮點齊齒龜僅億儲" +
		"傷債僱凍劃劇創勝勞勢勵協參嗎員喪嚴圍園圓團堅報墊壓壞夠夢奪獎妝婦媽學孫寧審層屆島幣幫幹幾廠廢廣彈強彙徑從復徵恆惡惱愛慣慶" +
		"憑憲懷戰戲掃掛採揚損搖撥擁擊擔擬擴擺擾攝敗敵斷於昇晉曆曉會朧東條楊樂樓樣橋檯歐歡歲歷歸殘殺毀氣決沒淚淨減渦湧滅滿漢潔潛濟" +
		"灣為熱營爭爾牆獨獲瑣療盜盡監盤矯碩礎禮禦種稱穩窮節範築篩簽籌糧紀約紅純紙細終給絕絲經綁綜緊緒緩編練縮繪罰習聞聲職聽肅脈腳" +
		"臨興舊艙艱華萬著蓋藍虛蟲裝規觀覺覽訓託診詢話詳誌說課諾謝譽豐貝負財責貴貼賬賴贈軌軍載輕輛輩輪辦農遠遲遷郵鄰釋針鈕鈴銀銷鋒" +
		"鎖鏈鏡鐘鑰長閃陳陸隸雲靈靜韓順須額願飯養馬驅鬧魚黃黨"
	simple = "启动务体确与后录证网码档输键验个来时问题产权认请无设备连线号补显颢错误讯视开关闭机电脑软启应该续继过还这边内属区块访许谁" +
		"让变换专业统级组织类维护执优选择项单据库资订阅购买卖费价货标准简语词译转进阶较适当对表里异状态况触发现结构检测试调制复杂" +
		"积极传递达实际环场处读写记忆数图画隐随户帐龙总计毕联络频页顾风险响门间阴阳队只双离难头预领飞余馆驻骗发松鲜点齐齿龟仅亿储" +
		"伤债雇冻划剧创胜劳势励协参吗员丧严围园圆团坚报垫压坏够梦夺奖妆妇妈学孙宁审层届岛币帮干几厂废广弹强汇径从复征恒恶恼爱惯庆" +
		"凭宪怀战戏扫挂采扬损摇拨拥击担拟扩摆扰摄败敌断于升晋历晓会胧东条杨乐楼样桥台欧欢岁历归残杀毁气决没泪净减涡涌灭满汉洁潜济" +
		"湾为热营争尔墙独获琐疗盗尽监盘矫硕础礼御种称稳穷节范筑筛签筹粮纪约红纯纸细终给绝丝经绑综紧绪缓编练缩绘罚习闻声职听肃脉脚" +
		"临兴旧舱艰华万着盖蓝虚虫装规观觉览训托诊询话详志说课诺谢誉丰贝负财责贵贴账赖赠轨军载轻辆辈轮办农远迟迁邮邻释针钮铃银销锋" +
		"锁链镜钟钥长闪陈陆隶云灵静韩顺须额愿饭养马驱闹鱼黄党"
)

var toSimple = func() map[rune]rune {
	to, all := make(map[rune]rune), []rune(simple)
	for i, r := range []rune(traditional) {
		to[r] = all[i]
	}
	return to
}()
